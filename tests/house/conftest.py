"""The whole application on a demo world of this folder's own, asked over HTTP as a client does."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring
from operations.demo.cast import HOST, PASSWORD
from schema.endpoint.application import create_app
from settings import Settings

SIGN_IN = "mutation($email: String!, $password: String!) { signIn(email: $email, password: $password) { token } }"


@pytest.fixture(scope="session")
def world(cluster: EmbeddedPostgres, demo_template: str) -> Iterator[str]:
    """The address of a demo world in which people may sign in and out."""
    name = f"house_{uuid4().hex}"
    yield cluster.createdb(name, demo_template)
    cluster.dropdb(name)


class Site:
    """The application and the tokens of those who signed in."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client
        self._tokens: dict[str, str] = {}

    async def ask(self, body: dict[str, Any], name: str = "", purpose: str = "") -> Any:
        """The answer for one of the demo accounts; without a name for a visitor."""
        headers = {"Authorization": f"Bearer {await self._token(name)}"} if name else {}
        if purpose:
            headers["Candour-Purpose"] = purpose
        return (await self._client.post("/graphql", json=body, headers=headers)).json()

    async def _token(self, name: str) -> str:
        if name not in self._tokens:
            variables = {"email": f"{name}@{HOST}", "password": PASSWORD}
            answer = await self.ask({"query": SIGN_IN, "variables": variables})
            self._tokens[name] = answer["data"]["signIn"]["token"]
        return self._tokens[name]


@pytest.fixture(scope="session")
async def site(cluster: EmbeddedPostgres, keyring: Keyring, world: str) -> AsyncIterator[Site]:
    """The application, started."""
    app = create_app(Settings(CANDOUR_DATA=cluster.data), world)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx2.ASGITransport(app=app)
        yield Site(
            await stack.enter_async_context(httpx2.AsyncClient(transport=transport, base_url="http://candour.test"))
        )
