"""Copies of all that is held about a person: made when asked for, deleted when fetched or too old."""

from datetime import timedelta

from jobs.job import Job, Work
from operations.data_export.expire import expire
from operations.data_export.make import Maker


async def _make(work: Work) -> int:
    return await Maker(work.transaction, work.keyring, work.settings.url).run()


async def _expire(work: Work) -> int:
    async with work.transaction() as session:
        return await expire(session)


JOBS = (
    Job(
        "make data exports",
        timedelta(seconds=30),
        _make,
        queue="data_export",
        waiting="select count(*) from data_export where status = 'REQUESTED'",
        failed="select count(*) from data_export where status = 'FAILED'",
    ),
    Job(
        "expire data exports",
        timedelta(minutes=1),
        _expire,
        waiting="""
        select count(distinct export_id) from data_export_part join data_export on data_export.id = export_id
        where status = 'READY' and expires_at <= statement_timestamp()
            or status = 'FETCHED' and fetched_at <= statement_timestamp() - interval '10 minutes'
        """,
    ),
)
