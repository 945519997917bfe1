"""The whole application with a memory, on a demo world of this folder's own."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from models.database.connection import normalise
from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring
from resolvers.watcher import Watcher
from tests.leaks.conftest import Site, opened
from tests.planner.conftest import planned

__all__ = ["planned"]


@pytest.fixture(scope="package")
async def site(cluster: EmbeddedPostgres, demo_template: str, keyring: Keyring) -> AsyncIterator[Site]:
    """The application, in which people may do what they like; it has heard that nothing has changed."""
    async with opened(cluster, demo_template, keyring, memory_mb=4) as found:
        yield found


@pytest.fixture(scope="package")
async def rows(site: Site) -> AsyncIterator[asyncpg.Connection]:
    """A connection to its database, as another process has one."""
    connection = await asyncpg.connect(normalise(site.dsn))
    yield connection
    await connection.close()


@pytest.fixture
async def watcher(site: Site) -> Watcher:
    """What listens for the application, and vouches for its memory."""
    found = site.app.watcher
    async with asyncio.timeout(20):
        while not found.memory.on:
            found.memory.wanted.set()
            await asyncio.sleep(0.01)
    return found
