"""Every promise that is built so far is named by what holds it and by a test that proves it."""

import re

import pytest

from tests.house.tree import ROOT, files, name, text

PROMISE = re.compile(r"\bP\d\d\b")
ALL = [f"P{number:02}" for number in range(1, 28)]
BUILT = {
    "P01": "who wrote a story and their email are private",
    "P02": "postcodes are private; moderators see the outward half",
    "P03": "IP addresses are private",
    "P04": "reading histories are private",
    "P05": "marks are private, their number is public",
    "P06": "what is published is public",
    "P07": "demographics are shown to the person alone",
    "P08": "providers see a preview of what is about them",
    "P09": "safeguarding sees private data only with that purpose, others only what a disclosure names, while it is active",
    "P10": "nothing is public before it was moderated",
    "P11": "the original is kept for its author and moderators, and purged",
    "P12": "consent is given and taken back in one call, and decides everywhere",
    "P13": "people are told what is held, who sees it, why and for how long, as the software does it",
    "P14": "people see everything that is held about them, and who looked",
    "P15": "people correct what is held about them",
    "P16": "people download all that is held about them",
    "P17": "what was withdrawn is never shown again",
    "P18": "erasure leaves nothing that can be read, in dumps either",
    "P19": "complaints are acknowledged, tracked and answered",
    "P20": "nothing scores or ranks a person",
    "P21": "authors are told of publication, responses and changes",
    "P22": "staff are told of stories by the filter that they set",
    "P23": "what is shared is what the author agreed to",
    "P25": "every withdrawal is told",
    "P26": "visitors are asked which region's site they want",
    "P27": "a failure tells a reference and nothing internal",
}
HOLDERS = ("policies/", "models/", "operations/", "migrations/versions/", "schema/endpoint/")


def _tests() -> str:
    folders = {name(path).split("/")[1] for path in files() if name(path).startswith("tests/")} - {"house"}
    return text(*(f"tests/{folder}" for folder in folders))


HELD, PROVED = set(PROMISE.findall(text(*HOLDERS))), set(PROMISE.findall(_tests()))


@pytest.mark.parametrize("promise", BUILT)
def test_a_built_promise_is_named_by_what_holds_it(promise: str) -> None:
    assert promise in HELD


@pytest.mark.parametrize("promise", BUILT)
def test_a_built_promise_is_named_by_a_test(promise: str) -> None:
    assert promise in PROVED


def test_no_promise_is_named_that_was_never_made() -> None:
    assert set(PROMISE.findall(text("schema/", "resolvers/", "docs/", *HOLDERS))) <= set(ALL)


def test_the_page_says_of_every_promise_whether_it_is_held() -> None:
    page = (ROOT / "docs" / "promises.md").read_text()
    states = dict(re.findall(r"^## (P\d\d) .*\n\n\*\*(held|partly|later)\*\*", page, re.MULTILINE))
    assert list(states) == ALL
    assert {promise for promise, state in states.items() if state != "later"} == set(BUILT)
