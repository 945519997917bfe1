"""No answer holds a private value that its viewer may not see; those who may see it do."""

import base64
import re
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from models import Story
from policies.viewer import Anonymous, Member, Viewer
from tests.leaks.battery import answers
from tests.leaks.conftest import Demo

NAMES = (
    "anonymous", "member", "author", "staff", "manager", "other", "commissioner", "police", "moderator", "safeguarding",
    "abuse", "dpo", "admin",
)  # fmt: skip


def _texts(value: Any) -> Iterator[str]:
    """All keys and texts of an answer."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield key
            yield from _texts(below)
    elif isinstance(value, list):
        for below in value:
            yield from _texts(below)
    elif value is not None:
        yield str(value)


def _said(texts: list[str]) -> str:
    """Every text of the answers, once."""
    return "\n".join(dict.fromkeys(text for answer in texts for text in _texts(orjson.loads(answer))))


def _viewers(demo: Demo, name: str) -> list[Viewer]:
    """A person without a purpose, and with each that they may state."""
    if name == "anonymous":
        return [Anonymous()]
    account = demo.named(name).account_id
    return [viewer for viewer in demo.viewers if isinstance(viewer, Member) and viewer.account_id == account]


SEEN_BY = {
    "author": {"account email", "account postcode", "account pen_name", "address of an account", "account id",
               "postcode of a story", "address of a story"},
    "staff": {"title of a story PREVIEW", "body of a story PREVIEW", "body of a story RESTRICTED"},
    "moderator": {"original title", "original body", "body of a story SUBMITTED", "body of a story REJECTED",
                  "response PENDING"},
    "safeguarding": {"account email", "account postcode", "postcode of a story", "original body"},
    "abuse": {"address of an account", "address of a story"},
    "dpo": {"account email"},
    "admin": {"account id"},
}  # fmt: skip
"""Some of what each may see: proof that the battery would find it."""


@pytest.mark.parametrize("name", NAMES)
async def test_nobody_sees_what_is_not_theirs(world: Demo, name: str) -> None:
    seen: set[str] = set()
    for viewer in _viewers(world, name):
        said = _said(await answers(world, viewer))
        met = [canary for canary in world.canaries if canary.text in said]
        # Kinds are told where one fails, never values.
        assert {canary.kind for canary in met if not canary.may_see(viewer)} == set(), str(viewer.kind)
        seen |= {canary.kind for canary in met}
    assert seen >= SEEN_BY.get(name, set())
    if name in ("anonymous", "member", "other", "police"):
        assert not {kind for kind in seen if kind.startswith(("original", "postcode of", "address of a story"))}


async def test_answers_about_oneself_are_ones_own(world: Demo) -> None:
    """Demographics have no texts of their own: wherever they stand, it is below the viewer's own account."""
    document = (
        "{ viewer { account { id } } stories(first: 100) { nodes { author { id demographics { birthYear } } } } }"
    )
    for viewer in world.viewers:
        data: Any = (await world.ask(document, viewer))["data"]
        mine = data["viewer"]["account"]
        authors = [node["author"] for node in data["stories"]["nodes"] if node["author"]]
        assert {author["id"] for author in authors if author["demographics"]} <= {mine["id"] if mine else None}


async def test_a_word_of_a_hidden_story_does_not_find_it(world: Demo) -> None:
    document = (
        "query ($words: String) { stories(filter: {search: $words}, first: 100) { totalCount nodes { number } } }"
    )
    hidden = [story for story in world.world.all(Story) if story.status in ("SUBMITTED", "RESTRICTED")]
    for story in hidden:
        for viewer in (None, world.named("other"), world.named("member")):
            found: Any = (await world.ask(document, viewer, words=f'"{story.title}"'))["data"]
            assert story.id not in [node["number"] for node in found["stories"]["nodes"]]
            assert found["stories"]["totalCount"] == len(found["stories"]["nodes"])


@pytest.mark.parametrize("name", ["anonymous", "staff", "moderator"])
async def test_cursors_reveal_nothing(world: Demo, name: str) -> None:
    (viewer,) = _viewers(world, name)
    data: Any = (await world.ask("{ stories(first: 100) { edges { cursor node { publishedAt number } } } }", viewer))[
        "data"
    ]
    for edge in data["stories"]["edges"]:
        cursor = edge["cursor"]
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        assert not re.search(rb"[0-9:,-]{6,}|[a-zA-Z]{8,}", raw)
        assert str(edge["node"]["number"]).encode() + b"," not in raw


async def test_private_values_are_told_apart(world: Demo) -> None:
    """No two people have the same private value: who meets one knows whose it is."""
    kinds = ("account email", "account postcode", "account pen_name", "address of an account", "address of a story")
    for kind in kinds:
        values = [canary.text for canary in world.canaries if canary.kind == kind]
        assert len(values) == len(set(values)) > 10, kind
