"""Documents by their ids over HTTP and WebSocket, in the ways of the usual clients."""

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from models.database.embedded import EmbeddedPostgres
from operations.demo.cast import HOST, PASSWORD
from schema.endpoint.application import Application, create_app
from settings import Settings
from tests.endpoint.live import connected

TAGS, OTHER = "query Tags { tags { totalCount } }", "query Other { services { totalCount } }"
SIGN_IN = (
    "mutation SignIn($email: String!, $password: String!) { signIn(email: $email, password: $password) { token } }"
)
HEARD = "subscription Heard { storyPublished { number } }"
MANIFEST = {"tags": TAGS, "in": SIGN_IN, "heard": HEARD}
GRAPHQL = {"Accept": "application/graphql-response+json"}
URL = "http://candour.test"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _persisted(text: str, **more: Any) -> dict[str, Any]:
    """A request as Apollo's and urql's links send it: the hash, and with `query` the text too."""
    return {**more, "extensions": {"persistedQuery": {"version": 1, "sha256Hash": _hash(text)}}}


@asynccontextmanager
async def _opened(
    demo: str, cluster: EmbeddedPostgres, **more: Any
) -> AsyncIterator[tuple[Application, httpx2.AsyncClient]]:
    chosen = Settings(CANDOUR_DATA=cluster.data, CANDOUR_POOL_SIZE=1, CANDOUR_URL=URL, **more)
    app = create_app(chosen, demo)
    transport = httpx2.ASGITransport(app=app)
    async with app.router.lifespan_context(app), httpx2.AsyncClient(transport=transport, base_url=URL) as client:
        yield app, client


@pytest.fixture(scope="module")
async def strict(
    demo: str, cluster: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Application, httpx2.AsyncClient]]:
    """Visitors run trusted documents only."""
    path = tmp_path_factory.mktemp("documents") / "manifest.json"
    Path(path).write_text(json.dumps(MANIFEST))
    async with _opened(demo, cluster, CANDOUR_DOCUMENTS=str(path), CANDOUR_DOCUMENTS_ONLY=True) as found:
        yield found


async def _post(client: httpx2.AsyncClient, body: Any, **headers: str) -> httpx2.Response:
    return await client.post("/graphql", json=body, headers=headers)


def _codes(answer: httpx2.Response) -> list[str]:
    return [error["extensions"]["code"] for error in answer.json().get("errors", [])]


