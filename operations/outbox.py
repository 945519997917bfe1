"""The outbox: events, written in the transaction in which something happens, and read in the order of commits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, cast, func, literal, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.consent import ConsentPurpose
from models.database.connection import Connection
from models.event import Event, EventKind, EventReader, Transaction

BATCH = 1_000
SINCE = """
select snapshot.oldest::text as oldest, event.id, event.kind::text as kind, event.number,
    event.transaction >= snapshot.oldest as young
from (select pg_snapshot_xmin(pg_current_snapshot()) as oldest) as snapshot
left join event on event.transaction >= $1::text::xid8
order by event.transaction, event.id
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """An event that somebody may have been told of; `young` that it can come up again in the next look."""

    id: int
    kind: str
    number: int
    young: bool


def emit(session: AsyncSession, kind: EventKind, numbers: Iterable[int], purpose: ConsentPurpose | None = None) -> None:
    """One event for each of these stories."""
    session.add_all(Event(kind=kind, number=number, purpose=purpose) for number in numbers)


async def take(session: AsyncSession, reader: str, limit: int = BATCH) -> Sequence[Event]:
    """The next events that some work has to deal with, at most `limit`; none where another process is at it.

    Each is taken once: what is done about it commits with the place after it, or neither does. An event is read once no
    transaction is open that could still commit an earlier one, so that none is ever skipped. A migration makes readers.
    """
    place, events = await ahead(session, reader, limit)
    if place is not None and events:
        await passed(session, place, events[-1])
    return events


async def ahead(session: AsyncSession, reader: str, limit: int = BATCH) -> tuple[EventReader | None, Sequence[Event]]:
    """As `take`, for work that takes several transactions an event: the place stays until the event is `passed`."""
    locked = select(EventReader).where(col(EventReader.name) == reader).with_for_update(skip_locked=True)
    place = (await session.exec(locked.execution_options(populate_existing=True))).one_or_none()
    if place is None:
        return None, []
    after = tuple_(cast(literal(str(place.transaction)), Transaction), literal(place.event_id, BigInteger))
    found = await session.exec(
        select(Event)
        .where(tuple_(col(Event.transaction), col(Event.id)) > after)
        .where(col(Event.transaction) < func.pg_snapshot_xmin(func.pg_current_snapshot()))
        .order_by(col(Event.transaction), col(Event.id))
        .limit(limit)
    )
    return place, found.all()


async def passed(session: AsyncSession, place: EventReader, event: Event) -> None:
    """All events up to this one are dealt with; `place` is the locked one that `ahead` gave."""
    place.transaction, place.event_id = event.transaction, event.id
    await session.flush()


async def oldest(connection: Connection) -> str:
    """The oldest transaction that may still write events, for a look since now."""
    found: str = await connection.fetchval("select pg_snapshot_xmin(pg_current_snapshot())::text")
    return found


async def since(connection: Connection, transaction: str) -> tuple[str, list[Seen]]:
    """The committed events of a transaction and of later ones, in their order, and the oldest that may still write.

    Nothing is missed between two looks, each since what the one before gave; `young` events come up in both.
    """
    rows = await connection.fetch(SINCE, transaction)
    seen = [Seen(row["id"], row["kind"], row["number"], row["young"]) for row in rows if row["id"] is not None]
    return rows[0]["oldest"], seen
