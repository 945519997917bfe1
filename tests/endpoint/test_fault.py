"""Failures inside (P27): a plain message with a reference, which the log knows; nothing internal leaks."""

import io
import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from schema.endpoint import log

PRIVATE = "author@demo.example, SW1A 1AA, 203.0.113.9"
ASK: dict[str, Any] = {
    "query": 'query Inbox { account(email: "author@demo.example") { id } }',
    "operationName": "Inbox",
    "variables": {"postcode": "SW1A 1AA"},
}


class Output(io.BytesIO):
    """What would be stderr."""

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def output() -> Iterator[Output]:
    """The log, as a process would write it at the level `info`."""
    caught = Output()
    log.configure("info", caught)
    yield caught
    log.configure("info")


async def fail(http: httpx2.AsyncClient, stand_in: Any) -> httpx2.Response:
    try:
        raise ValueError(f"invalid input for query argument $1: {PRIVATE}")
    except ValueError as cause:
        stand_in.failure = LookupError(PRIVATE)
        stand_in.failure.__cause__ = cause
    headers = {"Authorization": "Bearer a-good-token", "Forwarded": "for=203.0.113.9"}
    return await http.post("/graphql?secret=1", json=ASK, headers=headers)


async def test_a_failure_leaves_as_a_reference_only(http: httpx2.AsyncClient, stand_in: Any, output: Output) -> None:
    answer = await fail(http, stand_in)
    assert answer.status_code == 500
    (error,) = answer.json()["errors"]
    reference = error["extensions"]["reference"]
    assert error == {
        "message": f"Something went wrong. It was logged with the reference {reference}.",
        "extensions": {"code": "INTERNAL", "reference": reference},
    }
    assert answer.headers["x-request-id"] == reference


async def test_the_log_finds_the_failure_by_its_reference(
    http: httpx2.AsyncClient, stand_in: Any, output: Output
) -> None:
    reference = (await fail(http, stand_in)).json()["errors"][0]["extensions"]["reference"]
    fault, request = output.lines()
    assert (fault["event"], fault["level"], fault["reference"]) == ("fault", "error", reference)
    assert [error["kind"] for error in fault["errors"]] == ["builtins.LookupError", "builtins.ValueError"]
    assert any("view.py" in frame for frame in fault["errors"][0]["frames"])
    assert (request["event"], request["status"], request["reference"]) == ("request", 500, reference)


async def test_the_log_holds_nothing_private(http: httpx2.AsyncClient, stand_in: Any, output: Output) -> None:
    await fail(http, stand_in)
    stand_in.failure = None
    headers = {"Authorization": "Bearer a-good-token"}
    await http.post("/graphql?secret=1", json=ASK, headers=headers)
    await http.get("/graphql", params={"query": ASK["query"]}, headers=headers)
    await http.post("/graphql", json=ASK, headers={"Authorization": "Bearer a-bad-token"})
    for private in ("demo.example", "SW1A", "203.0.113.9", "account(", "-token", "secret", "$1"):
        assert private not in output.getvalue().decode()


async def test_a_request_leaves_one_line(http: httpx2.AsyncClient, output: Output) -> None:
    answer = await http.post("/graphql", json=ASK, headers={"Authorization": "Bearer a-good-token"})
    (line,) = output.lines()
    assert line.pop("ms") >= 0
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request",
        "level": "info",
        "reference": answer.headers["x-request-id"],
        "operation": "Inbox",
        "viewer": "member",
        "status": 200,
    }


async def test_an_operation_that_was_not_run_is_not_named(
    http: httpx2.AsyncClient, stand_in: Any, output: Output
) -> None:
    stand_in.answer = type(stand_in.answer)(b"{}", executed=False)
    await http.post("/graphql", json={**ASK, "operationName": "author@demo.example"})
    assert output.lines()[0]["operation"] is None


async def test_a_higher_level_leaves_requests_out(http: httpx2.AsyncClient, stand_in: Any, output: Output) -> None:
    log.configure("error", output)
    await http.post("/graphql", json=ASK)
    await fail(http, stand_in)
    assert [line["event"] for line in output.lines()] == ["fault"]
