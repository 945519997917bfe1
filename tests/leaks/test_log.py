"""Log lines hold nothing private: neither what was asked nor what was answered."""

import pytest

from tests.leaks.answer import Haystack
from tests.leaks.conftest import Logged, Site
from tests.leaks.facts import Facts

PRIVATE = "query OfMyOwn { viewer { account { id email postcode penName ipAddresses { address } } } }"
SIGN_IN = "mutation($email: String!, $password: %s) { signIn(email: $email, password: $password) { token } }"


async def test_what_is_wrong_with_a_request_is_not_logged(site: Site, logged: Logged) -> None:
    """Variables that do not fit, a password among them, are told to their sender alone."""
    email, password = "somebody@private.example", "Passwort-47"
    await site.ask("", SIGN_IN % "Int!", email=email, password=password)
    await site.ask("", SIGN_IN % "String!", email=email, password={"secret": password})
    await site.ask("", SIGN_IN % "String!", email=email, password=password)
    await site.ask("", "query($id: ID!) { node(id: $id) { id } }", id=f"Account:{email}")
    await site.client.get("/graphql", params={"query": "{ nothing }", "email": email})
    assert logged.text.count('"event":"request"') == 5
    assert "private.example" not in logged.text
    assert "Passwort" not in logged.text


async def test_answers_are_not_logged(site: Site, facts: Facts, logged: Logged) -> None:
    body = {"query": PRIVATE, "operationName": "OfMyOwn"}
    answer = await site.client.post("/graphql", json=body, headers=await site.headers("author"))
    account = answer.json()["data"]["viewer"]["account"]
    assert account["email"] == "author@demo.example"
    said = Haystack(logged.text)
    assert "OfMyOwn" in said
    token = (await site.headers("author"))["Authorization"].removeprefix("Bearer ")
    for private in (token, account["email"], account["postcode"], account["id"].partition(":")[2]):
        assert private not in said
    assert [canary.field for canary in facts.canaries if canary.value in said] == []


async def test_a_fault_leaves_no_private_value(
    site: Site, facts: Facts, logged: Logged, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = next(canary.value for canary in facts.canaries if canary.field == "Account.email")

    async def fail(*_: object) -> None:
        raise RuntimeError(f"a text with {canary}")

    monkeypatch.setattr("resolvers.statement.Statement.run", fail)
    answer = await site.send("", "{ viewer { kind } }")
    assert answer.status_code == 500
    assert canary not in answer.text + logged.text + "".join(capfd.readouterr())
