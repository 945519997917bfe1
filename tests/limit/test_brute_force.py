"""Passwords are counted by attempts, however many are packed into a request."""

from collections.abc import AsyncIterator

import asyncpg
import httpx2
import pytest

from schema.endpoint.application import Application
from tests.limit.conftest import client_of

EMAIL = "author@demo.example"
TRIES = 100


def _sign_in(number: int) -> str:
    return f'a{number}: signIn(email: "{EMAIL}", password: "guess {number}") {{ token problems {{ code }} }}'


DOCUMENTS = {
    "aliases": "mutation { " + " ".join(map(_sign_in, range(TRIES))) + " }",
    "two aliases": "mutation { " + _sign_in(1) + _sign_in(2) + " }",
    "a fragment": "mutation { ...A " + _sign_in(0) + " } fragment A on Mutation { " + _sign_in(1) + " }",
    "fragments": "mutation { "
    + " ".join(f"...F{n}" for n in range(50))
    + " } "
    + " ".join(f"fragment F{n} on Mutation {{ {_sign_in(n)} }}" for n in range(50)),
    "inline fragments": "mutation { " + " ".join(f"... on Mutation {{ {_sign_in(n)} }}" for n in range(20)) + " }",
    "what is skipped": "mutation { " + _sign_in(1) + _sign_in(2).replace(" {", " @skip(if: false) {", 1) + " }",
}


@pytest.fixture
async def attempts(demo: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(demo)
    await connection.execute("delete from attempt")
    yield connection
    await connection.execute("delete from attempt")
    await connection.close()


async def _counted(attempts: asyncpg.Connection) -> int:
    return int(await attempts.fetchval("select count(*) from attempt"))


async def _post(client: httpx2.AsyncClient, body: object) -> httpx2.Response:
    return await client.post("/graphql", json=body)


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_no_document_tries_two_passwords(limited: Application, attempts: asyncpg.Connection, name: str) -> None:
    async with client_of(limited) as client:
        answer = await _post(client, {"query": DOCUMENTS[name]})
    (code,) = {error["extensions"]["code"] for error in answer.json()["errors"]}
    assert code in {"GRAPHQL_VALIDATION_FAILED", "TOO_COMPLEX"}
    assert "data" not in answer.json()
    assert await _counted(attempts) == 0


async def test_no_batch_does_either(limited: Application, attempts: asyncpg.Connection) -> None:
    one = {"query": "mutation { " + _sign_in(1) + " }"}
    async with client_of(limited) as client:
        assert (await _post(client, [one, one])).status_code == 400
    assert await _counted(attempts) == 0


async def test_many_operations_in_a_document_are_one_each_request(
    limited: Application, attempts: asyncpg.Connection
) -> None:
    document = " ".join(f"mutation M{n} {{ {_sign_in(n)} }}" for n in range(5))
    async with client_of(limited) as client:
        assert "errors" in (await _post(client, {"query": document})).json()
        assert await _counted(attempts) == 0
        await _post(client, {"query": document, "operationName": "M3"})
    assert await _counted(attempts) == 1


async def test_requests_one_after_the_other_are_stopped_by_their_number(
    limited: Application, attempts: asyncpg.Connection
) -> None:
    codes = []
    async with client_of(limited) as client:
        for number in range(12):
            answer = await _post(client, {"query": "mutation { " + _sign_in(number) + " }"})
            codes += [problem["code"] for problem in answer.json()["data"][f"a{number}"]["problems"]]
    assert codes == ["WRONG_CREDENTIALS"] * 10 + ["TOO_MANY_ATTEMPTS"] * 2
