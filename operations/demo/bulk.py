"""The big seed: as many stories as wanted, on top of the demo world, in batches that are each kept."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

import asyncpg

from models.database.connection import Connection, normalise
from models.secret import Keyring
from operations.demo.atlas import read_atlas
from operations.demo.batch import BATCH, Batch, Press
from operations.demo.cast import PASSWORD
from operations.demo.crowd import Crowd, account_ids, group_of
from operations.demo.index import TABLES, drop_indexes, missing_indexes, restore_index
from operations.demo.load import load
from operations.demo.progress import Progress, silent
from operations.demo.rows import move_sequences
from operations.demo.scale import add_services
from operations.demo.variant import prepare
from operations.demo.world import is_demo, is_empty, seed_demo
from operations.demo.written import written_stories
from operations.password import hash_password

MANY = 20_000
"""From this many new stories on, it pays to take the indexes away and build them afterwards."""
LAST = "select (id - 1) / $1::int as batch, max(id) from story where id <= $2 group by batch"
KNOWN = "select id, wrapped from person_key where id = any($1)"
MODERATOR = "select id from account where 'MODERATOR' = any(roles) order by created_at, id limit 1"
RESPONDERS = """
select distinct on (organisation_id) organisation_id, account_id from membership where role = 'RESPONDER'
order by organisation_id, id
"""


async def seed_many(dsn: str, keyring: Keyring, stories: int, progress: Progress = silent) -> int:
    """Go on until the story with the number `stories` is there; returns how many are new.

    Builds the demo world first if the database is empty. Each batch is kept as soon as it is written: after
    an interruption, the next call goes on from there. Raises ValueError if the database holds anything else.
    """
    connection = await asyncpg.connect(normalise(dsn), server_settings={"jit": "off", "timezone": "UTC"})
    try:
        begun = await _begin(connection, keyring, progress)
        missing = await _missing(connection, stories)
        if missing:
            await _load(connection, keyring, missing, stories, progress)
            await _settle(connection, progress)
        return begun + sum(map(len, missing))
    finally:
        await connection.close()


async def _begin(connection: Connection, keyring: Keyring, progress: Progress) -> int:
    """Have the demo world, and the indexes that a killed load took away; returns how many stories are new."""
    if await is_empty(connection):
        await seed_demo(connection, keyring, progress)
        return len(written_stories())
    # SECURITY: invented stories do not mix with those of real people.
    if not await is_demo(connection, keyring):
        raise ValueError("The database holds something else than the demo world, or another master key made it.")
    await _restore(connection, progress)
    return 0


async def _missing(connection: Connection, stories: int) -> list[range]:
    """The numbers that are still to be written, batch by batch."""
    last = await _pairs(connection, LAST, BATCH, stories)
    wanted = [range(begin + 1, min(begin + BATCH, stories) + 1) for begin in range(0, stories, BATCH)]
    rest = [range(last.get(place, 0) + 1, w.stop) if place in last else w for place, w in enumerate(wanted)]
    return [numbers for numbers in rest if numbers]


async def _load(
    connection: Connection, keyring: Keyring, missing: Sequence[range], stories: int, progress: Progress
) -> None:
    press = await _press(connection, keyring, stories)
    await prepare(connection)
    moderator = await connection.fetchval(MODERATOR)
    try:
        if sum(map(len, missing)) >= MANY:
            await drop_indexes(connection)
        progress("stories", missing[0].start - 1, stories)
        async with aclosing(_batches(connection, press, missing)) as batches:
            async for numbers, batch in batches:
                await load(connection, batch, moderator)
                progress("stories", numbers.stop - 1, stories)
    finally:
        await _restore(connection, progress)


async def _press(connection: Connection, keyring: Keyring, stories: int) -> Press:
    settings = await add_services(connection, stories)
    atlas = await read_atlas(connection, settings)
    crowd = Crowd(keyring, sorted(atlas.postcodes), hash_password(PASSWORD))
    return Press(atlas, crowd, await _pairs(connection, RESPONDERS))


async def _batches(
    connection: Connection, press: Press, missing: Sequence[range]
) -> AsyncGenerator[tuple[range, Batch], None]:
    """Each batch, made while the one before it is written."""
    known = [await _pairs(connection, KNOWN, list(account_ids(group_of(n.start)))) for n in missing]
    making = asyncio.create_task(asyncio.to_thread(press.make, missing[0], known[0]))
    for place, numbers in enumerate(missing):
        batch = await making
        if place + 1 < len(missing):
            making = asyncio.create_task(asyncio.to_thread(press.make, missing[place + 1], known[place + 1]))
        yield numbers, batch


async def _pairs(connection: Connection, statement: str, *values: Any) -> dict[Any, Any]:
    return {row[0]: row[1] for row in await connection.fetch(statement, *values)}


async def _restore(connection: Connection, progress: Progress) -> None:
    """Build the indexes that are not there."""
    missing = await missing_indexes(connection)
    for place, index in enumerate(missing):
        progress("indexes", place, len(missing))
        await restore_index(connection, index)


async def _settle(connection: Connection, progress: Progress) -> None:
    """Let the planner know what is there, and index-only scans skip the rows."""
    await move_sequences(connection)
    for place, table in enumerate(TABLES):
        progress("statistics", place, len(TABLES))
        await connection.execute(f"vacuum analyze {table}")
