"""The worker: does every job when it is due, alone or beside a server, in one process or in several."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from time import monotonic

import asyncpg
from sqlalchemy import func, text
from sqlmodel import col, update

from jobs.history import KILLED, STOPPED, record
from jobs.job import Job, Work
from models.database.connection import behind_pgbouncer, normalise
from models.job import JobRun
from operations.beside import beside

CHANNEL = "candour_work"
LOOK = timedelta(minutes=1)
"""How often scheduled jobs are looked at."""
RECONNECT_SECONDS = 5
# A run that has not ended after an hour was killed, which is recorded, and is begun again.
CLAIM = text(f"""
with before as (select started_at from job_run where name = :name and finished_at is null), claimed as (
    insert into job_run (name, started_at) values (:name, statement_timestamp())
    on conflict (name) do update set started_at = excluded.started_at, finished_at = null, done = null, fault = null
    where job_run.started_at + :every <= statement_timestamp()
        and (job_run.finished_at is not null or job_run.started_at < statement_timestamp() - interval '1 hour')
    returning true
), killed as (
    insert into job_record (name, started_at, finished_at, fault)
    select :name, before.started_at, statement_timestamp(), '{KILLED}' from before, claimed
)
select true from claimed
""")
Tell = Callable[[str, int | BaseException], None]


async def work_on(work: Work, dsn: str, jobs: Sequence[Job], tell: Tell) -> None:
    """Do the jobs until cancelled; one that fails is tried again later.

    `tell` gets the name of a job and how many things it did, if any, or what went wrong.
    """
    wakes = {job.queue: asyncio.Event() for job in jobs if job.queue}
    async with _listening(dsn, wakes), asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(_repeat(work, job, wakes.get(job.queue or ""), tell), name=job.name)


async def run_once(work: Work, job: Job) -> int | None:
    """Do what is due of a job; None for a scheduled one whose time has not come, or that another process does."""
    if not job.queue and not await _claimed(work, job):
        return None
    began = monotonic()
    try:
        done = await job.run(work)
    except BaseException as error:
        # SECURITY: only the kind of an error, for its text may hold anything.
        fault = STOPPED if isinstance(error, asyncio.CancelledError) else type(error).__name__
        # Where not even this can be written, a scheduled run is begun again after an hour.
        with suppress(Exception):
            await _ended(work, job, began, fault=fault)
        raise
    await _ended(work, job, began, done=done)
    return done


async def _repeat(work: Work, job: Job, wake: asyncio.Event | None, tell: Tell) -> None:
    pause = job.every if job.queue else min(job.every, LOOK)
    while True:
        if wake:
            wake.clear()
        done = None
        try:
            done = await run_once(work, job)
            if done:
                tell(job.name, done)
        except Exception as error:
            tell(job.name, error)
        if not (job.queue and done):
            await _sleep(pause, wake)


async def _sleep(pause: timedelta, wake: asyncio.Event | None) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(pause.total_seconds()):
            await (wake or asyncio.Event()).wait()


async def _claimed(work: Work, job: Job) -> bool:
    async with work.transaction() as session:
        claimed = await (await session.connection()).execute(CLAIM, {"name": job.name, "every": job.every})
        return claimed.first() is not None


async def _ended(work: Work, job: Job, began: float, done: int | None = None, fault: str | None = None) -> None:
    """Say what came of a run, and keep it if it did something or failed; queues are looked at all the time."""
    if job.queue and not done and fault in (None, STOPPED):
        return
    values = {"finished_at": func.statement_timestamp(), "done": done, "fault": fault}
    async with work.transaction() as session:
        if not job.queue:
            await session.exec(update(JobRun).where(col(JobRun.name) == job.name).values(values))
        if done or fault:
            await record(session, job.name, timedelta(seconds=monotonic() - began), done, fault)


@asynccontextmanager
async def _listening(dsn: str, wakes: Mapping[str, asyncio.Event]) -> AsyncIterator[None]:
    """Set the event of a queue when something is put there; without it the pauses alone count."""
    if behind_pgbouncer(dsn):
        yield
        return
    async with beside(_listen(dsn, wakes)):
        yield


async def _listen(dsn: str, wakes: Mapping[str, asyncio.Event]) -> None:
    def wake(_connection: object, _pid: int, _channel: str, queue: object) -> None:
        event = wakes.get(str(queue))
        if event:
            event.set()

    while True:
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            connection = await asyncpg.connect(normalise(dsn))
            closed = asyncio.Event()
            connection.add_termination_listener(lambda _connection, closed=closed: closed.set())
            try:
                await connection.add_listener(CHANNEL, wake)
                # What was queued while nobody listened.
                for event in wakes.values():
                    event.set()
                await closed.wait()
            finally:
                await connection.close(timeout=1)
        await asyncio.sleep(RECONNECT_SECONDS)
