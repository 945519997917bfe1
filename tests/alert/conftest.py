"""A world of this folder's own, in which staff set alerts."""

from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest

from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring
from tests.alert.staff import Staff, staff_of
from tests.conftest import Turn
from tests.consent.world import World, opened


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
async def staff(world: World) -> Staff:
    """Those who set alerts in it."""
    return await staff_of(world)
