"""The site on a database of this folder's own, and everybody who has to do with a disclosure."""

from collections.abc import AsyncIterator, Iterator
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
from tests.disclosure.case import Case, case_of
from tests.session.site import Site


@pytest.fixture(scope="package")
def dsn(cluster: EmbeddedPostgres, template: str) -> Iterator[str]:
    """The address of a database that the tests of this folder share: each has a case of its own."""
    name = f"disclosures_{uuid4().hex}"
    with Turn(cluster):
        dsn = cluster.createdb(name, template)
    yield dsn
    cluster.dropdb(name)


@pytest.fixture(scope="package")
async def running(dsn: str, cluster: EmbeddedPostgres) -> AsyncIterator[Application]:
    """The application on it."""
    chosen = Settings(CANDOUR_DATA=cluster.data, CANDOUR_POOL_SIZE=4, CANDOUR_URL="http://candour.test")
    application = create_app(chosen, dsn)
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture(scope="package")
async def site(running: Application, dsn: str, keyring: Keyring) -> AsyncIterator[Site]:
    """Asks it."""
    transport = httpx2.ASGITransport(app=running, raise_app_exceptions=False, client=("2001:db8::9", 1))
    connection = await asyncpg.connect(normalise(dsn))
    async with httpx2.AsyncClient(transport=transport, base_url="http://candour.test") as client:
        yield Site(client, connection, keyring, "2001:db8::9")
    await connection.close()


@pytest.fixture
async def case(site: Site) -> Case:
    """A restricted story, its author, two people of safeguarding, an officer, the police and an outsider."""
    return await case_of(site)
