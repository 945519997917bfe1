"""The commands `backup` and `restore`."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from models.database.connection import DatabaseError
from models.secret import Keyring, SecretError, new_master_key
from operations.backup import dump, restore
from settings import master_key, settings

Database = Callable[[], AbstractContextManager[str]]
"""Opens the database of this process for a while, and gives its address."""
Folder = Annotated[Path, typer.Argument(help="The folder of the dumps and of keys.dump.")]
KeysOnly = Annotated[bool, typer.Option("--keys-only", help="Only replace keys.dump: quick, so do it often.")]
Dump = Annotated[Path | None, typer.Option("--dump", help="Which dump, if not the newest of the folder.")]
Result = TypeVar("Result")
console = Console(stderr=True, highlight=False, soft_wrap=True)


def back_up(context: typer.Context, folder: Folder, keys_only: KeysOnly = False) -> None:
    """Dump the database without keys, and replace keys.dump; who was erased is in no copy from then on."""
    database: Database = context.obj
    with database() as dsn:
        path = _told(lambda: (dump.back_up_keys if keys_only else dump.back_up)(dsn, folder.absolute()))
    typer.echo(path)
    console.print("Keep no older keys.dump anywhere, and the master key apart from both.")


def bring_back(context: typer.Context, folder: Folder, dump: Dump = None) -> None:
    """Fill an empty database from a dump, without people erased and stories withdrawn since."""
    database: Database = context.obj
    with database() as dsn:
        keyring = Keyring(master_key(settings(), new_master_key))
        left = _told(lambda: asyncio.run(restore.restore(dsn, keyring, folder.absolute(), dump)))
    console.print(f"Restored, without {left.accounts} people erased and {left.stories} stories withdrawn since.")


def _told(work: Callable[[], Result]) -> Result:
    try:
        return work()
    except (DatabaseError, SecretError) as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from None
