"""A demo world of this folder's own, for what is written to the audit log stays there."""

from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest

from models.database.connection import Pool, open_pool
from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring
from tests.audit.log import Log
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
    """Where the log is written."""
    pool = await open_pool(demo, 1, readonly=False)
    yield pool
    await pool.close()


@pytest.fixture
async def reader(demo: str) -> AsyncIterator[Pool]:
    """Where answers are read."""
    pool = await open_pool(demo, 1)
    yield pool
    await pool.close()


@pytest.fixture
async def log(reader: Pool, writer: Pool, keyring: Keyring) -> Log:
    """The log from now on, and people who read."""
    last = await reader.fetchval("select coalesce(max(id), 0) from audit_event")
    return Log(reader, writer, keyring, last)
