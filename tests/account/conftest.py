"""The whole application on a database of its own, and a mailbox for everybody."""

from collections.abc import AsyncIterator
from ipaddress import ip_address
from uuid import uuid4

import asyncpg
import httpx2
import pytest

from models.database.connection import normalise
from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring
from operations import decoy
from schema.endpoint.application import Application, create_app
from settings import Settings
from tests.account.place import Place
from tests.conftest import Turn


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers that are held back until all are even come at once here."""
    monkeypatch.setattr(decoy, "SECONDS", 0.0)


@pytest.fixture(scope="session")
def accounts(cluster: EmbeddedPostgres, template: str) -> str:
    """The address of a database that the tests of this folder share: each of them has emails of its own."""
    with Turn(cluster):
        return cluster.createdb(f"accounts_{uuid4().hex}", template)


@pytest.fixture(scope="session")
async def opened(accounts: str, cluster: EmbeddedPostgres, keyring: Keyring) -> AsyncIterator[Application]:
    """The application on that database."""
    chosen = Settings(CANDOUR_DATA=cluster.data, CANDOUR_POOL_SIZE=2, CANDOUR_URL="http://candour.test")
    application = create_app(chosen, accounts)
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture
async def place(opened: Application, accounts: str, keyring: Keyring) -> AsyncIterator[Place]:
    """Asks from an IP address of its own, so that no test uses up another one's attempts."""
    address = str(ip_address(f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1"))
    transport = httpx2.ASGITransport(app=opened, raise_app_exceptions=False, client=(address, 1))
    connection = await asyncpg.connect(normalise(accounts))
    async with httpx2.AsyncClient(transport=transport, base_url="http://candour.test") as client:
        yield Place(client, connection, keyring, address)
    await connection.close()
