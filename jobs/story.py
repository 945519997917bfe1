"""Stories: previews that end, and originals that are kept no longer."""

from datetime import timedelta

from jobs.job import Job, Work
from operations.publication import end_previews, purge_originals


async def _end(work: Work) -> int:
    done, after = 0, 0
    while True:
        async with work.transaction() as session:
            ended, last = await end_previews(session, work.keyring, work.settings.url, after)
        done += ended
        if last is None:
            return done
        after = last


async def _purge(work: Work) -> int:
    done = 0
    while True:
        async with work.transaction() as session:
            gone = await purge_originals(session)
        if not gone:
            return done
        done += gone


JOBS = (
    Job(
        "end previews",
        timedelta(minutes=1),
        _end,
        waiting="select count(*) from story where status = 'PREVIEW' and preview_until <= statement_timestamp()",
    ),
    Job(
        "purge originals",
        timedelta(hours=1),
        _purge,
        waiting="select count(*) from story_original where purge_after <= statement_timestamp()",
    ),
)
