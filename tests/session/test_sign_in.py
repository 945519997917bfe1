"""Signing in over HTTP: what a stranger learns, and what a token is worth."""

from typing import Any

import asyncpg
import httpx2
import pytest

from models.database.connection import normalise
from operations.password import PASSWORDS

SIGN_IN = """mutation SignIn($email: String!, $password: String!) {
  signIn(email: $email, password: $password) { token viewer { kind roles } problems { field code message } }
}"""
WHO = "{ viewer { kind } }"
AUTHOR = {"email": "author@demo.example", "password": "candour-demo"}


async def post(client: httpx2.AsyncClient, query: str, token: str | None = None, **variables: str) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return await client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)


async def signed_in(client: httpx2.AsyncClient) -> str:
    payload = (await post(client, SIGN_IN, **AUTHOR)).json()["data"]["signIn"]
    assert payload["problems"] == []
    assert payload["viewer"]["kind"] == "MEMBER"
    return str(payload["token"])


async def test_a_wrong_password_and_an_unknown_email_look_alike(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes: list[str] = []
    verify = PASSWORDS.verify_and_update

    def counted(password: str, stored: str) -> tuple[bool, str | None]:
        hashes.append(stored.rpartition("$")[0].rpartition("$")[0])
        return verify(password, stored)

    monkeypatch.setattr(PASSWORDS, "verify_and_update", counted)
    wrong = await post(client, SIGN_IN, **{**AUTHOR, "password": "candour-demo "})
    unknown = await post(client, SIGN_IN, **{**AUTHOR, "email": "nobody@demo.example"})
    assert wrong.status_code == unknown.status_code == 200
    assert wrong.content == unknown.content
    assert wrong.json()["data"]["signIn"] == {
        "token": None,
        "viewer": None,
        "problems": [
            {
                "field": None,
                "code": "WRONG_CREDENTIALS",
                "message": "No account has this email and password. Check both and try again.",
            }
        ],
    }
    # As much work for both: the clock tells nothing either.
    assert len(hashes) == 2
    assert len(set(hashes)) == 1


async def test_an_expired_token_is_refused(client: httpx2.AsyncClient, demo: str) -> None:
    token = await signed_in(client)
    connection = await asyncpg.connect(normalise(demo))
    await connection.execute("update session set expires_at = statement_timestamp()")
    answer = await post(client, WHO, token)
    await connection.execute("delete from session")
    await connection.close()
    unknown = await post(client, WHO, "unknown")
    assert answer.status_code == unknown.status_code == 401
    assert answer.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
    assert answer.content == unknown.content


async def test_a_token_is_worth_nothing_after_signing_out(client: httpx2.AsyncClient) -> None:
    token = await signed_in(client)
    assert (await post(client, WHO, token)).json() == {"data": {"viewer": {"kind": "MEMBER"}}}
    out = await post(client, "mutation { signOut { viewer { kind } problems { code } } }", token)
    assert out.json() == {"data": {"signOut": {"viewer": {"kind": "ANONYMOUS"}, "problems": []}}}
    assert (await post(client, WHO, token)).status_code == 401


async def test_signing_out_without_a_session_is_a_problem(client: httpx2.AsyncClient) -> None:
    out = await post(client, "mutation { signOut { problems { code } } }")
    assert out.json() == {"data": {"signOut": {"problems": [{"code": "NOT_SIGNED_IN"}]}}}


@pytest.mark.parametrize(
    "query",
    [
        'mutation { a: signIn(email: "a", password: "1") { token } b: signIn(email: "a", password: "2") { token } }',
        'mutation { ...F ...F } fragment F on Mutation { signIn(email: "a", password: "1") { token } }',
    ],
)
async def test_attempts_cannot_be_multiplied(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    def never(*_: Any) -> tuple[bool, str | None]:
        raise AssertionError("a password was checked")

    monkeypatch.setattr(PASSWORDS, "verify_and_update", never)
    answer = await client.post(
        "/graphql", json={"query": query}, headers={"Accept": "application/graphql-response+json"}
    )
    assert answer.status_code == 400
    assert [error["extensions"] for error in answer.json()["errors"]] == [{"code": "GRAPHQL_VALIDATION_FAILED"}]


async def test_variables_that_do_not_fit_are_refused_without_a_hash(client: httpx2.AsyncClient) -> None:
    answer = await post(client, SIGN_IN, email="author@demo.example")
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
    assert "data" not in answer.json()


async def test_a_mutation_that_fails_inside_tells_only_a_reference(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> tuple[bool, str | None]:
        raise RuntimeError("author@demo.example has the password candour-demo")

    monkeypatch.setattr(PASSWORDS, "verify_and_update", broken)
    answer = await post(client, SIGN_IN, **AUTHOR)
    reference = answer.headers["x-request-id"]
    assert answer.json() == {
        "data": None,
        "errors": [
            {
                "message": f"Something went wrong. It was logged with the reference {reference}.",
                "path": ["signIn"],
                "extensions": {"code": "INTERNAL", "reference": reference},
            }
        ],
    }
