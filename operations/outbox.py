"""The outbox: events, written in the transaction in which something happens."""

from collections.abc import Iterable

from sqlmodel.ext.asyncio.session import AsyncSession

from models.consent import ConsentPurpose
from models.event import Event, EventKind


def emit(session: AsyncSession, kind: EventKind, numbers: Iterable[int], purpose: ConsentPurpose | None = None) -> None:
    """One event for each of these stories."""
    session.add_all(Event(kind=kind, number=number, purpose=purpose) for number in numbers)
