"""The outbox: events, written in the transaction in which something happens, and read in the order of commits."""

from collections.abc import Iterable, Sequence

from sqlalchemy import BigInteger, cast, func, literal, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.consent import ConsentPurpose
from models.event import Event, EventKind, EventReader, Transaction

BATCH = 1_000


def emit(session: AsyncSession, kind: EventKind, numbers: Iterable[int], purpose: ConsentPurpose | None = None) -> None:
    """One event for each of these stories."""
    session.add_all(Event(kind=kind, number=number, purpose=purpose) for number in numbers)


async def take(session: AsyncSession, reader: str, limit: int = BATCH) -> Sequence[Event]:
    """The next events that some work has to deal with, at most `limit`; none where another process is at it.

    Each is taken once: what is done about it commits with the place after it, or neither does. An event is read once no
    transaction is open that could still commit an earlier one, so that none is ever skipped. A migration makes readers.
    """
    locked = select(EventReader).where(col(EventReader.name) == reader).with_for_update(skip_locked=True)
    place = (await session.exec(locked.execution_options(populate_existing=True))).one_or_none()
    if place is None:
        return []
    after = tuple_(cast(literal(str(place.transaction)), Transaction), literal(place.event_id, BigInteger))
    found = await session.exec(
        select(Event)
        .where(tuple_(col(Event.transaction), col(Event.id)) > after)
        .where(col(Event.transaction) < func.pg_snapshot_xmin(func.pg_current_snapshot()))
        .order_by(col(Event.transaction), col(Event.id))
        .limit(limit)
    )
    events = found.all()
    if events:
        place.transaction, place.event_id = events[-1].transaction, events[-1].id
        await session.flush()
    return events
