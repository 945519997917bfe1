"""The site on a database of its own, asked by people with and without an account."""

from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_address
from uuid import uuid4

import asyncpg
import httpx2
import pytest

from models.database.connection import normalise
from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring
from schema.endpoint.application import Application, create_app
from settings import Settings
from tests.conftest import Turn
from tests.session.site import Site


@pytest.fixture(scope="session")
def complaints(cluster: EmbeddedPostgres, template: str) -> Iterator[str]:
    """The address of a database that the tests of this folder share: each has people of its own."""
    name = f"complaints_{uuid4().hex}"
    with Turn(cluster):
        dsn = cluster.createdb(name, template)
    yield dsn
    cluster.dropdb(name)


@pytest.fixture(scope="session")
async def answering(complaints: str, cluster: EmbeddedPostgres, keyring: Keyring) -> AsyncIterator[Application]:
    """The application on that database."""
    chosen = Settings(CANDOUR_DATA=cluster.data, CANDOUR_POOL_SIZE=2, CANDOUR_URL="http://candour.test")
    application = create_app(chosen, complaints)
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture
async def site(answering: Application, complaints: str, keyring: Keyring) -> AsyncIterator[Site]:
    """Asks from an IP address of its own, so that no test uses up another one's attempts."""
    address = str(ip_address(f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1"))
    transport = httpx2.ASGITransport(app=answering, raise_app_exceptions=False, client=(address, 1))
    connection = await asyncpg.connect(normalise(complaints))
    async with httpx2.AsyncClient(transport=transport, base_url="http://candour.test") as client:
        yield Site(client, connection, keyring, address)
    await connection.close()
