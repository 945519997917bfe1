"""Databases in which events are written, read and told."""

from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database.connection import engine, open_pool, session_factory
from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring
from operations.audit import Journal
from operations.session import Rules
from resolvers.executor import Executor
from resolvers.live.hub import Hub
from schema.api import core
from schema.endpoint.application import _policies
from tests.conftest import Turn
from tests.consent.world import World, opened
from tests.event.live import Live, told_as
from tests.planner.counter import CountingPool


@pytest.fixture
async def sessions(database: str) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    """Sessions on an empty database of one's own."""
    opened = engine(database)
    yield session_factory(opened)
    await opened.dispose()


@pytest.fixture(scope="package")
def dsn(cluster: EmbeddedPostgres, demo_template: str) -> Iterator[str]:
    """The address of a demo world in which people may do what they like."""
    name = f"live_{uuid4().hex}"
    with Turn(cluster):
        dsn = cluster.createdb(name, demo_template)
    yield dsn
    cluster.dropdb(name)


@pytest.fixture(scope="package")
async def world(cluster: EmbeddedPostgres, dsn: str, keyring: Keyring) -> AsyncIterator[World]:
    """The application on it."""
    async with opened(dsn, keyring, cluster.data) as started:
        yield started


@pytest.fixture
async def live(world: World, dsn: str, keyring: Keyring) -> AsyncIterator[Live]:
    """A hub of a process of its own."""
    read, writer = await open_pool(dsn, 2), await open_pool(dsn, 1, readonly=False)
    pool = CountingPool(read)
    faults: list[BaseException] = []
    executor = Executor(core(), _policies(), pool, keyring, "http://candour.test", journal=Journal(writer, keyring))  # type: ignore[arg-type]
    hub = Hub(executor, dsn, Rules(second_factor=False), told_as(faults))
    yield Live(world, hub, executor, pool.statements, faults)
    await hub.close()
    await read.close()
    await writer.close()
    assert faults == []
