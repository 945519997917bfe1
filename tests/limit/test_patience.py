"""Nobody keeps the database busy by asking and going away, nor a connection by sending slowly."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import orjson
import pytest

from schema.endpoint.application import Application
from schema.endpoint.body import DisconnectError
from schema.endpoint.head import within
from schema.endpoint.patience import Patience
from schema.endpoint.refusal import RefusalError
from tests.endpoint.live import SECONDS, Wire, _scope, connected
from tests.limit.conftest import client_of

RUNNING = """
    select count(*) from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query not like '%pg_stat_activity%'
"""
STORY = "{{ story(number: {}) {{ title }} }}"
JSON = {"content-type": "application/json"}


async def _until(condition: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(int(SECONDS / 0.02)):
        if await condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("this never came to be")


async def _stuck(database: asyncpg.Connection) -> bool:
    return bool(await database.fetchval(RUNNING))


async def _idle(database: asyncpg.Connection) -> bool:
    return not await database.fetchval(RUNNING)


@pytest.fixture
async def slow(database: asyncpg.Connection, demo: str) -> AsyncIterator[asyncpg.Connection]:
    """Whoever reads a story or a session's account waits for ever."""
    await database.execute("lock table story, session in access exclusive mode")
    # Statistics are the same throughout a transaction, so that another connection looks at them.
    outside = await asyncpg.connect(demo)
    yield outside
    await outside.close()


@asynccontextmanager
async def _asked(app: Application, document: str) -> AsyncIterator[Wire]:
    wire = Wire(app, _scope("http", "POST", b"", JSON))
    wire.give({"type": "http.request", "body": orjson.dumps({"query": document})})
    try:
        yield wire
    finally:
        wire.give({"type": "http.disconnect"})
        await wire.ended()


async def test_a_client_that_hangs_up_cancels_its_query(limited: Application, slow: asyncpg.Connection) -> None:
    async with _asked(limited, STORY.format(11)) as wire:
        await _until(lambda: _stuck(slow))
        wire.give({"type": "http.disconnect"})
        await _until(lambda: _idle(slow))
        await wire.ended()
        assert wire.silent


async def test_a_request_that_takes_too_long_is_given_up_with_its_query(
    limited: Application, slow: asyncpg.Connection
) -> None:
    async with _asked(limited, STORY.format(12)) as wire:
        await _until(lambda: _stuck(slow))
        assert (await wire.take())["status"] == 504
        (error,) = orjson.loads((await wire.take())["body"])["errors"]
        assert error["extensions"] == {"code": "TOO_COMPLEX"}
        assert "longer than 2 seconds" in error["message"]
        await _until(lambda: _idle(slow))


async def test_a_mutation_that_takes_too_long_is_given_up_whole(
    limited: Application, slow: asyncpg.Connection, database: asyncpg.Connection
) -> None:
    before = await database.fetchval("select count(*) from session")
    async with _asked(
        limited, 'mutation { signIn(email: "author@demo.example", password: "candour-demo") { token } }'
    ) as wire:
        assert (await wire.take())["status"] == 504
        await _until(lambda: _idle(slow))
    assert await database.fetchval("select count(*) from session") == before


async def test_on_a_socket_too(limited: Application, slow: asyncpg.Connection) -> None:
    async with connected(limited) as socket:
        socket.subscribe("a", STORY.format(13))
        found = await socket.hear()
        assert (found["type"], found["payload"][0]["extensions"]["code"]) == ("error", "TOO_COMPLEX")
        await _until(lambda: _idle(slow))
        socket.subscribe("b", STORY.format(13))
        await _until(lambda: _stuck(slow))
        socket.leave()
        await _until(lambda: _idle(slow))


async def test_the_connections_are_there_again(limited: Application, database: asyncpg.Connection) -> None:
    """As many were given up as the pool has, and more."""
    async with client_of(limited) as client:
        for number in range(4):
            answer = await client.post("/graphql", json={"query": f"{STORY.format(1)} # {number}"})
            assert answer.json()["data"]["story"]["title"]


async def test_a_body_that_does_not_come_is_not_waited_for(limited: Application) -> None:
    wire = Wire(limited, _scope("http", "POST", b"", JSON))
    wire.give({"type": "http.request", "body": b'{"query": ', "more_body": True})
    answer = await wire.take()
    assert answer["status"] == 408
    assert (b"connection", b"close") in answer["headers"]
    await wire.ended()


async def test_a_stream_goes_on(limited: Application) -> None:
    """A subscription lasts as long as its client likes."""
    wire = Wire(limited, _scope("http", "POST", b"", {**JSON, "accept": "text/event-stream"}))
    wire.give({"type": "http.request", "body": orjson.dumps({"query": "subscription { storyPublished { number } }"})})
    assert (await wire.take())["status"] == 200
    assert not limited.endpoint._bounds.patience._waiting
    assert not wire.task.done()
    wire.give({"type": "http.disconnect"})
    await wire.ended()


async def _never() -> Any:
    await asyncio.Event().wait()


async def test_what_is_answered_soon_sets_up_nothing() -> None:
    patience = Patience(1)
    with patience.watch(_never, "GET") as watch:
        watch.look(0.4)
        assert watch._listening is None
    assert not patience._waiting


async def test_whoever_else_cancels_is_not_answered_for() -> None:
    async def request() -> None:
        with Patience(1).watch(_never, "GET"):
            await _never()

    task = asyncio.create_task(request())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(("age", "expected"), [(2.0, RefusalError), (0.6, DisconnectError)])
async def test_the_task_goes_on_after_it_was_given_up(age: float, expected: type[Exception]) -> None:
    async def gone() -> Any:
        return {"type": "http.disconnect"}

    async def request() -> None:
        with Patience(1).watch(gone, "GET") as watch:
            watch.look(age)
            await asyncio.sleep(SECONDS)

    with pytest.raises(expected):
        await request()
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


HEAD = b"GET / HTTP/1.1\r\nhost: candour.test\r\n"


@asynccontextmanager
async def _served() -> AsyncIterator[tuple[str, int]]:
    """A server with the protocol alone, that waits a tenth of a second for headers."""
    import uvicorn
    from uvicorn.server import ServerState

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    config = uvicorn.Config(app, log_config=None, ws="none", lifespan="off")
    config.load()
    state, protocol = ServerState(), within(0.1)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: protocol(config, state, {}), "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()


@pytest.mark.parametrize("sent", [b"", b"GET", HEAD], ids=["nothing", "a word", "headers without an end"])
async def test_a_head_that_does_not_come_is_not_waited_for(sent: bytes) -> None:
    async with _served() as place, asyncio.timeout(SECONDS):
        reader, writer = await asyncio.open_connection(*place)
        writer.write(sent)
        assert (await reader.read()).startswith(b"HTTP/1.1 408 ")
        writer.close()


async def test_the_next_request_of_a_connection_has_the_same_time() -> None:
    async with _served() as place, asyncio.timeout(SECONDS):
        reader, writer = await asyncio.open_connection(*place)
        writer.write(HEAD + b"\r\n")
        assert b"ok" in await reader.readuntil(b"ok")
        writer.write(HEAD[:10])
        assert (await reader.read()).startswith(b"HTTP/1.1 408 ")
        writer.close()
