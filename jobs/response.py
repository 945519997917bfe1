"""Responses: once nobody can change them any more, published or left to a moderator."""

from datetime import timedelta

from jobs.job import Job, Work
from operations.response.settle import settle_responses


async def _settle(work: Work) -> int:
    return await settle_responses(work.transaction, work.keyring, work.settings.url)


JOBS = (
    Job(
        "settle responses",
        timedelta(minutes=1),
        _settle,
        waiting="select count(*) from response where settles_at <= statement_timestamp()",
    ),
)
