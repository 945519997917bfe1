"""Worlds with both executors on them."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring
from tests.reference.invented import invented
from tests.reference.proof import Proof, proof
from tests.reference.world import write

SEED = 1105


@pytest.fixture(scope="session")
def small(cluster: EmbeddedPostgres, template: str, keyring: Keyring) -> str:
    """The address of a database with a small invented world."""
    dsn = cluster.createdb(f"small_{uuid4().hex}", template)
    asyncio.run(write(dsn, invented(SEED, keyring)))
    return dsn


@pytest.fixture(scope="session")
async def in_small(small: str, keyring: Keyring) -> AsyncIterator[Proof]:
    """Both executors on the small world."""
    async with proof(small, keyring) as ready:
        yield ready
