"""A file is imported whole or not at all, whatever its size."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator
from datetime import date
from functools import partial
from pathlib import Path

import asyncpg
import pytest

from models.database.connection import Connection, normalise
from operations.imports.postcode import load_postcodes
from operations.imports.report import ImportFailedError
from operations.imports.run import import_file
from operations.imports.source import PIECE_BYTES, Source
from tests.imports.big import lines

ROWS = 40_000
MEGABYTE = 1_000_000
COUNT = "select count(*) from postcode_area"
AREA = "insert into area (code, name, kind, valid_from) values ($1, 'Some', 'INTEGRATED_CARE_BOARD', '2022-07-01')"
LOAD = partial(load_postcodes, day=date(2026, 11, 1))


@pytest.fixture
async def own(database: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a database of one's own, outside of any transaction."""
    opened = await asyncpg.connect(normalise(database))
    await opened.executemany(AREA, [("E54000901",), ("E54000902",)])
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A postcode directory with many rows."""
    path = tmp_path_factory.mktemp("directory") / "onspd.csv"
    path.write_bytes(b"".join(lines(ROWS)))
    return path


async def test_a_missing_file_fails(connection: asyncpg.Connection, tmp_path: Path) -> None:
    with pytest.raises(ImportFailedError, match="No such file"):
        await import_file(connection, tmp_path / "none.csv", LOAD)


async def test_a_failure_on_the_way_leaves_nothing(own: asyncpg.Connection, directory: Path) -> None:
    left = 3 * PIECE_BYTES

    def fail(read: int) -> None:
        nonlocal left
        left -= read
        if left < 0:
            raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        await import_file(own, directory, LOAD, advance=fail)
    assert await own.fetchval(COUNT) == 0


async def test_an_interruption_leaves_nothing_and_the_next_time_all_is_there(
    own: asyncpg.Connection, directory: Path
) -> None:
    started = asyncio.Event()
    running = asyncio.create_task(import_file(own, directory, LOAD, advance=lambda _: started.set()))
    await started.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await own.fetchval(COUNT) == 0
    assert await own.fetchval("select count(*) from pg_class where relname like 'incoming%'") == 0
    assert (await import_file(own, directory, LOAD)).added == ROWS
    assert await own.fetchval(COUNT) == ROWS


async def test_a_killed_connection_leaves_nothing(own: asyncpg.Connection, database: str, directory: Path) -> None:
    async def load(connection: Connection, source: Source) -> None:
        await LOAD(connection, source)
        other = await asyncpg.connect(normalise(database))
        await other.execute("select pg_terminate_backend($1)", connection.get_server_pid())
        await other.close()
        await connection.execute("select 1")

    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await import_file(own, directory, load)
    other = await asyncpg.connect(normalise(database))
    assert await other.fetchval(COUNT) == 0
    await other.close()


async def test_memory_does_not_grow_with_the_file(own: asyncpg.Connection, directory: Path) -> None:
    tracemalloc.start()
    report = await import_file(own, directory, LOAD)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert report.added == ROWS
    # The rows alone would take 7 MB.
    assert peak < 3 * MEGABYTE


async def test_imports_take_turns(own: asyncpg.Connection, database: str, tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_bytes(b"".join(lines(100)))
    other = await asyncpg.connect(normalise(database))
    reports = await asyncio.gather(import_file(own, path, LOAD), import_file(other, path, LOAD))
    await other.close()
    assert sorted(report.added for report in reports) == [0, 100]
