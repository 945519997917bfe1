"""A database with one person, and transactions that commit."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest

from models.database.connection import engine, normalise, session_factory
from models.secret import Keyring, PersonKey
from tests.mail.box import Box


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
