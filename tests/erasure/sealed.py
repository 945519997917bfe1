"""Every encrypted value in a database, and which of them a person's key opens."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from models.base import metadata
from models.secret import Keyring, SecretError


@dataclass(frozen=True)
class Cell:
    """One encrypted value; `places` are the ways in which its row may be named."""

    column: str
    row: str
    value: bytes
    places: tuple[str, ...]


async def cells(connection: asyncpg.Connection) -> AsyncIterator[Cell]:
    """All values of all columns that the models declare encrypted."""
    for table in metadata.sorted_tables:
        keys = [column.name for column in table.primary_key]
        for column in (c for c in table.columns if c.info.get("encrypted")):
            name = f"{table.name}.{column.name}"
            rows = await connection.fetch(
                f"select {', '.join(keys)}, {column.name} as sealed from {table.name} where {column.name} is not null"
            )
            for row in rows:
                parts = [str(row[key]) for key in keys]
                places = tuple(f"{name}:{mark.join(parts)}" for mark in (":", "/", ".", ",", "-"))
                yield Cell(name, ":".join(parts), row["sealed"], tuple(dict.fromkeys(places)))


async def opened(connection: asyncpg.Connection, keyring: Keyring, wrapped: bytes, person: UUID) -> dict[str, set[str]]:
    """What this key opens: rows by column."""
    key, found = keyring.open(wrapped, str(person)), dict[str, set[str]]()
    async for cell in cells(connection):
        for place in cell.places:
            try:
                key.decrypt_bytes(cell.value, place)
            except SecretError:
                continue
            found.setdefault(cell.column, set()).add(cell.row)
    return found
