"""The big seed: as many stories as wanted, on top of the demo world, in batches that are each kept."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from models.database.connection import Connection, normalise
from models.secret import Keyring
from operations.demo.atlas import read_atlas
from operations.demo.batch import BATCH, Batch, Press
from operations.demo.crowd import Crowd, account_ids, group_of
from operations.demo.index import TABLES, drop_indexes, missing_indexes, restore_index
from operations.demo.load import load
from operations.demo.rows import NUMBERED, move_sequences
from operations.demo.scale import add_services
from operations.demo.variant import prepare
from operations.demo.world import Progress, is_empty, seed_demo, silent
from operations.demo.written import written_stories
from operations.session import hash_password
from operations.demo.cast import PASSWORD

MANY = 50_000
"""From this many new stories on, it pays to build the indexes afterwards."""
"""How many stories there are in this stretch of numbers, and the last one."""
LAST = "select max(id) from story where id between $1 and $2"
RESPONDERS = """
select distinct on (organisation_id) organisation_id, account_id from membership where role = 'RESPONDER'
order by organisation_id, id
"""
MODERATOR = "select id from account where 'MODERATOR' = any(roles) order by created_at, id limit 1"
KNOWN = "select id, key from account where id = any($1)"


async def seed_many(dsn: str, keyring: Keyring, stories: int, progress: Progress = silent) -> int:
    """Bring the number of stories to `stories`, building the demo world first; returns how many are new.

    Each batch is kept as soon as it is written: after an interruption, the next call goes on from there.
    """
    async with _connection(dsn) as connection:
        if await is_empty(connection):
            await seed_demo(connection, keyring, progress)
        missing = [numbers for numbers in await _missing(connection, stories)]
        new = sum(map(len, missing))
        ...
    return new
