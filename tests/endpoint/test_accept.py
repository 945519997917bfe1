"""Content negotiation, by RFC 9110 and GraphQL over HTTP."""

from typing import Any

import httpx2
import pytest

from resolvers.answer import Answer
from schema.endpoint.accept import Media, negotiate

BROWSER = b"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
URQL = (
    b"application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
)
ASK = {"query": "{ ok }"}


@pytest.mark.parametrize(
    ("accept", "html", "chosen"),
    [
        (b"text/plain", True, None),
        (b"text/event-stream;q=0", False, None),
        (b"text/html", False, None),
        (b"application/json;q=0", False, None),
        (b"application/json;q=x", False, None),
        (b"*/*;q=0", False, None),
        (b";;,,;q=", False, None),
        (None, False, Media.JSON),
        (b"", False, Media.JSON),
        (b"*/*", False, Media.JSON),
        (b"*/*", True, Media.JSON),
        (b"application/*", False, Media.JSON),
        (b"application/json", False, Media.JSON),
        (b"application/json; charset=utf-8", False, Media.JSON),
        (b"APPLICATION/GraphQL-Response+JSON", False, Media.GRAPHQL),
        (b"application/graphql-response+json", False, Media.GRAPHQL),
        (b"application/graphql-response+json, application/json;q=0.9", False, Media.GRAPHQL),
        (b"application/json;q=0.9, application/graphql-response+json", False, Media.GRAPHQL),
        (b"application/json, application/graphql-response+json;q=0.5", False, Media.JSON),
        (b"application/json;q=0, */*", False, Media.GRAPHQL),
        (b"*/*, application/graphql-response+json", False, Media.GRAPHQL),
        (b"text/event-stream", False, Media.EVENTS),
        (b"application/json;q=0.9, text/event-stream", False, Media.EVENTS),
        (b"text/event-stream, application/json", False, Media.JSON),
        (b"text/*", False, None),
        (URQL, False, Media.GRAPHQL),
        (URQL, True, Media.GRAPHQL),
        (BROWSER, True, Media.HTML),
        (BROWSER, False, Media.JSON),
    ],
)
def test_the_best_media_type_is_chosen(accept: bytes | None, html: bool, chosen: Media | None) -> None:
    assert negotiate(accept, html=html) is chosen


async def test_nothing_acceptable_is_said(http: httpx2.AsyncClient, stand_in: Any) -> None:
    answer = await http.post("/graphql", json=ASK, headers={"Accept": "text/plain"})
    assert answer.status_code == 406
    assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}
    assert stand_in.asked == []


@pytest.mark.parametrize(
    ("accept", "executed", "status", "content"),
    [
        ("application/graphql-response+json", False, 400, "application/graphql-response+json; charset=utf-8"),
        ("application/json", False, 200, "application/json; charset=utf-8"),
        ("application/graphql-response+json", True, 200, "application/graphql-response+json; charset=utf-8"),
        ("application/json", True, 200, "application/json; charset=utf-8"),
        ("*/*", True, 200, "application/json; charset=utf-8"),
    ],
)
async def test_the_status_follows_the_media_type(
    http: httpx2.AsyncClient, stand_in: Any, accept: str, executed: bool, status: int, content: str
) -> None:
    stand_in.answer = Answer(b'{"errors":[]}', executed=executed)
    answer = await http.post("/graphql", json=ASK, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (status, content)
    assert answer.content == b'{"errors":[]}'


async def test_answers_are_kept_by_nobody(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/graphql", json=ASK)
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "authorization" in answer.headers["vary"]
