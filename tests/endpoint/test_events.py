"""Subscriptions as server-sent events: who gets a stream, how it is framed, and how it ends."""

from collections.abc import AsyncIterator

import asyncpg
import httpx2
import orjson
import pytest

from models.database.connection import normalise
from resolvers.live.subscription import MOST_WAITING
from schema.endpoint.application import Application
from tests.endpoint.live import Wire, streamed

CHANGED = "subscription ($id: ID!) { storyChanged(id: $id) { number title } }"
PUBLISHED = "subscription { storyPublished { number } }"
URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
)
PLAIN = {"content-type": "application/json"}


@pytest.fixture
async def database(demo: str) -> AsyncIterator[asyncpg.Connection]:
    """The demo world, where a story's title is put back."""
    connection = await asyncpg.connect(normalise(demo))
    title = await connection.fetchval("select title from story where id = 1")
    yield connection
    await connection.execute("update story set title = $1 where id = 1", title)
    await connection.close()


async def _title(database: asyncpg.Connection, title: str) -> None:
    await database.execute("update story set title = $1 where id = 1", title)
    await database.execute("insert into event (kind, number) values ('STORY_PUBLISHED', 1)")


async def _begun(wire: Wire) -> dict[bytes, bytes]:
    """The headers of a stream that has begun."""
    start = await wire.take()
    assert start["status"] == 200
    assert (await wire.take())["body"] == b":\n\n"
    return dict(start["headers"])


@pytest.mark.parametrize(
    "accept", ["application/json", "application/graphql-response+json", "*/*", "text/event-stream;q=0, */*"]
)
async def test_a_subscription_without_a_stream_is_refused_and_told_how(client: httpx2.AsyncClient, accept: str) -> None:
    for answer in (
        await client.post("/graphql", json={"query": PUBLISHED}, headers={"Accept": accept}),
        await client.get("/graphql", params={"query": PUBLISHED}, headers={"Accept": accept}),
    ):
        assert answer.status_code == 406
        (error,) = answer.json()["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        assert "text/event-stream" in error["message"]
        assert "graphql-transport-ws" in error["message"]


async def test_json_comes_before_a_stream_where_both_would_do(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/graphql", json={"query": "{ story(number: 1) { number } }"}, headers={"Accept": URQL})
    assert answer.headers["content-type"].startswith("application/graphql-response+json")


@pytest.mark.parametrize("accept", ["text/event-stream", "text/event-stream, application/json;q=0.5"])
async def test_a_query_is_a_stream_of_one(client: httpx2.AsyncClient, accept: str) -> None:
    """The lines end with LF alone, which every client reads."""
    for query, body in (
        ("{ story(number: 1) { number } }", b'{"data":{"story":{"number":1}}}'),
        ('{ story(id: "x") { number } }', None),
        ("{ nothing }", None),
    ):
        answer = await client.post("/graphql", json={"query": query}, headers={"Accept": accept})
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert b"\r" not in answer.content
        first, last, rest = answer.content.split(b"\n\n")
        assert (first.split(b"\n")[0], last, rest) == (b"event: next", b"event: complete\ndata:", b"")
        if body:
            assert first == b"event: next\ndata: " + body


async def test_what_http_refuses_is_refused_before_a_stream(client: httpx2.AsyncClient) -> None:
    stream = {"Accept": "text/event-stream"}
    answer = await client.post("/graphql", json={"query": PUBLISHED}, headers={**stream, "Authorization": "Bearer x"})
    assert answer.status_code == 401
    answer = await client.post("/graphql", content=PUBLISHED, headers={**stream, "Content-Type": "text/plain"})
    assert answer.status_code == 415
    mutation = "mutation { signOut { problems { code } } }"
    assert (await client.get("/graphql", params={"query": mutation}, headers=stream)).status_code == 405


async def test_p10_what_may_not_be_asked_for_is_said_in_the_stream(client: httpx2.AsyncClient) -> None:
    """P10: with the code, and the end."""
    for query, code in (
        ("subscription { moderationQueueChanged { number } }", "FORBIDDEN"),
        ('subscription { storyChanged(id: "Story:999999") { number } }', "NOT_FOUND"),
        ("subscription { storyPublished { number } viewer { kind } }", "GRAPHQL_VALIDATION_FAILED"),
    ):
        answer = await client.post("/graphql", json={"query": query}, headers={"Accept": "text/event-stream"})
        told = orjson.loads(answer.content.split(b"\n")[1].removeprefix(b"data: "))
        assert told["errors"][0]["extensions"]["code"] == code
        assert answer.content.endswith(b"event: complete\ndata:\n\n")


@pytest.mark.parametrize("accept", ["text/event-stream", URQL])
async def test_each_event_is_told_until_the_client_goes(
    app: Application, database: asyncpg.Connection, accept: str
) -> None:
    async with streamed(app, CHANGED, {"accept": accept}, id="Story:1") as wire:
        headers = await _begun(wire)
        assert headers[b"content-type"] == b"text/event-stream; charset=utf-8"
        assert headers[b"cache-control"] == b"private, no-store"
        assert headers[b"x-accel-buffering"] == b"no"
        for title in ("One", "Two"):
            await _title(database, title)
            body = b'{"data":{"storyChanged":{"number":1,"title":"%b"}}}' % title.encode()
            assert (await wire.take())["body"] == b"event: next\ndata: " + body + b"\n\n"
        assert len(app.hub) == 1
    assert len(app.hub) == 0


async def test_silence_is_filled(app: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """A comment, so that neither side nor what is between them takes the connection for dead."""
    monkeypatch.setattr("schema.endpoint.live.events.HEARTBEAT_SECONDS", 0.01)
    async with streamed(app, PUBLISHED) as wire:
        await _begun(wire)
        assert [(await wire.take())["body"] for _ in range(3)] == [b":\n\n"] * 3


async def test_a_client_that_does_not_read_loses_its_stream(app: Application, database: asyncpg.Connection) -> None:
    async with streamed(app, CHANGED, id="Story:1") as wire:
        await _begun(wire)
        wire.flowing.clear()
        (subscription,) = list(app.hub._places)
        for _ in range(MOST_WAITING + 2):
            subscription.offer(b"{}")
        await wire.ended()
        assert (len(app.hub), wire.silent) == (0, True)
