"""The documentation is current, and what it shows can be done."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from models.secret import Keyring
from schema.documentation import pages
from tests.house.tree import ROOT, ending, files, name

BLOCK = re.compile(r"^```graphql *(?P<viewer>\w*) *(?P<purpose>[\w-]*)\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
CURL = re.compile(r"-d '(?P<body>\{.*?\})'", re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#)(?P<target>[^)#]+)")
PATH = re.compile(r"`(?P<path>(?:[\w.-]+/)+[\w.-]*)`")


class Block(NamedTuple):
    """A document in the documentation; after `graphql` comes who asks, and with which purpose."""

    place: str
    document: str
    viewer: str
    purpose: str


def _pages() -> list[Path]:
    return ending(".md")


def _blocks() -> Iterator[Block]:
    for page in _pages():
        text = page.read_text()
        for found in BLOCK.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield Block(f"{name(page)}:{line}", found["text"], found["viewer"], found["purpose"])


def _bodies() -> Iterator[tuple[str, Any]]:
    for page in _pages():
        for found in CURL.finditer(page.read_text()):
            yield name(page), json.loads(found["body"])


@pytest.mark.parametrize("block", list(_blocks()), ids=lambda block: block.place)
async def test_the_queries_in_the_documentation_run(site: Any, block: Block) -> None:
    answer = await site.ask({"query": block.document}, block.viewer, block.purpose)
    assert [error for error in answer.get("errors", ()) if error["extensions"]["code"] != "FORBIDDEN"] == []
    assert answer["data"]


@pytest.mark.parametrize(("page", "body"), list(_bodies()))
async def test_the_requests_in_the_documentation_are_answered(site: Any, page: str, body: Any) -> None:
    answer = await site.ask(body, "author")
    assert "errors" not in answer, page
    assert all(not value.get("problems") for value in answer["data"].values())


async def test_generated_pages_are_current(world: str, keyring: Keyring) -> None:
    made = await pages(world, keyring)
    stale = [name(path) for path, text in made.items() if not path.exists() or path.read_text() != text]
    assert stale == [], "run `python app.py docs`"


@pytest.mark.parametrize("page", _pages(), ids=name)
def test_links_and_paths_lead_somewhere(page: Path) -> None:
    text = page.read_text()
    targets = [page.parent / found["target"] for found in LINK.finditer(text)]
    paths = [ROOT / found["path"] for found in PATH.finditer(text) if (ROOT / found["path"].split("/")[0]).is_dir()]
    assert [str(target) for target in [*targets, *paths] if not target.exists()] == []


def test_every_decision_has_a_number_of_its_own() -> None:
    decisions = [path.name for path in files() if name(path).startswith("docs/decisions/")]
    assert [found[:4] for found in decisions] == [f"{n:04}" for n in range(1, len(decisions) + 1)]
