"""Subscriptions, and all else, over WebSocket by graphql-transport-ws."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import orjson
import pytest

from models.database.connection import normalise
from models.secret import token_hash
from resolvers.live.subscription import MOST_WAITING
from schema.endpoint.application import Application
from schema.endpoint.live.socket import MOST_OPERATIONS
from tests.endpoint.live import connected, dialled

CHANGED = "subscription ($id: ID!) { storyChanged(id: $id) { number title } }"
PUBLISHED = "subscription { storyPublished { number } }"
QUEUE = "subscription { moderationQueueChanged { change } }"
WHO = "{ viewer { kind roles } }"
HERE = "http://candour.test"


@pytest.fixture
async def database(demo: str) -> AsyncIterator[asyncpg.Connection]:
    """The demo world, where a story's title is put back."""
    connection = await asyncpg.connect(normalise(demo))
    title = await connection.fetchval("select title from story where id = 1")
    yield connection
    await connection.execute("update story set title = $1 where id = 1", title)
    await connection.execute("delete from session where token_hash = any($1)", [token_hash("live-moderator")])
    await connection.close()


@pytest.fixture
async def token(database: asyncpg.Connection) -> str:
    """Of a moderator of the demo world."""
    token = "live-moderator"
    await database.execute(
        "insert into session (id, token_hash, account_id, created_at, expires_at) "
        "select $1, $2, id, $3, $4 from account where roles = '{MODERATOR}' order by id limit 1",
        *(uuid4(), token_hash(token), datetime.now(UTC), datetime.now(UTC) + timedelta(hours=1)),
    )
    return token


def _code(message: Any) -> str:
    assert message["type"] == "error"
    return str(message["payload"][0]["extensions"]["code"])


@pytest.mark.parametrize(
    "origin", [None, "http://evil.example", "https://candour.test", "http://candour.test:81", "null"]
)
async def test_another_sites_page_never_uses_the_cookie(app: Application, token: str, origin: str | None) -> None:
    """Nor does one that does not say where it is: the handshake is refused."""
    named = {"origin": origin} if origin else {}
    async with dialled(app, cookie=f"candour={token}", **named) as socket:
        assert (await socket.take())["type"] == "websocket.close"


@pytest.mark.parametrize("origin", ["http://evil.example", "http://candour.test.evil.example", "null"])
async def test_another_sites_page_opens_no_socket_at_all(app: Application, origin: str) -> None:
    async with dialled(app, origin=origin) as socket:
        assert (await socket.take())["type"] == "websocket.close"


@pytest.mark.parametrize("origin", [HERE, None])
async def test_who_brings_no_cookie_brings_their_own_token_or_is_a_visitor(
    app: Application, token: str, origin: str | None
) -> None:
    named = {"origin": origin} if origin else {}
    for bearer, kind in ((None, "ANONYMOUS"), (token, "MEMBER")):
        async with connected(app, bearer, **named) as socket:
            socket.subscribe("1", WHO)
            assert (await socket.hear())["payload"]["data"]["viewer"]["kind"] == kind


async def test_the_sites_own_page_is_who_the_cookie_says(app: Application, token: str) -> None:
    async with connected(app, cookie=f"candour={token}", origin=HERE) as socket:
        socket.subscribe("1", WHO)
        viewer = {"kind": "MEMBER", "roles": ["MODERATOR"]}
        assert await socket.hear() == {"id": "1", "type": "next", "payload": {"data": {"viewer": viewer}}}
        assert await socket.hear() == {"id": "1", "type": "complete"}


@pytest.mark.parametrize("protocol", ["graphql-ws", ""])
async def test_another_protocol_is_closed(app: Application, protocol: str) -> None:
    async with dialled(app, protocol) as socket:
        assert (await socket.take())["type"] == "websocket.accept"
        assert await socket.hear() == 4406


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{}", 4400),
        ("[]", 4400),
        ("x", 4400),
        ('{"type": "start"}', 4400),
        ('{"type": "subscribe", "id": "1", "payload": {"query": "{ viewer { kind } }"}}', 4401),
        ('{"type": "connection_init", "payload": "x"}', 4400),
        ('{"type": "connection_init", "payload": {"authorization": "Bearer unknown"}}', 4403),
        ('{"type": "connection_init", "payload": {"authorization": "Basic eDp5"}}', 4403),
        ('{"type": "connection_init", "payload": {"candour-purpose": "abuse"}}', 4403),
    ],
)
async def test_what_does_not_fit_closes_with_the_protocols_code(app: Application, text: str, code: int) -> None:
    async with dialled(app) as socket:
        await socket.take()
        socket.give({"type": "websocket.receive", "text": text})
        assert await socket.hear() == code


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"type": "connection_init"}, 4429),
        ({"type": "subscribe", "payload": {"query": WHO}}, 4400),
        ({"type": "subscribe", "id": "", "payload": {"query": WHO}}, 4400),
        ({"type": "subscribe", "id": 1, "payload": {"query": WHO}}, 4400),
        ({"type": "subscribe", "id": "x" * 200, "payload": {"query": WHO}}, 4400),
    ],
)
async def test_later_messages_are_checked_too(app: Application, message: Any, code: int) -> None:
    async with connected(app) as socket:
        socket.give({"type": "websocket.receive", "text": orjson.dumps(message).decode()})
        assert await socket.hear() == code


async def test_bytes_are_no_messages(app: Application) -> None:
    async with connected(app) as socket:
        socket.give({"type": "websocket.receive", "bytes": b"{}"})
        assert await socket.hear() == 4400


