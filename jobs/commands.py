"""The commands `worker` and `jobs`."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Column, Table
from sqlalchemy import text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from jobs.history import Lately, history, lately
from jobs.job import Job, Work
from jobs.schedule import JOBS
from jobs.worker import work_on
from models.database.connection import engine, open_pool, session_factory
from models.job import JobRecord, JobRun
from models.secret import Keyring, new_master_key
from settings import Settings, master_key, settings

console = Console(stderr=True, highlight=False, soft_wrap=True)
Result = TypeVar("Result")
MOMENT = "%d %b %H:%M"
WIDTH = 140
LATEST = 50
"""So many runs the history shows."""


@asynccontextmanager
async def working(chosen: Settings, dsn: str) -> Any:
    """What jobs work with, opened and closed."""
    operations = engine(dsn, chosen.pool_size)
    pool = await open_pool(dsn, 2, readonly=False)
    try:
        keyring = Keyring(master_key(chosen, new_master_key))
        yield Work(session_factory(operations).begin, pool, keyring, chosen)
    finally:
        await pool.close()
        await operations.dispose()


def worker(context: typer.Context) -> None:
    """Do queued and scheduled work (e-mails, copies of data, purges) until Ctrl-C."""
    with suppress(KeyboardInterrupt), context.obj() as dsn:
        console.print(f"Working on {len(JOBS)} kinds of jobs. Ctrl-C stops it.")
        asyncio.run(_with(dsn, lambda work: work_on(work, dsn, JOBS, _tell)))


def jobs(
    context: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Also count what each purge would do now. Nothing is done.")
    ] = False,
    past: Annotated[
        bool, typer.Option("--history", help=f"List the last {LATEST} runs that did something or failed instead.")
    ] = False,
    name: Annotated[str | None, typer.Option("--name", help="With --history: of this job only.")] = None,
) -> None:
    """List work: when it was last done and is done next, what came of it, what waits and what was given up."""
    with context.obj() as dsn:
        asyncio.run(_with(dsn, lambda work: _history(work, name) if past or name else _list(work, dry_run)))


async def _with(dsn: str, do: Callable[[Work], Awaitable[Result]]) -> Result:
    async with working(settings(), dsn) as work:
        return await do(work)


async def _list(work: Work, dry_run: bool) -> None:
    table = Table(
        Column("job", no_wrap=True),
        "every",
        "last run (UTC)",
        "result",
        "next",
        "done, 24 h",
        "failed",
        "waiting",
        "given up",
    )
    async with work.transaction() as session:
        runs = {run.name: run for run in await session.exec(select(JobRun))}
        recent = await lately(session)
        for job in JOBS:
            # Queues are short; what a purge would delete is counted only when asked for.
            counts = (job.waiting if job.queue or dry_run else None, job.failed)
            found = recent.get(job.name, Lately())
            came = str(found.done), str(found.failed)
            table.add_row(*_cells(job, runs.get(job.name)), *came, *[await _count(session, count) for count in counts])
    _show(table)
    if dry_run:
        console.print("“waiting” is what would be done now. Nothing was done.")


async def _history(work: Work, name: str | None) -> None:
    table = Table(Column("job", no_wrap=True), "began (UTC)", "lasted", "result")
    async with work.transaction() as session:
        for run in await history(session, name, LATEST):
            lasted = f"{(run.finished_at - run.started_at).total_seconds():.1f} s"
            table.add_row(run.name, f"{run.started_at:{MOMENT}:%S}", lasted, _result(run))
    _show(table)
    if not table.row_count:
        console.print("No run is recorded: a run is where it did something, or failed.")


def _show(table: Table) -> None:
    Console(file=sys.stdout, width=max(console.width, WIDTH)).print(table)


def _result(run: JobRun | JobRecord) -> str:
    return f"failed: {run.fault}" if run.fault else f"{run.done} done"


def _cells(job: Job, run: JobRun | None) -> tuple[str, str, str, str, str]:
    """A job's name, how often it is done, when it was, with which result, and when it is done next."""
    if job.queue:
        return job.name, "at once", "", "", ""
    every = str(job.every)
    if run is None:
        return job.name, every, "never", "", "now"
    started, due = f"{run.started_at:{MOMENT}}", run.started_at + job.every
    if run.finished_at is None:
        return job.name, every, started, "running", ""
    return job.name, every, started, _result(run), "now" if due <= datetime.now(UTC) else f"{due:{MOMENT}}"


async def _count(session: AsyncSession, statement: str | None) -> str:
    if statement is None:
        return ""
    return str((await (await session.connection()).execute(text(statement))).scalar())


def _tell(name: str, outcome: int | BaseException) -> None:
    if isinstance(outcome, int):
        console.print(f"{name}: {outcome} done", markup=False)
        return
    # SECURITY: only the kind of an error, for its text may hold anything.
    console.print(f"{name} failed: {type(outcome).__name__}", style="red", markup=False)
