"""A demo world of this folder's own, for what is written to the audit log stays there."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import asyncpg
import pytest

from models.database.connection import Pool, normalise, open_pool
from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring
from operations.audit import Journal
from tests.audit.log import Log
from tests.audit.tamper import anchored
from tests.conftest import Turn


@pytest.fixture(scope="package")
def demo(cluster: EmbeddedPostgres, demo_template: str) -> Iterator[str]:
    """The address of the world."""
    name = f"audited_{uuid4().hex}"
    with Turn(cluster):
        dsn = cluster.createdb(name, demo_template)
    yield dsn
    cluster.dropdb(name)


@pytest.fixture
async def writer(demo: str) -> AsyncIterator[Pool]:
    """Connections that write."""
    pool = await open_pool(demo, 1, readonly=False)
    yield pool
    await pool.close()


@pytest.fixture
def journal(writer: Pool, keyring: Keyring) -> Journal:
    """Where the log is written."""
    return Journal(writer, keyring)


@pytest.fixture
async def reader(demo: str) -> AsyncIterator[Pool]:
    """Where answers are read."""
    pool = await open_pool(demo, 1)
    yield pool
    await pool.close()


@pytest.fixture
async def log(reader: Pool, journal: Journal, keyring: Keyring) -> Log:
    """The log from now on, and people who read."""
    last = await reader.fetchval("select coalesce(max(id), 0) from audit_event")
    return Log(reader, journal, keyring, last)


@pytest.fixture(scope="package")
def tampered(cluster: EmbeddedPostgres, template: str, keyring: Keyring) -> Iterator[str]:
    """A database with 600 entries, some in each lane, and an anchor after the first 300."""
    name = f"tampered_{uuid4().hex}"
    with Turn(cluster):
        dsn = cluster.createdb(name, template)
    asyncio.run(anchored(dsn, keyring))
    yield dsn
    cluster.dropdb(name)


@pytest.fixture
def aged(cluster: EmbeddedPostgres, template: str) -> Iterator[str]:
    """An empty database."""
    name = f"aged_{uuid4().hex}"
    with Turn(cluster):
        dsn = cluster.createdb(name, template)
    yield dsn
    cluster.dropdb(name)


@pytest.fixture
async def owner(tampered: str) -> AsyncIterator[asyncpg.Connection]:
    """The database's owner, who has switched the guards off; what they do is undone."""
    connection = await asyncpg.connect(normalise(tampered))
    turn = connection.transaction()
    await turn.start()
    for table in ("audit_event", "audit_lane", "audit_anchor"):
        await connection.execute(f"alter table {table} disable trigger user")
    yield connection
    await turn.rollback()
    await connection.close()
