"""Changes that were made because of a story: told to those who marked it and asked for that."""

from datetime import timedelta

from jobs.job import Job, Work
from operations.mail.similar import tell_similar


async def _tell(work: Work) -> int:
    return await tell_similar(work.transaction, work.keyring, work.settings.url)


JOBS = (
    Job(
        "tell similar",
        timedelta(seconds=5),
        _tell,
        queue="event",
        waiting="""
        select count(*) from event join event_reader on event_reader.name = 'similar'
        where event.kind = 'CHANGE_MADE'
            and (event.transaction, event.id) > (event_reader.transaction, event_reader.event_id)
        """,
    ),
)
