"""Sessions, links, attempts and rates: deleted once their time is over."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from jobs.job import Job, Work
from operations import attempt, rate
from operations.expiry import purge_links, purge_sessions


def _in_one_transaction(purge: Callable[[AsyncSession], Awaitable[int]]) -> Callable[[Work], Awaitable[int]]:
    async def run(work: Work) -> int:
        async with work.transaction() as session:
            return await purge(session)

    return run


JOBS = (
    Job(
        "purge sessions",
        timedelta(hours=1),
        _in_one_transaction(purge_sessions),
        waiting="select count(*) from session where expires_at <= statement_timestamp()",
    ),
    Job(
        "purge links",
        timedelta(hours=6),
        _in_one_transaction(purge_links),
        waiting="""
        select (select count(*) from confirmation where expires_at <= statement_timestamp() - interval '7 days')
            + (select count(*) from email_change where expires_at <= statement_timestamp() - interval '7 days')
        """,
    ),
    Job(
        "purge attempts",
        timedelta(hours=6),
        _in_one_transaction(attempt.purge),
        waiting="""
        select count(*) from attempt
        where attempted_at
            <= statement_timestamp() - case when succeeded then interval '90 days' else interval '1 day' end
        """,
    ),
    Job(
        "purge rates",
        timedelta(hours=1),
        _in_one_transaction(rate.purge),
        waiting="select count(*) from rate where counted_at < now() - interval '10 minutes'",
    ),
)
