"""Disclosures: their review is asked for in time, and their files are not kept for ever."""

from datetime import timedelta

from jobs.job import Job, Work
from operations.disclosure.erase import purge_disclosures
from operations.disclosure.remind import remind_officers


async def remind(work: Work) -> int:
    """Queue e-mails to the data protection officers about reviews that are due."""
    async with work.transaction() as session:
        return await remind_officers(session, work.keyring, work.settings.url)


async def forget(work: Work) -> int:
    """Delete files of disclosures that ended long ago."""
    async with work.transaction() as session:
        return await purge_disclosures(session)


JOBS = (
    Job(
        "remind of reviews",
        timedelta(hours=1),
        remind,
        waiting="""
        select count(*) from disclosure
        where approved_at < statement_timestamp() - interval '5 days' and reviewed_at is null
        """,
    ),
    Job(
        "forget disclosures",
        timedelta(days=1),
        forget,
        waiting="""
        select count(*) from disclosure
        where coalesce(revoked_at, expires_at, requested_at) < statement_timestamp() - interval '6 years'
            and (approved_at is null or reviewed_at is not null)
        """,
    ),
)
