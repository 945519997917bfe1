"""Alerts: stories that were shown are matched with them, and what was told is not kept for ever."""

from datetime import timedelta

from jobs.job import Job, Work
from operations.alert.match import match
from operations.alert.purge import KEPT, purge_matches


async def match_alerts(work: Work) -> int:
    """Match the stories of all new events, a batch in each transaction; how many alerts met one."""
    done = 0
    while True:
        async with work.transaction() as session:
            events, matches = await match(session)
        done += matches
        if not events:
            return done


async def _purge(work: Work) -> int:
    done = 0
    while True:
        async with work.transaction() as session:
            gone = await purge_matches(session)
        if not gone:
            return done
        done += gone


JOBS = (
    Job(
        "match alerts",
        timedelta(seconds=5),
        match_alerts,
        queue="event",
        waiting="""
        select count(*) from event join event_reader on event_reader.name = 'alert'
        where (event.transaction, event.id) > (event_reader.transaction, event_reader.event_id)
            and kind in ('STORY_PREVIEWED', 'STORY_PUBLISHED')
        """,
    ),
    Job(
        "purge alert matches",
        timedelta(hours=1),
        _purge,
        waiting=f"""
        select count(*) from alert_match where told_at < statement_timestamp() - interval '{KEPT.days} days'
        """,
    ),
)
