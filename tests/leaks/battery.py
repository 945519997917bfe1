"""The battery: documents that ask for everything, in every way that the API has."""

from collections.abc import AsyncIterator, Iterator

import orjson

import models
from policies.viewer import Viewer
from tests.leaks.conftest import Demo
from tests.planner.maximal import everything

AT_ONCE = 100
PAGED = "query ($after: String) { found: %s { nodes %s pageInfo { hasNextPage endCursor } } }"
LISTS = (
    ("stories(first: 100, after: $after)", "Story", 1),
    ("stories(orderBy: MOST_SIMILAR, first: 100, after: $after)", "Story", 0),
    (
        'stories(orderBy: RELEVANCE, filter: {search: "staff or nurse or waiting"}, first: 100, after: $after)',
        "Story",
        0,
    ),
    ("tags(first: 100, after: $after)", "Tag", 0),
)
ONCE = (
    f"{{ viewer {everything('Viewer', 2)} }}",
    f"{{ story(number: 1) {everything('Story', 2)} }}",
    f"{{ services(first: 3) {{ nodes {everything('Service', 1)} edges {{ node {{ stories {{ nodes %s }} }} }} }} }}",
    f"{{ organisations(last: 3) {{ nodes {everything('Organisation', 1)} edges {{ node {{ stories {{ nodes %s }} }} }} }} }}",
)
IDENTIFIED = (models.Account, models.Story, models.Response)


async def answers(demo: Demo, viewer: Viewer) -> list[str]:
    """All the answers that a viewer gets."""
    once = [document.replace("%s", everything("Story", 0)) for document in ONCE]
    found = [await demo.text(document, viewer) for document in once]
    for field, kind, depth in LISTS:
        found += [text async for text in _pages(demo, viewer, PAGED % (field, everything(kind, depth)))]
    return found + [await demo.text(document, viewer) for document in _rows(demo)]


def _rows(demo: Demo) -> Iterator[str]:
    """Every row of the private types by its id, whether or not any list shows it."""
    for model in IDENTIFIED:
        name = model.__name__
        ids = [f"{name}:{row.id}" for row in demo.world.all(model)]
        for start in range(0, len(ids), AT_ONCE):
            quoted = ", ".join(f'"{id_}"' for id_ in ids[start : start + AT_ONCE])
            yield f"{{ nodes(ids: [{quoted}]) {{ id ... on {name} {everything(name, 1)} }} }}"


async def _pages(demo: Demo, viewer: Viewer, document: str) -> AsyncIterator[str]:
    """All pages of a list."""
    after: object = None
    while True:
        text = await demo.text(document, viewer, after=after)
        yield text
        page = orjson.loads(text)["data"]["found"]["pageInfo"]
        if not page["hasNextPage"]:
            return
        after = page["endCursor"]
