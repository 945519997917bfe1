"""A deployment with a site for each of three regions, behind a proxy, with a neighbour whose pages may ask."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring
from operations.demo.cast import HOST, PASSWORD
from schema.endpoint.application import Application, create_app
from settings import Settings
from tests.conftest import Turn

URL = "https://www.candour.test"
HOSTS = "www.candour.test=ENGLAND, scotland.candour.test=SCOTLAND, cymru.candour.test=WALES, plain.candour.test"
NEIGHBOUR = "https://app.example"
PROXY = "10.1.2.3"
SIGN_IN = (
    'mutation($email: String!, $cookie: Boolean) { signIn(email: $email, password: "%s", cookie: $cookie) { token } }'
)


@dataclass
class Sites:
    """The deployment, asked by whatever host from whatever address."""

    app: Application
    dsn: str
    tokens: dict[str, str]

    async def send(
        self,
        query: str,
        host: str = "www.candour.test",
        address: str = "203.0.113.7",
        headers: dict[str, str] | None = None,
        method: str = "POST",
        path: str = "/graphql",
        **variables: Any,
    ) -> httpx2.Response:
        """One request; without a query, one without a body."""
        transport = httpx2.ASGITransport(app=self.app, raise_app_exceptions=False, client=(address, 1))
        async with httpx2.AsyncClient(transport=transport, base_url=URL) as client:
            body = {"json": {"query": query, "variables": variables}} if query else {}
            named = {"Host": host, **(headers or {})}
            return await client.request(method, path, headers=named, **body)  # type: ignore[arg-type]

    async def data(self, query: str, **more: Any) -> Any:
        """The data of an answer that has nothing else."""
        answer = (await self.send(query, **more)).json()
        assert set(answer) == {"data"}, answer
        return answer["data"]

    async def bearer(self, name: str) -> dict[str, str]:
        """What says that one of the demo accounts asks."""
        if name not in self.tokens:
            found = await self.data(SIGN_IN % PASSWORD, email=f"{name}@{HOST}")
            self.tokens[name] = found["signIn"]["token"]
        return {"Authorization": f"Bearer {self.tokens[name]}"}


@pytest.fixture(scope="package")
async def sites(cluster: EmbeddedPostgres, demo_template: str, keyring: Keyring) -> AsyncIterator[Sites]:
    """The deployment, on a demo world of its own."""
    name = f"sites_{uuid4().hex}"
    dsn = await asyncio.to_thread(_copied, cluster, name, demo_template)
    chosen: dict[str, Any] = {"CANDOUR_URL": URL, "CANDOUR_HOSTS": HOSTS, "CANDOUR_ORIGINS": NEIGHBOUR}
    chosen |= {"CANDOUR_TRUSTED_PROXIES": "10.0.0.0/8", "CANDOUR_POOL_SIZE": 1, "CANDOUR_WORKER": False}
    app = create_app(Settings(CANDOUR_DATA=cluster.data, **chosen), dsn)
    async with app.router.lifespan_context(app):
        yield Sites(app, dsn, {})
    await asyncio.to_thread(cluster.dropdb, name)


def _copied(cluster: EmbeddedPostgres, name: str, template: str) -> str:
    with Turn(cluster):
        return cluster.createdb(name, template)
