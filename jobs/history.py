"""What jobs did: a record of each run that did something or failed, kept for 90 days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Interval, bindparam, func, insert
from sqlalchemy import select as columns
from sqlmodel import col, desc, select
from sqlmodel.ext.asyncio.session import AsyncSession

from jobs.job import Job, Work
from models.job import JobRecord
from operations.expiry import purge_job_records

STOPPED, KILLED = "stopped", "killed"
"""Faults of runs that were ended from outside: by whoever stopped the worker, or without a word."""
LATELY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Lately:
    """How many things a job did in the last day, and how many of its runs failed."""

    done: int = 0
    failed: int = 0


async def record(session: AsyncSession, name: str, lasted: timedelta, done: int | None, fault: str | None) -> None:
    """Write down a run that has just ended. `fault` is the kind of an error."""
    # By the database's clock, whatever this process takes the time to be.
    now = func.statement_timestamp()
    began = now - bindparam(None, lasted, Interval)
    await session.exec(insert(JobRecord).values(name=name, started_at=began, finished_at=now, done=done, fault=fault))


async def lately(session: AsyncSession) -> dict[str, Lately]:
    """What came of each job in the last day; a job that did nothing is left out."""
    # Who stops a worker is no fault of the job, which is begun again.
    failed = col(JobRecord.fault).is_not(None) & (col(JobRecord.fault) != STOPPED)
    counts = columns(
        col(JobRecord.name), func.coalesce(func.sum(col(JobRecord.done)), 0), func.count().filter(failed)
    ).where(col(JobRecord.finished_at) > func.statement_timestamp() - LATELY)
    found = await session.exec(counts.group_by(col(JobRecord.name)))  # type: ignore[call-overload]
    return {name: Lately(done, faults) for name, done, faults in found}


async def history(session: AsyncSession, name: str | None, limit: int) -> Sequence[JobRecord]:
    """The latest runs, the last first: of one job, or of all."""
    latest = select(JobRecord).order_by(desc(col(JobRecord.finished_at)), desc(col(JobRecord.id))).limit(limit)
    return (await session.exec(latest if name is None else latest.where(col(JobRecord.name) == name))).all()


async def _forget(work: Work) -> int:
    async with work.transaction() as session:
        return await purge_job_records(session)


JOBS = (
    Job(
        "forget job records",
        timedelta(hours=6),
        _forget,
        waiting="select count(*) from job_record where finished_at <= statement_timestamp() - interval '90 days'",
    ),
)
