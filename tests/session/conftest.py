"""What tests of signing in share: transactions of their own, and a site that asks for second factors over https."""

from collections.abc import AsyncIterator
from ipaddress import ip_address
from uuid import uuid4

import asyncpg
import httpx2
import pytest
from sqlalchemy import delete

from models.attempt import Attempt
from models.database.connection import engine, normalise, session_factory
from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring
from operations.attempt import Transaction
from schema.endpoint.application import Application, create_app
from settings import Settings
from tests.conftest import Turn
from tests.session.site import Site


@pytest.fixture
async def transaction(empty: str) -> AsyncIterator[Transaction]:
    """Opens committed transactions; what they wrote about attempts is deleted in the end."""
    opened = engine(empty)
    sessions = session_factory(opened)
    yield sessions.begin
    async with sessions.begin() as session:
        await session.exec(delete(Attempt))
    await opened.dispose()


@pytest.fixture(scope="session")
def people(cluster: EmbeddedPostgres, template: str) -> str:
    """The address of a database that the tests of this folder share: each of them has people of its own."""
    with Turn(cluster):
        return cluster.createdb(f"people_{uuid4().hex}", template)


@pytest.fixture(scope="session")
async def strict(people: str, cluster: EmbeddedPostgres, keyring: Keyring) -> AsyncIterator[Application]:
    """The application on that database, as in production: over https, with second factors."""
    chosen = Settings(
        CANDOUR_DATA=cluster.data, CANDOUR_POOL_SIZE=2, CANDOUR_URL="https://candour.test", CANDOUR_SECOND_FACTOR=True
    )
    application = create_app(chosen, people)
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture
async def site(strict: Application, people: str, keyring: Keyring) -> AsyncIterator[Site]:
    """Asks from an IP address of its own, so that no test uses up another one's attempts."""
    address = str(ip_address(f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1"))
    transport = httpx2.ASGITransport(app=strict, raise_app_exceptions=False, client=(address, 1))
    connection = await asyncpg.connect(normalise(people))
    async with httpx2.AsyncClient(transport=transport, base_url="https://candour.test") as client:
        yield Site(client, connection, keyring, address)
    await connection.close()
