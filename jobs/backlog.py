"""What waits in the queues, and what was given up: for those who look after a server."""

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from jobs.job import Job
from jobs.schedule import JOBS

QUEUES = tuple(job for job in JOBS if job.queue)


async def backlog(session: AsyncSession) -> dict[str, tuple[int, int]]:
    """For each queue's job, how many things wait and how many were given up: one statement."""
    rows = await (await session.connection()).execute(text(" union all ".join(map(_select, range(len(QUEUES))))))
    return {QUEUES[place].name: (waiting, failed) for place, waiting, failed in rows}


def _select(place: int) -> str:
    job: Job = QUEUES[place]
    return f"select {place}, ({job.waiting or 'select 0'}), ({job.failed or 'select 0'})"
