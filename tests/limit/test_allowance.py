"""What a client is told of its allowance over HTTP and WebSocket, and what ends it."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import httpx2
import pytest

from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring, token_hash
from schema.endpoint.application import Application
from tests.endpoint.live import connected
from tests.limit.conftest import client_of, started

SMALL = 30_000
ASK = {"query": "{ story(number: 1) { title } }"}
TOKEN = "allowance-member"
DEAR = "{ services(first: 100) { nodes { children { name children { name } } } } }"


@pytest.fixture(scope="module")
async def app(cluster: EmbeddedPostgres, demo: str, keyring: Keyring) -> AsyncIterator[Application]:
    """Small allowances, behind a proxy at 10.0.0.1."""
    rates = {"CANDOUR_RATE": SMALL, "CANDOUR_RATE_MEMBER": 2 * SMALL, "CANDOUR_MEMORY_MB": 0}
    async with started(cluster, demo, **rates, CANDOUR_TRUSTED_PROXIES="10.0.0.1") as application:
        yield application


@pytest.fixture
async def token(demo: str) -> AsyncIterator[str]:
    """Of a member of the demo world."""
    connection = await asyncpg.connect(demo)
    await connection.execute(
        "insert into session (id, token_hash, account_id, created_at, expires_at) "
        "select $1, $2, id, now(), now() + interval '1 hour' from account order by id limit 1",
        *(uuid4(), token_hash(TOKEN)),
    )
    yield TOKEN
    await connection.execute("delete from session where token_hash = $1", token_hash(TOKEN))
    await connection.close()


def _left(answer: httpx2.Response) -> int:
    return int(answer.headers["ratelimit"].split(";")[1].removeprefix("r="))


async def _exhaust(client: httpx2.AsyncClient, **headers: str) -> httpx2.Response:
    """The first answer that is refused."""
    for number in range(200):
        answer = await client.post("/graphql", json={"query": f"{DEAR} #{number}"}, headers=headers)
        if answer.status_code != 200:
            return answer
    raise AssertionError("nothing was refused")


async def test_who_asks_for_too_much_is_told_when_to_come_back(app: Application) -> None:
    async with client_of(app, "203.0.113.1") as client:
        answer = await _exhaust(client)
        assert answer.status_code == 429
        (error,) = answer.json()["errors"]
        assert error["extensions"] == {"code": "RATE_LIMITED"}
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert answer.headers["ratelimit-policy"] == f'"cost";q={SMALL};w=60'
        assert _left(answer) < SMALL / 2


async def test_all_that_comes_from_an_address_is_counted_together(app: Application) -> None:
    """Neither another connection nor a header of the client's own gives it more."""
    async with client_of(app, "203.0.113.2") as client:
        await _exhaust(client)
    async with client_of(app, "203.0.113.2") as client:
        for forged in ("198.51.100.1", "198.51.100.2"):
            assert (await _exhaust(client, **{"X-Forwarded-For": forged})).status_code == 429
            assert (
                await client.post("/graphql", json={"query": DEAR}, headers={"Forwarded": forged})
            ).status_code == 429
    async with client_of(app, "203.0.113.3") as client:
        assert (await client.post("/graphql", json=ASK)).status_code == 200


async def test_behind_a_proxy_each_visitor_has_their_own(app: Application) -> None:
    async with client_of(app, "10.0.0.1") as client:
        await _exhaust(client, **{"X-Forwarded-For": "198.51.100.1"})
        other = await client.post("/graphql", json={"query": DEAR}, headers={"X-Forwarded-For": "198.51.100.2"})
        assert other.status_code == 200


async def test_a_member_is_counted_wherever_they_are_and_apart_from_visitors(app: Application, token: str) -> None:
    signed = {"Authorization": f"Bearer {token}"}
    async with client_of(app, "203.0.113.4") as client:
        await _exhaust(client)
        answer = await client.post("/graphql", json=ASK, headers=signed)
        assert answer.headers["ratelimit-policy"] == f'"cost";q={2 * SMALL};w=60'
        await _exhaust(client, **signed)
    async with client_of(app, "203.0.113.5") as client:
        assert (await client.post("/graphql", json={"query": DEAR}, headers=signed)).status_code == 429


async def test_what_is_refused_or_wrong_is_not_for_nothing(app: Application) -> None:
    """Documents that have to be read, and such as cost too much, take from the allowance too."""
    async with client_of(app, "203.0.113.6") as client:
        before = _left(await client.post("/graphql", json={"query": "{ viewer { kind } }"}))
        wrong = await client.post("/graphql", json={"query": "{ nothing " + "x " * 1000 + "}"})
        assert "errors" in wrong.json()
        assert _left(wrong) <= before - 1000


async def test_made_up_tokens_are_counted(app: Application) -> None:
    async with client_of(app, "203.0.113.11") as client:
        await _exhaust(client)
        answer = await client.post("/graphql", json=ASK, headers={"Authorization": "Bearer guess"})
        assert answer.status_code == 401
        for number in range(1_000):
            answer = await client.post("/graphql", json=ASK, headers={"Authorization": f"Bearer guess-{number}"})
            if answer.status_code != 401:
                break
    assert answer.status_code == 429


async def test_a_batch_is_no_way_around(app: Application) -> None:
    async with client_of(app, "203.0.113.8") as client:
        answer = await client.post("/graphql", json=[ASK] * 100)
        assert (answer.status_code, "Batches" in answer.text) == (400, True)


async def test_sockets_are_counted_too(app: Application) -> None:
    async with connected(app) as socket:
        found: Any = {}
        for number in range(200):
            socket.subscribe(str(number), f"{DEAR} # {number}")
            found = await socket.hear()
            if found["type"] == "error":
                break
            await socket.hear()
    assert found["payload"][0]["extensions"]["code"] == "RATE_LIMITED"


async def test_an_answer_says_what_it_cost_if_it_is_asked(app: Application) -> None:
    async with client_of(app, "203.0.113.9") as client:
        asked = {**ASK, "extensions": {"cost": True}}
        answer = await client.post("/graphql", json=asked)
        cost = answer.json()["extensions"]["cost"]
        assert set(cost) == {"requested", "maximum", "remaining"}
        assert cost["requested"] == 351
        assert cost["remaining"] < SMALL
        assert answer.headers["cache-control"] == "private, no-store"
        public = await client.post("/graphql", json=ASK)
        assert "extensions" not in public.json()
        # What shared caches may keep says nothing of one client's allowance.
        assert ("ratelimit" in public.headers, public.headers["ratelimit-policy"]) == (False, f'"cost";q={SMALL};w=60')
        refused = await client.post("/graphql", json={**ASK, "extensions": {"cost": "yes"}})
        assert refused.status_code == 400


async def test_a_mutation_says_so_too(app: Application) -> None:
    async with client_of(app, "203.0.113.10") as client:
        asked = {"query": "mutation { signOut { problems { code } } }", "extensions": {"cost": True}}
        cost = (await client.post("/graphql", json=asked)).json()["extensions"]["cost"]
        assert cost["requested"] > 500
