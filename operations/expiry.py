"""What is deleted once its time is over: sessions, links sent by e-mail, changes of email, records of jobs."""

from datetime import timedelta

from sqlalchemy import delete, func
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.confirmation import Confirmation, EmailChange
from models.job import JobRecord
from models.session import Session

KEPT = timedelta(days=7)
"""How long a link that expired is kept, to say so to who uses it."""
REMEMBERED = timedelta(days=90)
"""How long it is known what jobs did."""


async def purge_sessions(session: AsyncSession) -> int:
    """Delete sessions that have expired; returns how many."""
    result = await session.exec(delete(Session).where(col(Session.expires_at) <= func.statement_timestamp()))
    return result.rowcount


async def purge_links(session: AsyncSession) -> int:
    """Delete links and changes of email that expired a week ago; returns how many."""
    before = func.statement_timestamp() - KEPT
    links = await session.exec(delete(Confirmation).where(col(Confirmation.expires_at) <= before))
    changes = await session.exec(delete(EmailChange).where(col(EmailChange.expires_at) <= before))
    return links.rowcount + changes.rowcount


async def purge_job_records(session: AsyncSession) -> int:
    """Delete records of runs that ended 90 days ago; returns how many."""
    before = func.statement_timestamp() - REMEMBERED
    result = await session.exec(delete(JobRecord).where(col(JobRecord.finished_at) <= before))
    return result.rowcount
