"""A database with one person, and transactions that commit; and a world of this folder's own."""

from collections.abc import AsyncIterator, Iterator
from uuid import UUID, uuid4

import asyncpg
import pytest

from models.database.connection import engine, normalise, session_factory
from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring, PersonKey
from tests.conftest import Turn
from tests.consent.world import World, opened
from tests.mail.box import Box
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
    """Those who respond and moderate in it."""
    return await cast_of(world)


@pytest.fixture
async def box(database: str, keyring: Keyring) -> AsyncIterator[Box]:
    """A person of a database of its own, to whom e-mails can be queued."""
    id_ = uuid4()
    opened, own = engine(database, 2), await asyncpg.connect(normalise(database))
    key = await _person(own, keyring, id_)
    yield Box(own, session_factory(opened).begin, keyring, key, id_)
    await own.close()
    await opened.dispose()


async def _person(connection: asyncpg.Connection, keyring: Keyring, id_: UUID) -> PersonKey:
    wrapped = keyring.new_person_key(str(id_))
    await connection.execute("insert into person_key (id, wrapped) values ($1, $2)", id_, wrapped)
    await connection.execute("insert into account (id, created_at) values ($1, now())", id_)
    return keyring.open(wrapped, str(id_))
