"""What PostgreSQL says to the public is sent as it is: Python does not read it."""

import re
from typing import Any, NoReturn

import pytest

from resolvers import finish
from tests.planner.conftest import Client

HOME = """{ stories(filter: {status: PUBLISHED}) { totalCount edges { cursor node {
  id number title body ageGroup services { name organisation { name } } tags { kind label }
  responses(first: 2) { nodes { body staffName organisation { name } } pageInfo { endCursor } }
} } pageInfo { hasNextPage endCursor } } services { nodes { name storyCount } } tags { nodes { label } } }"""


class _Reader:
    """Stands for orjson in the finish."""

    def __init__(self) -> None:
        self.read = 0

    def loads(self, raw: bytes) -> NoReturn:
        raise AssertionError("a public answer was parsed")

    def dumps(self, value: Any) -> NoReturn:
        raise AssertionError("a public answer was written anew")


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parsing an answer fails."""
    monkeypatch.setattr(finish, "orjson", _Reader())


async def test_a_denied_field_has_to_be_parsed(client: Client, unread: None) -> None:
    with pytest.raises(AssertionError, match="parsed"):
        await client.bytes("{ stories(first: 1) { nodes { criticality } } }")


async def test_the_home_page_is_never_parsed(client: Client, unread: None) -> None:
    body = await client.bytes(HOME)
    assert body.startswith(b'{"data":{"stories":{')
    assert b"errors" not in body


async def test_a_page_beyond_a_cursor_is_never_parsed(client: Client, unread: None) -> None:
    document = "query ($after: String) { stories(first: 1, after: $after) { pageInfo { endCursor } } }"
    first = await client.bytes(document)
    (cursor,) = re.findall(rb'"endCursor" ?: ?"([^"]+)"', first)
    assert await client.bytes(document, after=cursor.decode()) != first


async def test_a_text_that_looks_like_a_marker_is_only_text(client: Client) -> None:
    """Markers begin with U+0000, which no text in PostgreSQL holds; an escaped one in a title is six characters."""
    data = await client.data('{ stories(filter: {search: "kind"}) { nodes { title } } }')
    assert all("\0" not in node["title"] for node in data["stories"]["nodes"])
