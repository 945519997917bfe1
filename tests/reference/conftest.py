"""Worlds with both executors on them."""

import asyncio
import os
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring
from tests.conftest import Turn
from tests.reference.invented import invented
from tests.reference.proof import Proof, meet_cursors, proof
from tests.reference.world import write

SEED = 1105
STORIES = 26
PEOPLE = (
    "author", "member", "staff", "manager", "other", "commissioner", "moderator", "safeguarding", "abuse", "dpo", "admin",
    "police",
)  # fmt: skip
FEW = ("author", "staff", "moderator")
"""Oso takes seconds to look at every row of the demo world for one viewer."""


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
def still(cluster: EmbeddedPostgres, demo_template: str) -> str:
    """The address of a demo world that nobody changes."""
    with Turn(cluster):
        return cluster.createdb(f"still_{uuid4().hex}", demo_template)


@pytest.fixture(scope="session")
async def in_demo(still: str, keyring: Keyring) -> AsyncIterator[Proof]:
    """Both executors on the demo world, with some of its fixed accounts; for a proof, with all of them."""
    async with proof(still, keyring) as ready:
        ready.keep(PEOPLE if os.environ.get("CANDOUR_PROVE") == "1" else FEW)
        await meet_cursors(ready)
        yield ready
