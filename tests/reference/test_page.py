"""Walking through all pages of a list: every page full, every row once, forwards and backwards."""

from typing import Any

import pytest

from models import PlatformRole, Story
from tests.reference.proof import Proof

LISTS = {
    "newest": ("stories(%s)", "number"),
    "oldest": ("stories(orderBy: OLDEST, %s)", "number"),
    "most similar": ("stories(orderBy: MOST_SIMILAR, %s)", "number"),
    "relevance": ('stories(orderBy: RELEVANCE, filter: {search: "waiting"}, %s)', "number"),
    "filtered": ("stories(filter: {ageGroup: ADULT}, %s)", "number"),
    "services": ("services(%s)", "slug"),
    "organisations": ("organisations(%s)", "slug"),
    "tags": ("tags(%s)", "label"),
    "complaints": ("complaints(%s)", "number"),
    "audit events": ("auditEvents(%s)", "id"),
    "queue": ("moderationQueue(%s)", "number"),
}
PAGE = "nodes { %s } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"


def _viewers(ready: Proof, name: str) -> list[Any]:
    """Some of those who may ask for the list."""
    if name == "queue":
        return [viewer for viewer in ready.viewers if PlatformRole.MODERATOR in getattr(viewer, "roles", ())]
    if name == "audit events":
        return [viewer for viewer in ready.viewers if PlatformRole.DPO in getattr(viewer, "roles", ())]
    return ready.viewers[1 if name == "complaints" else 0 :: 4]


async def _page(ready: Proof, viewer: Any, name: str, arguments: str) -> Any:
    field, column = LISTS[name]
    answer = await ready.planned(f"{{ found: {field % arguments} {{ {PAGE % column} }} }}", {}, viewer)
    assert "errors" not in answer
    return [node[column] for node in answer["data"]["found"]["nodes"]], answer["data"]["found"]["pageInfo"]


def _all(ready: Proof, viewer: Any, name: str) -> list[Any]:
    """The whole list as the reference has it."""
    field, column = LISTS[name]
    answer = ready.reference.execute(f"{{ found: {field % 'first: 1000'} {{ nodes {{ {column} }} }} }}", {}, viewer)
    return [node[column] for node in answer["data"]["found"]["nodes"]]


async def _walk(ready: Proof, viewer: Any, name: str, size: int, end: str) -> list[list[Any]]:
    """All pages, in the order in which they come from that end."""
    pages: list[list[Any]] = []
    size_name, cursor_name = ("first", "after") if end == "start" else ("last", "before")
    more, cursor = ("hasNextPage", "endCursor") if end == "start" else ("hasPreviousPage", "startCursor")
    arguments = f"{size_name}: {size}"
    while True:
        rows, info = await _page(ready, viewer, name, arguments)
        pages.append(rows)
        if not info[more]:
            return pages
        arguments = f'{size_name}: {size}, {cursor_name}: "{info[cursor]}"'


@pytest.mark.parametrize("name", LISTS)
async def test_forwards(in_small: Proof, name: str) -> None:
    for viewer in _viewers(in_small, name):
        pages, expected = await _walk(in_small, viewer, name, 3, "start"), _all(in_small, viewer, name)
        assert [row for page in pages for row in page] == expected
        assert all(len(page) == 3 for page in pages[:-1])
        assert len(pages[-1]) > 0 or not expected


@pytest.mark.parametrize("name", LISTS)
async def test_backwards(in_small: Proof, name: str) -> None:
    for viewer in _viewers(in_small, name):
        pages, expected = await _walk(in_small, viewer, name, 4, "end"), _all(in_small, viewer, name)
        assert [row for page in reversed(pages) for row in page] == expected
        assert all(len(page) == 4 for page in pages[:-1])


async def test_a_list_whose_length_is_a_multiple_of_the_page(in_small: Proof) -> None:
    viewer = in_small.viewers[0]
    expected = _all(in_small, viewer, "services")
    assert len(expected) == 12
    assert [len(page) for page in await _walk(in_small, viewer, "services", 4, "start")] == [4, 4, 4]


async def test_rows_share_their_times(in_small: Proof) -> None:
    """The walks above cross pages between rows that only their number tells apart."""
    times = [story.shown_at for story in in_small.world.all(Story)]
    assert len(set(times)) < len(times)
