"""A world of this folder's own."""

from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest

from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring
from tests.conftest import Turn
from tests.consent.world import World, opened
from tests.response.cast import Cast, cast_of


@pytest.fixture(scope="package")
def dsn(cluster: EmbeddedPostgres, demo_template: str) -> Iterator[str]:
    """The address of a demo world in which people may do what they like."""
    name = f"world_{uuid4().hex}"
    with Turn(cluster):
        dsn = cluster.createdb(name, demo_template)
    yield dsn
    cluster.dropdb(name)


@pytest.fixture(scope="package")
async def world(cluster: EmbeddedPostgres, dsn: str, keyring: Keyring) -> AsyncIterator[World]:
    """The application on it."""
    async with opened(dsn, keyring, cluster.data) as started:
        yield started


@pytest.fixture(scope="package")
async def cast(world: World) -> Cast:
    """Those who respond in it."""
    return await cast_of(world)
