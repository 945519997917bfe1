"""Fetching a copy: once, by its own person, and then on from where it broke off."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.data_export import DataExport, DataExportPart, DataExportStatus
from models.secret import Keyring, PersonKey, token_hash
from operations.account import hold
from operations.data_export.expire import RESUMABLE
from operations.data_export.sink import PART, place
from operations.key import person_key
from operations.problem import ProblemCode, ProblemError

Transaction = Callable[[], AbstractAsyncContextManager[AsyncSession]]
LONGEST_TOKEN = 128
USED = "This copy was fetched already: the link works once. You can ask for a new copy."
EXPIRED = "This copy was not fetched within seven days, and is deleted. You can ask for a new copy."


class LostError(Exception):
    """A part of a copy is gone while it is fetched: it expired, or its person was erased."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that may be fetched; `key` opens its parts."""

    id: UUID
    size: int
    ready_at: datetime
    key: PersonKey


async def look(
    session: AsyncSession, keyring: Keyring, account_id: UUID, session_id: UUID | None, token: str, start: int = 0
) -> Copy:
    """The copy behind a link, for its own person, from byte `start` on; nothing changes.

    Raises ProblemError: TOKEN_UNKNOWN, for another person's too, TOKEN_USED or TOKEN_EXPIRED.
    """
    fresh = and_(
        col(DataExport.status) == DataExportStatus.READY, col(DataExport.expires_at) > func.statement_timestamp()
    )
    # SECURITY: P16: another person's link is as unknown as one that never was.
    statement = select(DataExport, fresh, _resumable(session_id)).where(
        DataExport.account_id == account_id, DataExport.token_hash == token_hash(token[:LONGEST_TOKEN])
    )
    found = (await session.exec(statement)).one_or_none()
    if found is None:
        raise ProblemError(ProblemCode.TOKEN_UNKNOWN, "There is no such copy.")
    export, ready, resumable = found
    if not ready and not (resumable and start):
        used = export.status == DataExportStatus.FETCHED
        raise ProblemError(*(ProblemCode.TOKEN_USED, USED) if used else (ProblemCode.TOKEN_EXPIRED, EXPIRED))
    assert export.size is not None
    assert export.ready_at is not None
    return Copy(export.id, export.size, export.ready_at, await person_key(session, keyring, account_id))


async def take(session: AsyncSession, account_id: UUID, session_id: UUID | None, copy: Copy, start: int = 0) -> None:
    """Use the link up, just before the first byte goes; raises ProblemError where somebody was faster."""
    await hold(session, account_id)
    ready = (
        col(DataExport.id) == copy.id,
        col(DataExport.status) == DataExportStatus.READY,
        col(DataExport.expires_at) > func.statement_timestamp(),
    )
    used = (
        update(DataExport)
        .where(*ready)
        .values(
            status=DataExportStatus.FETCHED, fetched_at=func.statement_timestamp(), fetched_in=session_id, token=None
        )
    )
    # SECURITY: one statement decides, so of parallel fetches one gets the copy.
    if (await session.exec(used.returning(col(DataExport.id)))).one_or_none() is not None:
        return
    again = select(DataExport.id).where(DataExport.id == copy.id, _resumable(session_id))
    if not start or (await session.exec(again)).one_or_none() is None:
        raise ProblemError(ProblemCode.TOKEN_USED, USED)


def _resumable(session_id: UUID | None) -> ColumnElement[bool]:
    """Whether a download that broke off may go on: in the session that began it, for a few minutes."""
    return and_(
        col(DataExport.status) == DataExportStatus.FETCHED,
        col(DataExport.fetched_in) == session_id,
        col(DataExport.fetched_at) > func.statement_timestamp() - RESUMABLE,
    )


async def pieces(transaction: Transaction, copy: Copy, start: int, end: int) -> AsyncIterator[bytes]:
    """The bytes from `start` up to `end`, a part at a time; between parts no connection is held.

    Raises LostError where a part is gone.
    """
    for number in range(start // PART, -(-end // PART)):
        async with transaction() as session:
            where = (DataExportPart.export_id == copy.id, DataExportPart.number == number)
            sealed = (await session.exec(select(DataExportPart.content).where(*where))).one_or_none()
        if sealed is None:
            raise LostError("a part of a copy is gone")
        piece = copy.key.decrypt_bytes(sealed, place(copy.id, number))
        first = number * PART
        yield piece[max(start - first, 0) : end - first]
