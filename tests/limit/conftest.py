"""Applications with limits as a deployment has them, on the demo world."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx2
import pytest

from models.database.connection import normalise
from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring
from schema.endpoint.application import Application, create_app
from settings import Settings

USUAL = {"CANDOUR_RATE": 600_000, "CANDOUR_RATE_MEMBER": 1_200_000, "CANDOUR_MAX_COST": 40_000}


@asynccontextmanager
async def started(cluster: EmbeddedPostgres, dsn: str, **chosen: Any) -> AsyncIterator[Application]:
    """An application with these settings beside the usual ones."""
    settings = Settings(CANDOUR_DATA=cluster.data, CANDOUR_POOL_SIZE=2, CANDOUR_URL="http://candour.test", **chosen)
    application = create_app(settings, dsn)
    async with application.router.lifespan_context(application):
        yield application


def client_of(app: Application, address: str = "203.0.113.7") -> httpx2.AsyncClient:
    """A client at an IP address."""
    transport = httpx2.ASGITransport(app=app, client=(address, 1), raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://candour.test")


@pytest.fixture(scope="module")
async def limited(cluster: EmbeddedPostgres, demo: str, keyring: Keyring) -> AsyncIterator[Application]:
    """The usual limits, but for little patience."""
    seconds = {"CANDOUR_REQUEST_SECONDS": 2, "CANDOUR_STATEMENT_SECONDS": 30}
    async with started(cluster, demo, **USUAL, **seconds) as application:
        yield application


@pytest.fixture
async def database(demo: str) -> AsyncIterator[asyncpg.Connection]:
    """The demo world; nothing that is done here stays."""
    connection = await asyncpg.connect(normalise(demo))
    transaction = connection.transaction()
    await transaction.start()
    yield connection
    await transaction.rollback()
    await connection.close()
