"""What is remembered of jobs: each run that did something or failed, and nothing that an error says."""

import asyncio
from datetime import timedelta

import pytest

from jobs.job import Job, Work
from jobs.worker import run_once
from tests.job.test_purge import purged

HOUR = timedelta(hours=1)
RECORDS = "select name, done, fault from job_record order by id"
KINDS = pytest.mark.parametrize("queue", [None, "candour-test"])


async def records(work: Work) -> list[tuple[str, int | None, str | None]]:
    async with work.pool.acquire() as connection:
        return [tuple(row) for row in await connection.fetch(RECORDS)]


def job(done: int | BaseException, queue: str | None = None, every: timedelta = HOUR) -> Job:
    async def run(_work: Work) -> int:
        if isinstance(done, BaseException):
            raise done
        return done

    return Job("tidy", every, run, queue)


@KINDS
async def test_of_a_run_that_failed_only_the_kind_of_its_error_is_kept(work: Work, queue: str | None) -> None:
    with pytest.raises(ValueError, match="canary"):
        await run_once(work, job(ValueError("canary@people.example"), queue))
    assert await records(work) == [("tidy", None, "ValueError")]


@KINDS
async def test_a_run_that_did_nothing_is_not_kept(work: Work, queue: str | None) -> None:
    assert await run_once(work, job(0, queue)) == 0
    assert await records(work) == []


@KINDS
async def test_a_run_that_did_something_is_kept(work: Work, queue: str | None) -> None:
    assert await run_once(work, job(7, queue)) == 7
    assert await records(work) == [("tidy", 7, None)]
    order = "select started_at <= finished_at and finished_at <= statement_timestamp() from job_record"
    assert await work.pool.fetchval(order)


async def test_what_was_stopped_is_kept_where_it_waits_for_its_time(work: Work) -> None:
    """A queue goes on with the next look at it."""
    for queue in (None, "candour-test"):
        with pytest.raises(asyncio.CancelledError):
            await run_once(work, job(asyncio.CancelledError(), queue))
    assert await records(work) == [("tidy", None, "stopped")]


async def test_a_run_that_was_killed_is_kept_when_the_next_begins(work: Work) -> None:
    await work.pool.execute("insert into job_run (name, started_at) values ('tidy', now() - interval '2 hours')")
    assert await run_once(work, job(3)) == 3
    assert await run_once(work, job(3)) is None
    assert await records(work) == [("tidy", None, "killed"), ("tidy", 3, None)]
    assert await work.pool.fetchval("select min(started_at) < now() - interval '1 hour' from job_record")


async def test_of_three_that_find_a_killed_run_one_begins(work: Work) -> None:
    await work.pool.execute("insert into job_run (name, started_at) values ('tidy', now() - interval '2 hours')")
    found = await asyncio.gather(*(run_once(work, job(3)) for _ in range(3)))
    assert sorted(done or 0 for done in found) == [0, 0, 3]
    assert await records(work) == [("tidy", None, "killed"), ("tidy", 3, None)]


async def test_records_go_after_ninety_days_and_that_is_recorded(work: Work) -> None:
    await work.pool.execute(
        "insert into job_record (name, started_at, finished_at, done)"
        " select 'tidy', now() - age, now() - age, 1 from unnest(array[interval '91 days', '89 days']) as age"
    )
    assert await purged(work, "forget job records") == 1
    assert await records(work) == [("tidy", 1, None), ("forget job records", 1, None)]
