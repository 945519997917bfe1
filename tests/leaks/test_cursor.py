"""Cursors: base64 opens none of them, and none opens another list."""

import re
from datetime import datetime
from typing import Any

import pytest

from tests.leaks.answer import decoded
from tests.leaks.conftest import Site

EDGES = "edges { cursor node { %s } } pageInfo { startCursor endCursor }"
STORY = "__typename number publishedAt similarExperienceCount title"
PLACE = "__typename slug name"
LISTS = {
    "NEWEST": f"stories(first: 60) {{ {EDGES % STORY} }}",
    "OLDEST": f"stories(first: 60, orderBy: OLDEST) {{ {EDGES % STORY} }}",
    "MOST_SIMILAR": f"stories(first: 60, orderBy: MOST_SIMILAR) {{ {EDGES % STORY} }}",
    "RELEVANCE": f'stories(first: 60, orderBy: RELEVANCE, filter: {{search: "night"}}) {{ {EDGES % STORY} }}',
    "responses": f"stories(first: 60) {{ nodes {{ responses {{ {EDGES % '__typename id publishedAt'} }} }} }}",
    "services": f"services(first: 100) {{ {EDGES % PLACE} nodes {{ stories {{ {EDGES % STORY} }} }} }}",
    "organisations": f"organisations(first: 100) {{ {EDGES % PLACE} nodes {{ services {{ {EDGES % PLACE} }} }} }}",
    "of an organisation": f"organisations(first: 20) {{ nodes {{ stories {{ {EDGES % STORY} }} }} }}",
    "tags": f"tags(first: 100) {{ {EDGES % '__typename label'} }}",
    "own": f"viewer {{ account {{ stories {{ {EDGES % STORY} }} similarExperiences {{ {EDGES % STORY} }} }} }}",
    "read": f"viewer {{ account {{ readingHistory {{ {EDGES % '__typename readAt'} }} }} }}",
}
LEGIBLE = re.compile(r"\d{8,}|\d+\.\d{3,}|\d{4}-\d\d-\d\d|[a-z]{9,}")


def _edges(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [edge for item in value for edge in _edges(item)]
    if not isinstance(value, dict):
        return []
    here = [value] if "cursor" in value else []
    return here + [edge for below in value.values() for edge in _edges(below)]


def _keys(node: dict[str, Any]) -> list[str]:
    """The values by which a list could be sorted, in the ways in which they could be written."""
    found = [str(value) for value in node.values() if value is not None]
    for moment in (node.get("publishedAt"), node.get("readAt")):
        if moment:
            seconds = datetime.fromisoformat(moment).timestamp()
            found += [str(int(seconds)), str(int(seconds * 1000)), str(round(seconds * 1_000_000))]
    return [key for key in found if len(key) > 3]


@pytest.mark.parametrize("chosen", LISTS)
async def test_a_cursor_shows_nothing_to_who_decodes_it(site: Site, chosen: str) -> None:
    edges = _edges(await site.data("author", f"{{ {LISTS[chosen]} }}"))
    assert len(edges) > 2
    for edge in edges:
        raw = decoded(edge["cursor"])
        assert raw
        assert not LEGIBLE.search(raw)
        assert [key for key in _keys(edge["node"]) if key in raw or key.encode().hex() in raw] == []


async def test_a_changed_cursor_is_refused_and_so_is_one_of_another_list(site: Site) -> None:
    stories = await site.data("author", f"{{ {LISTS['NEWEST']} }}")
    own = await site.data("author", f"{{ {LISTS['own']} }}")
    cursor = stories["stories"]["pageInfo"]["endCursor"]
    changed = ("B" if cursor[0] == "A" else "A") + cursor[1:]
    strange = [own["viewer"]["account"][field]["pageInfo"]["endCursor"] for field in ("stories", "similarExperiences")]
    for wrong in (changed, cursor[:-4], cursor + cursor, *strange):
        query = "query($after: String) { stories(after: $after) { nodes { id } } }"
        assert await site.codes("author", query, after=wrong) == ["BAD_USER_INPUT"]
