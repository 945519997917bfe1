"""Requests: what is refused before anything is executed, and what is read from the rest."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from schema.endpoint.body import LIMIT

JSON = {"Content-Type": "application/json"}
ASK = {"query": "{ ok }"}


def refused(answer: httpx2.Response, status: int, code: str = "BAD_USER_INPUT") -> str:
    """Asserts one coded error and no data, and gives its message."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert list(body) == ["errors"]
    (error,) = body["errors"]
    assert error["extensions"] == {"code": code}
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["content-type"].startswith("application/json")
    return str(error["message"])


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not well-formed JSON"),
        (b'{"query": "{ ok }"', "not well-formed JSON"),
        (b"{'query': '{ ok }'}", "not well-formed JSON"),
        (b"\xff\xfe\x00", "not well-formed JSON"),
        (b'{"query": "\\ud800"}', "not well-formed JSON"),
        (b'{"query": "{ ok }", "variables": {"n": NaN}}', "not well-formed JSON"),
        (b"null", "JSON object"),
        (b"1", "JSON object"),
        (b'"x"', "JSON object"),
        (b"true", "JSON object"),
        (b"[]", "Batches"),
        (b'[{"query": "{ ok }"}]', "Batches"),
        (b"{}", '"query" must be a string'),
        (b'{"query": null}', '"query" must be a string'),
        (b'{"query": ""}', '"query" must be a string'),
        (b'{"query": 1}', '"query" must be a string'),
        (b'{"query": ["{ ok }"]}', '"query" must be a string'),
        (b'{"query": "{ ok }", "variables": []}', '"variables" must be a JSON object'),
        (b'{"query": "{ ok }", "variables": "{}"}', '"variables" must be a JSON object'),
        (b'{"query": "{ ok }", "variables": 0}', '"variables" must be a JSON object'),
        (b'{"query": "{ ok }", "operationName": 1}', '"operationName" must be a string'),
        (b'{"query": "{ ok }", "operationName": {}}', '"operationName" must be a string'),
        (b'{"query": "{ ok }", "extensions": "x"}', '"extensions" must be a JSON object'),
        (b'{"query": "{ ok }", "extensions": {"denied": "ERRORS"}}', '"denied" must be "NULL"'),
        (b'{"query": "{ ok }", "extensions": {"denied": ["NULL"]}}', '"denied" must be "NULL"'),
        (b'{"query": "{ ok }", "variables": {"text": "a\\u0000b"}}', "U+0000"),
        (b'{"query": "{ ok(text: \\"\\\\u0000\\") }"}', "U+0000"),
        (b'{"query": "{ ok(text: \\"\\u005cu0000\\") }"}', "U+0000"),
        (b'{"query": "{ ok(text: \\"\\\\u{000}\\") }"}', "U+0000"),
    ],
)
async def test_a_bad_body_is_refused_with_a_reason(http: httpx2.AsyncClient, body: bytes, says: str) -> None:
    assert says in refused(await http.post("/graphql", content=body, headers=JSON), 400)


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("levels", [17, 1_000, 5_000, 150_000])
async def test_deep_json_is_refused(http: httpx2.AsyncClient, opening: str, levels: int) -> None:
    deep = opening * levels + "1" + ("]" if opening == "[" else "}") * levels
    body = '{"query": "{ ok }", "variables": {"deep": ' + deep + "}}"
    assert "nested" in refused(await http.post("/graphql", content=body, headers=JSON), 400)
    refused(await http.post("/graphql", content=deep, headers=JSON), 400)


async def test_a_document_too_deep_to_parse_is_no_internal_failure(http: httpx2.AsyncClient, stand_in: Any) -> None:
    stand_in.failure = RecursionError("maximum recursion depth exceeded")
    message = refused(await http.post("/graphql", json=ASK), 400, "TOO_COMPLEX")
    assert message == "The document is nested too deeply."


@pytest.mark.parametrize("size", [LIMIT + 1, 50_000_000])
async def test_an_announced_large_body_is_refused_unread(http: httpx2.AsyncClient, size: int) -> None:
    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    headers = {**JSON, "Content-Length": str(size)}
    answer = await http.post("/graphql", content=never(), headers=headers)
    assert "1,000,000 bytes" in refused(answer, 413)
    assert answer.headers["connection"] == "close"


