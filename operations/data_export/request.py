"""Asking for a copy: a row that the worker takes from there."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_, func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.data_export import DataExport, DataExportStatus
from operations.account import hold
from operations.problem import ProblemCode, ProblemError

A_DAY = 5
"""How many copies a person may ask for within 24 hours."""


async def request(session: AsyncSession, account_id: UUID) -> DataExport:
    """A copy to be made for the account's person (P16); ProblemError where one is open, or after too many."""
    await _refuse_second(session, account_id)
    await hold(session, account_id, change=True)
    # SECURITY: counted again under the lock, so that parallel requests make one copy.
    await _refuse_second(session, account_id)
    await _refuse_flood(session, account_id)
    export = DataExport(account_id=account_id)
    session.add(export)
    await session.flush()
    return export


async def _refuse_second(session: AsyncSession, account_id: UUID) -> None:
    status, now = col(DataExport.status), func.statement_timestamp()
    fetchable = and_(status == DataExportStatus.READY, col(DataExport.expires_at) > now)
    waiting = or_(status == DataExportStatus.REQUESTED, fetchable)
    found = await session.exec(select(DataExport.status).where(DataExport.account_id == account_id, waiting))
    match found.first():
        case DataExportStatus.READY:
            ready = "A copy is ready already: fetch it with the link in the e-mail, or in your account, first."
            raise ProblemError(ProblemCode.ALREADY_DONE, ready)
        case DataExportStatus.REQUESTED:
            made = "A copy is being made already: an e-mail will tell you when it is ready."
            raise ProblemError(ProblemCode.ALREADY_DONE, made)


async def _refuse_flood(session: AsyncSession, account_id: UUID) -> None:
    since = func.statement_timestamp() - timedelta(days=1)
    recent = select(func.count()).where(DataExport.account_id == account_id, col(DataExport.requested_at) > since)
    if (await session.exec(recent)).one() >= A_DAY:
        message = f"You asked for {A_DAY} copies within a day. Ask again tomorrow."
        raise ProblemError(ProblemCode.TOO_MANY_ATTEMPTS, message)
