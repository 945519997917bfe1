"""Dumps: what may be kept for long holds no person's key; keys lie in one file, of which only the newest is kept."""

import os
from datetime import UTC, datetime
from pathlib import Path

from models.database import client

KEYS = "keys.dump"
APART = ("person_key", "tombstone")
"""Tables that say who and what is still there: restored from the newest copy, whatever the age of the rest."""


def back_up(dsn: str, folder: Path) -> Path:
    """Write a dump of the database without keys, then the keys anew; the path of the dump.

    Raises DatabaseError; then there is no new dump, and the keys are those of before.
    """
    path = folder / f"candour-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.dump"
    # SECURITY: P18: left out by name, since for a superuser the table's row security does not count.
    without = [f"--exclude-table-data={table}" for table in APART]
    without.append("--no-unlogged-table-data")
    _write(dsn, path, *without)
    # Keys come second, so that nobody's rows are dumped without their key.
    back_up_keys(dsn, folder)
    return path


def back_up_keys(dsn: str, folder: Path) -> Path:
    """Replace `keys.dump`: who was erased since is not in it, and can be restored from no dump any more (P18)."""
    path = folder / KEYS
    only = [f"--table={table}" for table in APART]
    # Rows that another program's dump holds already are no fault when this is restored after it.
    inserts = ("--inserts", "--rows-per-insert=500", "--on-conflict-do-nothing")
    _write(dsn, path, "--data-only", *inserts, *only, keys=True)
    return path


def _write(dsn: str, path: Path, *options: str, keys: bool = False) -> None:
    """Dump into a file for our eyes only, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    # SECURITY: the mode is set when the file is made, so that nobody can open it in between.
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600))
    try:
        formed = ("--format=custom", "--enable-row-security", "--no-owner", "--no-privileges")
        client.run("pg_dump", dsn, *formed, *options, f"--file={part}", keys=keys)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