async def test_an_unannounced_large_body_is_read_no_further_than_the_limit(stand_in: Any, http: Any) -> None:
    chunk = b" " * 100_000
    read = 0

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += len(chunk)
        assert read <= LIMIT + len(chunk)
        return {"type": "http.request", "body": chunk, "more_body": True}

    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "query_string": b"", "headers": [(b"content-type", b"application/json")]}
    await http._transport.app(scope, receive, send)
    assert sent[0]["status"] == 413
    assert json.loads(sent[1]["body"])["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}
    assert stand_in.asked == []


async def test_a_client_that_goes_away_gets_nothing(http: Any, stand_in: Any) -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(_: dict[str, Any]) -> None:
        raise AssertionError("something was sent")

    await http._transport.app({"type": "http", "method": "POST", "headers": []}, receive, send)
    assert stand_in.asked == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/graphql"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/jsonx"},
        {"Content-Type": ""},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
async def test_other_content_is_refused(http: httpx2.AsyncClient, headers: dict[str, str]) -> None:
    refused(await http.post("/graphql", content=json.dumps(ASK), headers=headers), 415)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
async def test_other_methods_are_refused(http: httpx2.AsyncClient, method: str) -> None:
    answer = await http.request(method, "/graphql")
    refused(answer, 405)
    assert answer.headers["allow"] == "GET, HEAD, POST"


async def test_a_mutation_by_get_is_refused(http: httpx2.AsyncClient, stand_in: Any) -> None:
    answer = await http.get("/graphql", params={"query": "mutation { signOut { viewer { kind } } }"})
    assert "by POST" in refused(answer, 405)
    assert answer.headers["allow"] == "POST"
    assert stand_in.mutated == []


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({}, '"query" must be a string'),
        ({"query": ""}, '"query" must be a string'),
        ({"query": "{ ok }", "variables": "{"}, '"variables" is not well-formed JSON'),
        ({"query": "{ ok }", "variables": "[]"}, '"variables" must be a JSON object'),
        ({"query": "{ ok }", "extensions": "1"}, '"extensions" must be a JSON object'),
        ({"query": "{ ok }", "variables": '{"a":"\\u0000"}'}, "U+0000"),
        ({"query": "{ ok\0 }"}, "U+0000"),
    ],
)
async def test_a_bad_url_is_refused(http: httpx2.AsyncClient, params: dict[str, str], says: str) -> None:
    assert says in refused(await http.get("/graphql", params=params), 400)


@pytest.mark.parametrize("query", ["query=%ff", "&".join(f"a{n}=1" for n in range(30))])
async def test_a_url_that_cannot_be_read_is_refused(http: httpx2.AsyncClient, query: str) -> None:
    assert "not well-formed" in refused(await http.get(f"/graphql?{query}"), 400)


async def test_a_long_url_is_refused(http: httpx2.AsyncClient) -> None:
    refused(await http.get("/graphql", params={"query": "{ ok }" + " " * 40_000}), 414)


async def test_a_body_at_the_limit_is_read(http: httpx2.AsyncClient) -> None:
    body = json.dumps(ASK)
    answer = await http.post("/graphql", content=body + " " * (LIMIT - len(body)), headers=JSON)
    assert answer.status_code == 200


async def test_members_reach_the_executor(http: httpx2.AsyncClient, stand_in: Any) -> None:
    body = {
        "query": "query Q($a: [Int]) { ok(a: $a) }",
        "variables": {"a": [1, 2]},
        "operationName": "Q",
        "extensions": {"denied": "NULL", "other": 1},
        "unknown": "ignored",
    }
    headers = {"Content-Type": "Application/JSON; Charset=UTF-8"}
    assert (await http.post("/graphql", content=json.dumps(body), headers=headers)).status_code == 200
    ((request, viewer),) = stand_in.asked
    assert request.query == body["query"]
    assert request.variables == {"a": [1, 2]}
    assert request.operation_name == "Q"
    assert request.denied_null is True
    assert str(viewer.kind) == "anonymous"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_url_reaches_the_executor(http: httpx2.AsyncClient, stand_in: Any, method: str) -> None:
    params = {"query": "{ ok }", "variables": '{"a": 1}', "operationName": "", "extensions": ""}
    assert (await http.request(method, "/graphql", params=params)).status_code == 200
    ((request, _),) = stand_in.asked
    assert (request.variables, request.operation_name, request.denied_null) == ({"a": 1}, None, False)


async def test_nulls_are_as_good_as_absent(http: httpx2.AsyncClient, stand_in: Any) -> None:
    body = {**ASK, "variables": None, "operationName": None, "extensions": None}
    assert (await http.post("/graphql", json=body)).status_code == 200
    ((request, _),) = stand_in.asked
    assert (request.variables, request.operation_name, request.denied_null) == ({}, None, False)
