"""The commands `worker` and `jobs`."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import text
from sqlmodel import select

from jobs.job import Job, Work
from jobs.schedule import JOBS
from jobs.worker import work_on
from models.database.connection import engine, open_pool, session_factory
from models.job import JobRun
from models.secret import Keyring, new_master_key
from settings import Settings, master_key, settings

console = Console(stderr=True, highlight=False, soft_wrap=True)
Result = TypeVar("Result")


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
        bool, typer.Option("--dry-run", help="Also count what each job would do now. Nothing is done.")
    ] = False,
) -> None:
    """List scheduled work: when it was last done, what came of it, and what waits."""
    with context.obj() as dsn:
        asyncio.run(_with(dsn, lambda work: _list(work, dry_run)))


async def _with(dsn: str, do: Callable[[Work], Awaitable[Result]]) -> Result:
    async with working(settings(), dsn) as work:
        return await do(work)


async def _list(work: Work, dry_run: bool) -> None:
    table = Table("job", "every", "last run", "result", *(["would do now"] if dry_run else []))
    async with work.transaction() as session:
        runs = {run.name: run for run in await session.exec(select(JobRun))}
        for job in JOBS:
            cells = [job.name, "at once" if job.queue else str(job.every), *_last(runs.get(job.name), job)]
            if dry_run:
                found = await (await session.connection()).execute(text(job.waiting)) if job.waiting else None
                cells.append(str(found.scalar()) if found else "")
            table.add_row(*cells)
    Console(file=sys.stdout).print(table)


def _last(run: JobRun | None, job: Job) -> tuple[str, str]:
    if run is None:
        return ("", "") if job.queue else ("never", "")
    if run.finished_at is None:
        return f"{run.started_at:%Y-%m-%d %H:%M}", "running"
    result = f"failed: {run.fault}" if run.fault else f"{run.done} done"
    return f"{run.started_at:%Y-%m-%d %H:%M}", result


def _tell(error: BaseException) -> None:
    # SECURITY: only the kind of an error, for its text may hold anything.
    console.print(f"A job failed: {type(error).__name__}", style="red", markup=False)