async def test_who_says_nothing_is_not_waited_for(app: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schema.endpoint.live.socket.INIT_SECONDS", 0.01)
    async with dialled(app) as socket:
        await socket.take()
        assert await socket.hear() == 4408


async def test_pings_are_answered_before_and_after(app: Application) -> None:
    async with dialled(app) as socket:
        await socket.take()
        socket.say("ping")
        assert await socket.hear() == {"type": "pong"}
        assert await socket.begin() == {"type": "connection_ack"}
        socket.say("pong")
        socket.say("ping")
        assert await socket.hear() == {"type": "pong"}


async def test_an_operation_that_can_not_begin_is_an_error_of_its_own(app: Application, token: str) -> None:
    """The others go on; its id is free again."""
    async with connected(app, token) as socket:
        for query, code in (
            ("{", "GRAPHQL_PARSE_FAILED"),
            ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
            ("", "BAD_USER_INPUT"),
            ('subscription { storyChanged(id: "Story:999999") { number } }', "NOT_FOUND"),
            ("mutation { assignStory { problems { code } } }", "GRAPHQL_VALIDATION_FAILED"),
        ):
            socket.subscribe("1", query)
            assert _code(await socket.hear()) == code
    async with connected(app) as socket:
        socket.subscribe("1", QUEUE)
        assert _code(await socket.hear()) == "FORBIDDEN"


async def test_p27_a_failure_leaves_as_a_reference_only(app: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: Any) -> None:
        raise RuntimeError("with a secret")

    monkeypatch.setattr(type(app.hub), "subscribe", fail)
    async with connected(app) as socket:
        socket.subscribe("1", PUBLISHED)
        message = await socket.hear()
        assert _code(message) == "INTERNAL"
        assert "secret" not in str(message)


async def test_each_event_is_told_until_the_client_has_enough(app: Application, database: asyncpg.Connection) -> None:
    async with connected(app) as socket:
        socket.subscribe("a", CHANGED, id="Story:1")
        await _subscribed(app, 1)
        await _title(database, "One")
        assert await socket.hear() == {
            "id": "a", "type": "next", "payload": {"data": {"storyChanged": {"number": 1, "title": "One"}}}
        }  # fmt: skip
        socket.subscribe("a", PUBLISHED)
        assert await socket.hear() == 4409
    await _subscribed(app, 0)


async def test_a_completed_id_is_free_and_silent(app: Application, database: asyncpg.Connection) -> None:
    async with connected(app) as socket:
        socket.subscribe("a", CHANGED, id="Story:1")
        await _subscribed(app, 1)
        socket.say("complete", id="a")
        socket.say("complete", id="never")
        await _subscribed(app, 0)
        socket.subscribe("a", CHANGED, id="Story:1")
        await _subscribed(app, 1)
        await _title(database, "Two")
        assert (await socket.hear())["payload"]["data"]["storyChanged"]["title"] == "Two"
        assert socket.silent


async def test_p10_a_session_that_ended_ends_what_runs_and_starts_nothing(
    app: Application, database: asyncpg.Connection, token: str
) -> None:
    """P10: with the next event, and for the next operation."""
    async with connected(app, token) as socket:
        socket.subscribe("queue", QUEUE)
        await _subscribed(app, 1)
        await database.execute("insert into event (kind, number) values ('STORY_SUBMITTED', 1)")
        assert (await socket.hear())["payload"]["data"]["moderationQueueChanged"]["change"] == "ARRIVED"
        await database.execute("delete from session where token_hash = $1", token_hash(token))
        socket.subscribe("who", WHO)
        assert _code(await socket.hear()) == "UNAUTHENTICATED"
        await database.execute("insert into event (kind, number) values ('STORY_SUBMITTED', 1)")
        ended = await socket.hear()
        assert ended["payload"]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert await socket.hear() == {"id": "queue", "type": "complete"}


async def test_mutations_run_too(app: Application, token: str) -> None:
    async with connected(app, token) as socket:
        socket.subscribe("1", "mutation { signOut { problems { code } viewer { kind } } }")
        message = await socket.hear()
        assert message["payload"]["data"]["signOut"] == {"problems": [], "viewer": {"kind": "ANONYMOUS"}}


async def test_a_socket_runs_so_many_operations_at_once(app: Application) -> None:
    async with connected(app) as socket:
        for number in range(MOST_OPERATIONS):
            socket.subscribe(str(number), PUBLISHED)
        socket.subscribe("more", PUBLISHED)
        assert _code(await socket.hear()) == "RATE_LIMITED"
        await _subscribed(app, MOST_OPERATIONS)
    await _subscribed(app, 0)


async def test_a_client_that_does_not_read_is_closed(app: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schema.endpoint.live.socket.GOODBYE_SECONDS", 0.01)
    async with connected(app) as socket:
        socket.subscribe("a", PUBLISHED)
        await _subscribed(app, 1)
        socket.flowing.clear()
        (subscription,) = list(app.hub._places)
        for _ in range(MOST_WAITING + 2):
            subscription.offer(b"{}")
        await socket.ended()
        assert len(app.hub) == 0


async def test_a_server_that_stops_says_so(app: Application) -> None:
    """Without `complete`: the clients come back."""
    async with connected(app) as one, connected(app) as two:
        one.subscribe("a", PUBLISHED)
        await _subscribed(app, 1)
        await app.sockets.close()
        assert [await one.hear(), await two.hear()] == [1001, 1001]
        await one.ended()
        await two.ended()


async def _subscribed(app: Application, number: int) -> None:
    """Wait until so many subscriptions are told of what happens."""
    async with asyncio.timeout(20):
        while sum(s.last is not None or s.field != "storyChanged" for s in app.hub._places) != number:  # noqa: ASYNC110
            await asyncio.sleep(0.002)


async def _title(database: asyncpg.Connection, title: str) -> None:
    await database.execute("update story set title = $1 where id = 1", title)
    await database.execute("insert into event (kind, number) values ('STORY_PUBLISHED', 1)")
