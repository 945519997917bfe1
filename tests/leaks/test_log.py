"""Log lines hold nothing private: neither what was asked nor what was answered."""

import io

import httpx2
import pytest
import structlog

from schema.endpoint import log
from tests.leaks.conftest import Demo

SIGN_IN = 'mutation { signIn(email: "author@demo.example", password: "candour-demo") { token } }'
PRIVATE = "query Mine { viewer { account { id email postcode penName ipAddresses { address } } } }"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> io.BytesIO:
    """What is logged of requests."""
    output = io.BytesIO()
    monkeypatch.setattr(log, "_lines", structlog.BytesLogger(output))
    return output


async def test_requests_leave_no_private_value(client: httpx2.AsyncClient, world: Demo, lines: io.BytesIO) -> None:
    signed_in = await client.post("/graphql", json={"query": SIGN_IN})
    token = signed_in.json()["data"]["signIn"]["token"]
    headers = {"Authorization": f"Bearer {token}"}
    answer = await client.post("/graphql", json={"query": PRIVATE, "operationName": "Mine"}, headers=headers)
    account = answer.json()["data"]["viewer"]["account"]
    assert account["email"] == "author@demo.example"
    await client.get("/graphql", params={"query": '{ story(number: 1) { id } a: node(id: "Account:xyzzy") { id } }'})
    said = lines.getvalue().decode()
    assert said.count("\n") == 3
    assert "Mine" in said
    for private in (
        token,
        account["email"],
        account["postcode"],
        account["id"].partition(":")[2],
        "candour-demo",
        "xyzzy",
    ):
        assert private not in said
    assert not [canary.kind for canary in world.canaries if canary.text in said]


async def test_a_fault_leaves_no_private_value(
    client: httpx2.AsyncClient, world: Demo, lines: io.BytesIO, capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    canary = next(canary.text for canary in world.canaries if canary.kind == "account email")

    async def fail(*_: object) -> None:
        raise RuntimeError(f"a text with {canary}")

    monkeypatch.setattr("resolvers.statement.Statement.run", fail)
    answer = await client.post("/graphql", json={"query": "{ viewer { kind } }"})
    assert answer.status_code == 500
    assert canary not in answer.text + lines.getvalue().decode() + "".join(capfd.readouterr())
