"""A log with many lanes, the owner of its database, and what `verify` says of it."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg

from models.audit import AuditKind
from models.database.connection import Pool, open_pool
from models.secret import Keyring
from operations.audit import Entry
from operations.audit.anchor import Anchor, make_anchor
from operations.audit.verify import Verdict, verify
from operations.audit.write import write


async def anchored(dsn: str, keyring: Keyring) -> None:
    """Writes 600 entries, and an anchor after the first 300."""
    pool = await open_pool(dsn, 4, readonly=False)
    await asyncio.gather(*(_filled(pool, keyring) for _ in range(4)))
    async with pool.acquire() as connection:
        await make_anchor(connection, keyring)
    await asyncio.gather(*(_filled(pool, keyring) for _ in range(4)))
    await pool.close()


async def _filled(pool: Pool, keyring: Keyring) -> None:
    """75 entries of four writers at once, five in a commit."""
    async with pool.acquire() as connection:
        for turn in range(15):
            async with connection.transaction():
                entries = [entry(turn) for _ in range(5)]
                await write(connection.fetch, keyring, entries)


def entry(number: int) -> Entry:
    """That somebody read who wrote a story."""
    return Entry(
        AuditKind.READ, uuid4(), ("DPO",), "complaint", "CASE-1", f"Story:{number}", None, ("Story.author",), ("P14 x",)
    )


class _Within:
    """The owner's connection, within whose transaction `verify` runs: it opens none of its own."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def transaction(self, **_: Any) -> Any:
        return self._connection.transaction()


async def verified(owner: asyncpg.Connection, keyring: Keyring, *kept: Anchor) -> list[str]:
    """What is named."""
    verdict: Verdict = await verify(_Within(owner), keyring, kept)  # type: ignore[arg-type]
    return [str(fault) for fault in verdict.faults]


async def longest(owner: asyncpg.Connection) -> list[asyncpg.Record]:
    """The rows of the longest lane, which has at least ten."""
    lane = await owner.fetchval("select lane from audit_lane order by position desc limit 1")
    rows = await owner.fetch("select * from audit_event where lane = $1 order by position", lane)
    assert len(rows) >= 10
    return list(rows)


def named(row: asyncpg.Record, what: str, position: int | None = None) -> str:
    """How something is said of a row."""
    return f"event {row['id']}, lane {row['lane']}, position {position or row['position']}: {what}"
