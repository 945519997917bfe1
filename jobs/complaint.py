"""Complaints of people without an account: forgotten three years after they were answered."""

from datetime import timedelta

from jobs.job import Job, Work
from operations.complaint import purge_complaints


async def _forget(work: Work) -> int:
    async with work.transaction() as session:
        return await purge_complaints(session)


JOBS = (
    Job(
        "forget complaints",
        timedelta(hours=1),
        _forget,
        waiting="""
        select count(*) from complaint
        where account_id is null and answered_at < statement_timestamp() - interval '3 years'
        """,
    ),
)
