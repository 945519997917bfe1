"""The whole application on a demo world of this folder's own, asked over HTTP by everybody in it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from io import BytesIO, StringIO
from typing import Any
from uuid import uuid4

import asyncpg
import httpx2
import pytest

from models.database.connection import Connection, normalise
from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring
from operations.demo.cast import HOST, PASSWORD
from schema.endpoint import log
from schema.endpoint.application import Application, create_app
from settings import Settings
from tests.conftest import Turn
from tests.leaks.facts import Facts, read_facts
from tests.leaks.planted import plant

SIGN_IN = "mutation($email: String!, $password: String!) { signIn(email: $email, password: $password) { token } }"
URL = "http://candour.test"


class Site:
    """The application, and the tokens of those who signed in."""

    def __init__(self, app: Application, client: httpx2.AsyncClient, dsn: str) -> None:
        self.app = app
        self.client = client
        self.dsn = dsn
        self._tokens: dict[str, str] = {}

    async def send(self, name: str, query: str, purpose: str = "", **variables: Any) -> httpx2.Response:
        """The answer to one of the demo accounts; without a name, to a visitor."""
        body = {"query": query, "variables": variables}
        return await self.client.post("/graphql", json=body, headers=await self.headers(name, purpose))

    async def ask(self, name: str, query: str, purpose: str = "", **variables: Any) -> Any:
        """The answer as JSON."""
        return (await self.send(name, query, purpose, **variables)).json()

    async def data(self, name: str, query: str, purpose: str = "", **variables: Any) -> Any:
        """The data of an answer that was executed, whatever was denied in it."""
        answer = await self.ask(name, query, purpose, **variables)
        assert answer.get("data"), answer
        return answer["data"]

    async def codes(self, name: str, query: str, purpose: str = "", **variables: Any) -> list[str]:
        """The codes of all errors of an answer."""
        answer = await self.ask(name, query, purpose, **variables)
        return [error["extensions"]["code"] for error in answer.get("errors", [])]

    async def headers(self, name: str, purpose: str = "") -> dict[str, str]:
        """What says who asks, and why."""
        found = {"Authorization": f"Bearer {await self._token(name)}"} if name else {}
        return {**found, "Candour-Purpose": purpose} if purpose else found

    async def _token(self, name: str) -> str:
        if name not in self._tokens:
            answer = await self.send("", SIGN_IN, email=f"{name}@{HOST}", password=PASSWORD)
            self._tokens[name] = answer.json()["data"]["signIn"]["token"]
        return self._tokens[name]


def client_of(app: Application, address: str = "127.0.0.1") -> httpx2.AsyncClient:
    """A client at an IP address."""
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 1))
    return httpx2.AsyncClient(transport=transport, base_url=URL)


@asynccontextmanager
async def opened(cluster: EmbeddedPostgres, template: str, keyring: Keyring, memory_mb: int = 0) -> AsyncIterator[Site]:
    """A site on a copy of a database, which is dropped afterwards."""
    name = f"leaks_{uuid4().hex}"
    dsn = await asyncio.to_thread(_copied, cluster, name, template)
    await plant(dsn, keyring)
    chosen = {"CANDOUR_URL": URL, "CANDOUR_POOL_SIZE": 2, "CANDOUR_MEMORY_MB": memory_mb}
    app = create_app(Settings(CANDOUR_DATA=cluster.data, **chosen), dsn)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        yield Site(app, await stack.enter_async_context(client_of(app)), dsn)
    await asyncio.to_thread(cluster.dropdb, name)


def _copied(cluster: EmbeddedPostgres, name: str, template: str) -> str:
    with Turn(cluster):
        return cluster.createdb(name, template)


@pytest.fixture(scope="session")
async def site(cluster: EmbeddedPostgres, demo_template: str, keyring: Keyring) -> AsyncIterator[Site]:
    """The application on a world that nobody changes, but for sessions and the audit log."""
    async with opened(cluster, demo_template, keyring, memory_mb=4) as found:
        yield found


@pytest.fixture
async def changing(cluster: EmbeddedPostgres, demo_template: str, keyring: Keyring) -> AsyncIterator[Site]:
    """The application on a world of the test's own."""
    async with opened(cluster, demo_template, keyring) as found:
        yield found


@pytest.fixture
async def rows(site: Site) -> AsyncIterator[Connection]:
    """A connection to the site's database."""
    connection = await asyncpg.connect(normalise(site.dsn))
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
async def facts(site: Site, keyring: Keyring) -> Facts:
    """What is private in the site's world, and who is who."""
    connection = await asyncpg.connect(normalise(site.dsn))
    try:
        return await read_facts(connection, keyring)
    finally:
        await connection.close()


class Logged:
    """What would stand on stderr."""

    def __init__(self) -> None:
        self.own, self.library = BytesIO(), StringIO()

    @property
    def text(self) -> str:
        return self.own.getvalue().decode() + self.library.getvalue()


@pytest.fixture
def logged() -> Iterator[Logged]:
    """Everything that is logged meanwhile, at the most talkative level that a deployment can choose."""
    found, root = Logged(), logging.getLogger()
    level, handler = root.level, logging.StreamHandler(found.library)
    # The tests' own client is no part of the application.
    handler.addFilter(lambda record: not record.name.startswith("http"))
    root.addHandler(handler)
    root.setLevel("DEBUG")
    log.configure("debug", found.own)
    yield found
    log.configure("info")
    root.setLevel(level)
    root.removeHandler(handler)
