"""The commands `audit verify` and `audit anchor`."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated, TypeVar

import asyncpg
import typer
from rich.console import Console

from models.database.connection import Connection, normalise
from models.secret import Keyring, new_master_key
from operations.audit.anchor import Anchor, make_anchor
from operations.audit.verify import Verdict, verify
from operations.demo.progress import watch
from settings import master_key, settings

Database = Callable[[], AbstractContextManager[str]]
"""Opens the database of this process for a while, and gives its address."""
Kept = Annotated[
    list[Path] | None,
    typer.Option("--anchor", help="A file with anchors that were kept elsewhere, a line each. May be repeated."),
]
Result = TypeVar("Result")
LISTED = 100
"""So many faults are listed."""
console = Console(stderr=True, highlight=False, soft_wrap=True)
audit = typer.Typer(help="The audit log: whether it is as it was written.", no_args_is_help=True)


@audit.command("verify")
def verify_log(context: typer.Context, anchor: Kept = None) -> None:
    """Find every event that was changed, deleted, moved or put in, and name it; then the exit code is 1."""
    try:
        kept = [Anchor.read(line) for path in anchor or () for line in path.read_bytes().splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from None
    with watch(console) as progress:
        verdict = _run(context, lambda connection, keyring: verify(connection, keyring, kept, progress))
    _tell(verdict)
    if verdict.faults:
        raise typer.Exit(1)


@audit.command("anchor")
def print_anchor(context: typer.Context) -> None:
    """Print an anchor of the log as it is now, a line to be kept elsewhere: `audit verify --anchor` takes it."""
    anchor, new = _run(context, make_anchor)
    typer.echo(anchor.text())
    if not new:
        console.print("Nothing was written since this anchor.")


def _run(context: typer.Context, work: Callable[[Connection, Keyring], Awaitable[Result]]) -> Result:
    database: Database = context.obj

    async def connected(dsn: str) -> Result:
        connection = await asyncpg.connect(normalise(dsn))
        try:
            return await work(connection, Keyring(master_key(settings(), new_master_key)))
        finally:
            await connection.close()

    with database() as dsn:
        return asyncio.run(connected(dsn))


def _tell(verdict: Verdict) -> None:
    for fault in verdict.faults[:LISTED]:
        typer.echo(str(fault))
    if len(verdict.faults) > LISTED:
        typer.echo(f"… and {len(verdict.faults) - LISTED:,} more")
    before = f" {verdict.before:,} more are from before the chain." if verdict.before else ""
    looked = f"{verdict.events:,} events and {verdict.anchors:,} anchors were looked at.{before}"
    if verdict.faults:
        console.print(f"{looked} {len(verdict.faults):,} things are wrong.", style="red")
    else:
        console.print(f"{looked} All is as it was written.", style="green")
