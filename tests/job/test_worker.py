"""The worker: what it does not do twice, what does not stop it, and what wakes it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest
from sqlmodel import select

from jobs.job import Job, Work
from jobs.mail import JOBS as MAIL_JOBS
from jobs.schedule import JOBS
from jobs.worker import run_once, work_on
from models.job import JobRun
from operations.key import person_key
from operations.mail import queue
from tests.job.test_purge import account

HOUR = timedelta(hours=1)


@asynccontextmanager
async def working(
    work: Work, dsn: str, jobs: Sequence[Job], told: asyncio.Event | None = None
) -> AsyncIterator[list[BaseException]]:
    """A worker beside the test; gives the faults that it told."""
    faults: list[BaseException] = []

    def tell(_name: str, outcome: int | BaseException) -> None:
        if isinstance(outcome, BaseException):
            faults.append(outcome)
        if told:
            told.set()

    task = asyncio.create_task(work_on(work, dsn, jobs, tell))
    yield faults
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def until(done: asyncio.Event) -> None:
    async with asyncio.timeout(10):
        await done.wait()


async def run_of(work: Work, name: str) -> JobRun | None:
    async with work.transaction() as session:
        return (await session.exec(select(JobRun).where(JobRun.name == name))).one_or_none()


async def test_a_scheduled_job_is_not_done_again_before_its_time(work: Work) -> None:
    runs: list[int] = []

    async def run(_work: Work) -> int:
        runs.append(1)
        return 7

    job = Job("tidy", HOUR, run)
    assert await run_once(work, job) == 7
    assert await run_once(work, job) is None
    assert len(runs) == 1
    found = await run_of(work, "tidy")
    assert found is not None
    assert (found.done, found.fault) == (7, None)
    assert await run_once(work, Job("tidy", timedelta(0), run)) == 7


async def test_two_processes_do_not_do_the_same_at_once(work: Work) -> None:
    begun, end = asyncio.Event(), asyncio.Event()

    async def run(_work: Work) -> int:
        begun.set()
        await end.wait()
        return 1

    job = Job("slow", timedelta(0), run)
    first = asyncio.create_task(run_once(work, job))
    await until(begun)
    assert await run_once(work, job) is None
    end.set()
    assert await first == 1


async def whole(_work: Work) -> int:
    return 1


async def test_a_run_that_was_stopped_is_begun_again_when_it_is_due(work: Work) -> None:
    async def run(_work: Work) -> int:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await run_once(work, Job("cut", HOUR, run))
    assert await run_once(work, Job("cut", HOUR, whole)) is None
    assert await run_once(work, Job("cut", timedelta(0), whole)) == 1


async def test_a_run_that_was_killed_is_begun_again_after_an_hour(work: Work) -> None:
    job = Job("cut", timedelta(minutes=1), whole)
    await work.pool.execute("insert into job_run (name, started_at) values ('cut', now() - interval '59 minutes')")
    assert await run_once(work, job) is None
    await work.pool.execute("update job_run set started_at = started_at - interval '2 minutes'")
    assert await run_once(work, job) == 1


async def test_a_failing_job_stops_no_other_and_tells_only_its_kind(work: Work, database: str) -> None:
    done, told = asyncio.Event(), asyncio.Event()

    async def fail(_work: Work) -> int:
        raise ValueError("canary@people.example")

    async def good(_work: Work) -> int:
        done.set()
        return 0

    async with working(work, database, [Job("bad", HOUR, fail), Job("good", HOUR, good)], told) as faults:
        await until(done)
        await until(told)
    found = await run_of(work, "bad")
    assert found is not None
    assert (found.fault, found.done) == ("ValueError", None)
    assert [type(fault) for fault in faults] == [ValueError]


async def test_what_is_queued_wakes_it_once_it_is_committed(work: Work, database: str) -> None:
    looked, woken = asyncio.Event(), asyncio.Event()

    async def look(_work: Work) -> int:
        (woken if looked.is_set() else looked).set()
        return 0

    async with working(work, database, [Job("post", HOUR, look, queue="candour-test")]) as faults:
        await until(looked)
        # Its own look at what was queued before anybody listened.
        await until(woken)
        woken.clear()
        async with work.pool.acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute("select pg_notify('candour_work', 'candour-test')")
            await asyncio.sleep(0.1)
            assert not woken.is_set()
            await transaction.commit()
        await until(woken)
    assert faults == []


async def test_an_e_mail_is_sent_as_soon_as_it_is_queued(work: Work, database: str) -> None:
    person, sent = await account(work), asyncio.Event()
    async with working(work, database, MAIL_JOBS[:1], sent) as faults:
        # Long enough for the looks at start-up; the next one by the clock is half a minute away.
        await asyncio.sleep(0.5)
        async with work.transaction() as session:
            key = await person_key(session, work.keyring, person)
            mail = queue(session, key, "password_changed", "canary@people.example", account_id=person)
        await until(sent)
    assert faults == []
    assert "canary@people.example" in (work.settings.data / "mail" / f"{mail.id}.eml").read_text()


async def test_a_queue_is_worked_off_without_pauses(work: Work, database: str) -> None:
    left, empty = [3], asyncio.Event()

    async def one(_work: Work) -> int:
        if not left[0]:
            empty.set()
            return 0
        left[0] -= 1
        return 1

    async with working(work, database, [Job("post", HOUR, one, queue="candour-test")]):
        await until(empty)


@pytest.mark.parametrize("table", ["mail", "data_export"])
async def test_the_queues_tell_that_something_was_put_there(work: Work, table: str) -> None:
    found = await work.pool.fetchval(
        "select count(*) from pg_trigger where tgrelid = $1::text::regclass and tgname = 'work_queued'", table
    )
    assert found == 1


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
async def test_every_job_runs_on_an_empty_site_and_says_what_it_would_do(work: Work, job: Job) -> None:
    assert job.waiting is not None
    assert await work.pool.fetchval(job.waiting) == 0
    assert await run_once(work, job) == 0


def test_jobs_have_names_of_their_own() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS)
