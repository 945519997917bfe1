"""Whoever asks while the database is away is told so (503, and when to try again), and answered once it is back."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx2
import orjson
import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoneFreeError

from models.database.connection import normalise
from models.database.outage import is_outage
from schema.endpoint.application import Application
from tests.endpoint.live import Wire, _scope, connected
from tests.fault.load import until
from tests.limit.conftest import client_of

STORY = "{ story(number: 1) { title } }"
SIGN_IN = 'mutation { signIn(email: "author@demo.example", password: "candour-demo") { token } }'
TWICE = "mutation { a: clearReadingHistory { problems { code } } b: clearReadingHistory { problems { code } } }"
STUCK = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock' and query not like '%pg_stat_activity%'
"""
END = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> all($1)"
RETRY = (b"retry-after", b"2")


def _caused_by(cause: BaseException) -> Exception:
    error = RuntimeError("a library's own")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        ValueError("with a secret"),
        asyncpg.QueryCanceledError("canceling statement due to statement timeout"),
        asyncpg.DeadlockDetectedError("deadlock detected"),
        asyncpg.UniqueViolationError("duplicate key"),
        asyncpg.DataError("invalid input for query argument $1: connection"),
        asyncpg.InterfaceError("cannot perform operation: another operation is in progress"),
        asyncpg.InternalClientError("TimoutError was not raised"),
        DBAPIError("select 1", {}, Exception(), connection_invalidated=False),
    ],
    ids=repr,
)
def test_what_is_no_outage(error: Exception) -> None:
    assert not is_outage(error)
    assert not is_outage(_caused_by(error))


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError("nobody listens"),
        FileNotFoundError("no such socket"),
        TimeoutError(),
        NoneFreeError("QueuePool limit"),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        asyncpg.InterfaceError("cannot call PreparedStatement.fetch(): the underlying connection is closed"),
        asyncpg.InternalClientError("not connected"),
        asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress"),
        asyncpg.AdminShutdownError("terminating connection due to administrator command"),
        asyncpg.CannotConnectNowError("the database system is starting up"),
        asyncpg.TooManyConnectionsError("sorry, too many clients already"),
        asyncpg.ProtocolViolationError("query_wait_timeout"),
        DBAPIError("select 1", {}, Exception(), connection_invalidated=True),
    ],
    ids=repr,
)
def test_what_is_an_outage(error: Exception) -> None:
    assert is_outage(error)
    assert is_outage(_caused_by(error))


class Hand:
    """Ends connections of the application, from outside; holds what it reads until then."""

    def __init__(self, holder: asyncpg.Connection, outside: asyncpg.Connection) -> None:
        self._holder, self._outside = holder, outside

    async def hold(self) -> None:
        """Let nobody read stories or write sessions."""
        await self._holder.execute("lock table story, session, reading in access exclusive mode")

    async def end_stuck(self) -> None:
        """End the connection that waits."""
        await until(self._ended)

    async def _ended(self) -> bool:
        return bool(await self._outside.fetch(STUCK))

    async def end_all(self) -> None:
        """End all of them, idle ones too."""
        spared = [self._holder.get_server_pid(), self._outside.get_server_pid()]
        await self._outside.execute(END.replace("$1", f"array{spared}"))


@pytest.fixture
async def hand(demo: str) -> AsyncIterator[Hand]:
    """What it did to tables is undone."""
    holder, outside = await asyncpg.connect(normalise(demo)), await asyncpg.connect(normalise(demo))
    transaction = holder.transaction()
    await transaction.start()
    yield Hand(holder, outside)
    await transaction.rollback()
    await holder.close()
    await outside.close()


async def _asked(client: httpx2.AsyncClient, query: str, **headers: str) -> httpx2.Response:
    return await client.post("/graphql", json={"query": query}, headers=headers)


def _check_outage(answer: httpx2.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert answer.headers["retry-after"] == "2"
    assert answer.headers["cache-control"] == "private, no-store"
    _check_told(answer.json())


def _check_told(body: Any) -> None:
    (error,) = body["errors"]
    assert "data" not in body
    assert error["extensions"]["code"] == "UNAVAILABLE"
    assert error["message"].startswith("The database can't be reached.")
    assert error["message"].endswith(f"{error['extensions']['reference']}.")


@pytest.mark.parametrize("query", [STORY, SIGN_IN], ids=["a query", "a mutation"])
async def test_a_connection_that_is_lost_meanwhile(app: Application, hand: Hand, query: str) -> None:
    async with client_of(app) as client:
        await hand.hold()
        asked = asyncio.create_task(_asked(client, query))
        await hand.end_stuck()
        _check_outage(await asked)


async def test_on_a_socket(app: Application, hand: Hand) -> None:
    async with connected(app) as socket:
        await hand.hold()
        socket.subscribe("a", STORY)
        await hand.end_stuck()
        found = await socket.hear()
        assert found["type"] == "error"
        _check_told({"errors": found["payload"]})


async def test_as_a_stream(app: Application, hand: Hand) -> None:
    headers = {"content-type": "application/json", "accept": "text/event-stream"}
    wire = Wire(app, _scope("http", "POST", b"", headers))
    await hand.hold()
    wire.give({"type": "http.request", "body": orjson.dumps({"query": STORY})})
    await hand.end_stuck()
    answer = await wire.take()
    assert (answer["status"], RETRY in answer["headers"]) == (503, True)
    wire.give({"type": "http.disconnect"})
    await wire.ended()


async def test_idle_connections_that_are_lost_are_replaced(app: Application, hand: Hand) -> None:
    """At worst a request meets one at the moment of its end, but then no other request does."""
    async with client_of(app) as client:
        token = (await _asked(client, SIGN_IN)).json()["data"]["signIn"]["token"]
        for _ in range(3):
            await hand.end_all()
            answers = [await _asked(client, query, Authorization=f"Bearer {token}") for query in (STORY, TWICE) * 6]
            statuses = [answer.status_code for answer in answers]
            assert set(statuses) <= {200, 503}
            assert statuses[6:] == [200] * 6, statuses
            for answer in answers:
                if answer.status_code == 503:
                    _check_outage(answer)


async def test_a_download_and_a_link_of_an_e_mail(app: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: Any, **__: Any) -> None:
        raise ConnectionRefusedError("nobody listens at a secret place")

    monkeypatch.setattr("schema.endpoint.data_export.identify", away)
    monkeypatch.setattr("schema.endpoint.unsubscribe.unseal", lambda *_: (_ for _ in ()).throw(ConnectionResetError()))
    async with client_of(app) as client:
        for path in ("/exports/x", "/unsubscribe/x"):
            answer = await client.get(path)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
            assert "secret" not in answer.text