@pytest.mark.parametrize(
    "body",
    [{"query": OTHER}, {"query": "{ __schema { types { name } } }"}, _persisted(OTHER, query=OTHER), {"query": TAGS + " "},
     {"query": f"{TAGS} {OTHER}", "operationName": "Tags"}, {"query": f"{TAGS} {OTHER}", "operationName": "Other"}],
)  # fmt: skip
async def test_a_visitor_runs_nothing_else(strict: tuple[Application, httpx2.AsyncClient], body: Any) -> None:
    _, client = strict
    assert _codes(await _post(client, body)) == ["FORBIDDEN"]
    refused = await client.post("/graphql", json=body, headers=GRAPHQL)
    assert (refused.status_code, "data" in refused.json()) == (400, False)
    by_url = {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
    assert _codes(await client.get("/graphql", params=by_url)) == ["FORBIDDEN"]


async def test_a_visitor_hears_nothing_else(strict: tuple[Application, httpx2.AsyncClient]) -> None:
    app, client = strict
    async with connected(app) as socket:
        socket.subscribe("1", "subscription { storyPublished { title } }")
        refused = await socket.hear()
        assert (refused["type"], refused["payload"][0]["extensions"]["code"]) == ("error", "FORBIDDEN")
        socket.subscribe("2", OTHER)
        assert "FORBIDDEN" in str(await socket.hear())
    stream = await client.post("/graphql", json={"query": OTHER}, headers={"Accept": "text/event-stream"})
    assert "FORBIDDEN" in stream.text


async def test_a_visitor_runs_trusted_documents(strict: tuple[Application, httpx2.AsyncClient]) -> None:
    app, client = strict
    for body in ({"documentId": "tags"}, {"doc_id": "tags"}, {"query": TAGS}, {"query": TAGS, "documentId": "tags"}):
        answer = await _post(client, body)
        assert answer.json()["data"]["tags"]["totalCount"] > 0, body
        assert (await client.get("/graphql", params=body)).content == answer.content
    async with connected(app) as socket:
        socket.say("subscribe", id="1", payload={"documentId": "tags"})
        assert (await socket.hear())["payload"] == answer.json()


async def test_who_signs_in_by_a_trusted_document_runs_what_they_like(
    strict: tuple[Application, httpx2.AsyncClient],
) -> None:
    _, client = strict
    variables = {"email": f"member@{HOST}", "password": PASSWORD}
    answer = await client.get("/graphql", params={"documentId": "in", "variables": json.dumps(variables)})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    token = (await _post(client, {"documentId": "in", "variables": variables})).json()["data"]["signIn"]["token"]
    for body in ({"query": OTHER}, _persisted(OTHER, query=OTHER), _persisted(OTHER)):
        answer = await _post(client, body, Authorization=f"Bearer {token}")
        assert answer.json()["data"]["services"]["totalCount"] > 0
        assert answer.headers["cache-control"] == "private, no-store"
    assert _codes(await _post(client, _persisted(OTHER))) == ["FORBIDDEN"]


@pytest.mark.parametrize(
    "body",
    [{}, {"documentId": ""}, {"documentId": 1, "query": TAGS}, {"documentId": "x" * 201}, {"documentId": ["tags"]},
     {"query": TAGS, "extensions": {"persistedQuery": 1}},
     {"query": TAGS, "extensions": {"persistedQuery": {"sha256Hash": "x"}}},
     {"query": TAGS, "extensions": {"persistedQuery": {"version": 2, "sha256Hash": "x"}}},
     {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": {}}}},
     {"query": "", "documentId": "tags"}, {"query": 1, "documentId": "tags"}],
)  # fmt: skip
async def test_what_names_no_document_is_refused(client: httpx2.AsyncClient, body: Any) -> None:
    assert _codes(await _post(client, body)) == ["BAD_USER_INPUT"]


async def test_a_hash_that_is_not_the_texts_is_refused(client: httpx2.AsyncClient) -> None:
    assert _codes(await _post(client, _persisted(OTHER, query=TAGS))) == ["BAD_USER_INPUT"]
    assert _codes(await _post(client, _persisted(OTHER))) == ["NOT_FOUND"]


async def test_a_document_is_registered_once_and_then_goes_by_its_hash(client: httpx2.AsyncClient) -> None:
    text = "query Registered { tags { totalCount } }"
    missed = await _post(client, _persisted(text))
    assert (missed.status_code, missed.headers["cache-control"]) == (200, "private, no-store")
    assert missed.json()["errors"][0]["message"] == "PersistedQueryNotFound"
    assert (await client.post("/graphql", json=_persisted(text), headers=GRAPHQL)).status_code == 400
    whole = await _post(client, _persisted(text, query=text))
    assert whole.json()["data"]["tags"]["totalCount"] > 0
    for params in ({"extensions": json.dumps(_persisted(text)["extensions"])}, {"documentId": f"sha256:{_hash(text)}"}):
        short = await client.get("/graphql", params=params)
        assert (short.status_code, short.content) == (200, whole.content)
        assert short.headers["cache-control"].startswith("public")
        again = await client.get("/graphql", params=params, headers={"If-None-Match": short.headers["etag"]})
        assert again.status_code == 304


async def test_what_is_no_document_is_not_registered(client: httpx2.AsyncClient) -> None:
    for text, code in (("{ nothing }", "GRAPHQL_VALIDATION_FAILED"), ("{", "GRAPHQL_PARSE_FAILED")):
        assert _codes(await _post(client, _persisted(text, query=text))) == [code]
        assert _codes(await _post(client, _persisted(text))) == ["NOT_FOUND"]
