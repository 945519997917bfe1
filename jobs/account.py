"""Accounts that nobody confirmed: forgotten after a week."""

from datetime import timedelta

from jobs.job import Job, Work
from operations.registration import forget_unconfirmed


async def _forget(work: Work) -> int:
    async with work.transaction() as session:
        return await forget_unconfirmed(session)


JOBS = (
    Job(
        "forget unconfirmed accounts",
        timedelta(hours=1),
        _forget,
        waiting="""
        select count(*) from account
        where email_verified_at is null and created_at < statement_timestamp() - interval '7 days'
            and not exists (select from story where story.author_id = account.id)
            and not exists (
                select from confirmation
                where confirmation.account_id = account.id and expires_at > statement_timestamp()
            )
        """,
    ),
)
