"""A server with a shadow: answers are the live policies', the log tells of the differences, and holds no value."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring
from operations.demo.cast import HOST, PASSWORD
from schema.endpoint import log
from schema.endpoint.application import create_app
from settings import Settings
from tests.compare.candidate import FORGETS_AUTHORS, UNMASKS, texts

SIGN_IN = "mutation($email: String!, $password: String!) { signIn(email: $email, password: $password) { token } }"
POSTCODES = "{ stories(first: 50) { nodes { number postcode } } }"
HIDES_RESTRICTED = ("story.polar", 'public(story: Story) if story.status in ["PUBLISHED", "RESTRICTED"]',
                    'public(story: Story) if story.status = "PUBLISHED"')  # fmt: skip


class Site:
    """The application with or without a shadow, and its log."""

    def __init__(self, client: httpx2.AsyncClient, output: BytesIO) -> None:
        self.client, self.output = client, output

    async def ask(self, query: str, token: str = "", **variables: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = {"query": query, "variables": variables}
        return (await self.client.post("/graphql", json=body, headers=headers)).json()

    async def token(self, name: str) -> str:
        answer = await self.ask(SIGN_IN, email=f"{name}@{HOST}", password=PASSWORD)
        return str(answer["data"]["signIn"]["token"])

    def told(self) -> dict[str, int]:
        """What the log says of the shadow, as viewer and field, with the number of requests."""
        found: dict[str, int] = {}
        for line in map(json.loads, self.output.getvalue().splitlines()):
            if line["event"] == "policy shadow":
                key = f"{line['viewer']} {line['field']} {line['change']}"
                found[key] = found.get(key, 0) + line["requests"]
        return found


async def started(stack: AsyncExitStack, dsn: str, data: Path, **more: Any) -> Site:
    app = create_app(Settings(CANDOUR_DATA=data, CANDOUR_POOL_SIZE=2, CANDOUR_URL="http://candour.test", **more), dsn)
    output = BytesIO()
    log.configure(output=output)
    await stack.enter_async_context(app.router.lifespan_context(app))
    transport = httpx2.ASGITransport(app=app)
    return Site(
        await stack.enter_async_context(httpx2.AsyncClient(transport=transport, base_url="http://candour.test")), output
    )


@pytest.fixture(scope="module")
def town(cluster: EmbeddedPostgres, demo_template: str) -> Iterator[str]:
    """The address of a demo world in which people may sign in."""
    name = f"shadow_{uuid4().hex}"
    yield cluster.createdb(name, demo_template)
    cluster.dropdb(name)


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened
    log.configure()


async def test_the_answer_is_the_live_ones_and_the_log_tells_of_the_difference(
    town: str, cluster: EmbeddedPostgres, keyring: Keyring, tmp_path: Path, stack: AsyncExitStack
) -> None:
    """A moderator gets the outward half, though the candidate would show the whole postcode."""
    for file, text in texts(UNMASKS, FORGETS_AUTHORS, HIDES_RESTRICTED).items():
        (tmp_path / file).write_text(text)
    plain = await started(stack, town, cluster.data)
    live = {name: await plain.ask(POSTCODES, await plain.token(name)) for name in ("moderator", "author")}
    async with AsyncExitStack() as inner:
        site = await started(inner, town, cluster.data, CANDOUR_POLICY_SHADOW=tmp_path)
        for name, answer in live.items():
            token = await site.token(name)
            for _ in range(3):
                assert await site.ask(POSTCODES, token) == answer
        assert site.told()["member+MODERATOR Story.postcode gained"] == 1
    told = site.told()
    assert told["member+MODERATOR Story.postcode gained"] == 3
    assert told["member Story.postcode lost"] == 3
    assert not any("Story.title" in line for line in told)
    values = {node["postcode"] for answer in live.values() for node in answer["data"]["stories"]["nodes"]} - {None}
    assert values
    lines = [line for line in site.output.getvalue().decode().splitlines() if "policy shadow" in line]
    assert not [value for value in values for line in lines if value in line]


async def test_payloads_are_compared_too(
    town: str, cluster: EmbeddedPostgres, keyring: Keyring, tmp_path: Path, stack: AsyncExitStack
) -> None:
    for file, text in texts(FORGETS_AUTHORS).items():
        (tmp_path / file).write_text(text)
    site = await started(stack, town, cluster.data, CANDOUR_POLICY_SHADOW=tmp_path)
    token = await site.token("author")
    (story,) = (await site.ask("{ stories(first: 1) { nodes { id } } }", token))["data"]["stories"]["nodes"]
    assert site.told() == {}
    read = "mutation($id: ID!) { recordReading(storyId: $id) { story { postcode } problems { code } } }"
    answer = await site.ask(read, token, id=story["id"])
    assert answer["data"]["recordReading"]["problems"] == []
    assert site.told() == {"member Story.postcode lost": 1}


async def test_a_broken_candidate_does_not_stop_the_server(
    town: str, cluster: EmbeddedPostgres, keyring: Keyring, tmp_path: Path, stack: AsyncExitStack
) -> None:
    (tmp_path / "story.polar").write_text('grant(_viewer: Viewer, "read", story: Story, "id", "clear", "P06 x") if')
    site = await started(stack, town, cluster.data, CANDOUR_POLICY_SHADOW=tmp_path)
    assert (await site.ask(POSTCODES))["data"]["stories"]["nodes"]
    assert site.told() == {}
