"""Demo worlds: one to read, and copies to change."""

from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import asyncpg
import pytest

from models.database.connection import normalise
from models.database.embedded import EmbeddedPostgres
from tests.conftest import Turn


@pytest.fixture
async def reader(demo: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to the demo world that can't write."""
    opened = await asyncpg.connect(normalise(demo), server_settings={"default_transaction_read_only": "on"})
    yield opened
    await opened.close()


@pytest.fixture
def world(cluster: EmbeddedPostgres, demo_template: str) -> Iterator[str]:
    """The address of a demo world of one's own."""
    name = f"world_{uuid4().hex}"
    with Turn(cluster):
        dsn = cluster.createdb(name, demo_template)
    yield dsn
    cluster.dropdb(name)
