"""Worlds with both executors on them."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring
from tests.reference.invented import invented
from tests.reference.proof import Proof, meet_cursors, proof
from tests.reference.world import write

SEED = 1105
STORIES = 30


@pytest.fixture(scope="session")
def small(cluster: EmbeddedPostgres, template: str, keyring: Keyring) -> str:
    """The address of a database with a small invented world."""
    dsn = cluster.createdb(f"small_{uuid4().hex}", template)
    asyncio.run(write(dsn, invented(SEED, keyring, STORIES)))
    return dsn


@pytest.fixture(scope="session")
async def in_small(small: str, keyring: Keyring) -> AsyncIterator[Proof]:
    """Both executors on the small world."""
    async with proof(small, keyring) as ready:
        await meet_cursors(ready)
        yield ready


@pytest.fixture(scope="session")
async def in_demo(demo: str, keyring: Keyring) -> AsyncIterator[Proof]:
    """Both executors on the demo world, with its fixed accounts only."""
    async with proof(demo, keyring) as ready:
        ready.keep("demo.example")
        await meet_cursors(ready)
        yield ready
