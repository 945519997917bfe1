"""The command `seed`: the demo world, and as many stories more as wanted."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from time import monotonic
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console

from models.secret import Keyring, SecretError, new_master_key
from operations.demo.bulk import seed_many
from operations.demo.cast import HOST, PASSWORD
from operations.demo.progress import watch
from operations.demo.world import check_allowed
from settings import master_key, settings

Database = Callable[[], AbstractContextManager[str]]
"""Opens the database of this process for a while, and gives its address."""
Stories = Annotated[
    int, typer.Option(min=0, help="How many stories there should be; by default the 300 of the demo world.")
]
Force = Annotated[bool, typer.Option("--force", help="Also into a database that DATABASE_URL names.")]

console = Console(stderr=True, highlight=False, soft_wrap=True)


def seed(context: typer.Context, stories: Stories = 0, force: Force = False) -> None:
    """Fill the database with invented people and stories; run again, it goes on to the number wanted."""
    database: Database = context.obj
    try:
        check_allowed(settings(), force=force)
        with database() as dsn:
            asyncio.run(_seed(dsn, stories))
    except (ValueError, SecretError) as error:
        console.print(_reason(error), style="red", markup=False)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        console.print("Interrupted: what was written is kept. Run it again to go on.", style="red")
        raise typer.Exit(130) from None


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "\n".join(mistake["msg"].removeprefix("Value error, ") for mistake in error.errors())
    return str(error)


async def _seed(dsn: str, stories: int) -> None:
    keyring = Keyring(master_key(settings(), new_master_key))
    began = monotonic()
    with watch(console) as progress:
        new = await seed_many(dsn, keyring, stories, progress)
    seconds = monotonic() - began
    if new:
        console.print(f"{new:,} new stories in {seconds:.1f} s ({new / seconds:,.0f} a second)")
    else:
        console.print("There is nothing left to do")
    console.print(f"Sign in as author@{HOST}, staff@{HOST}, moderator@{HOST} …: the password is {PASSWORD}")
