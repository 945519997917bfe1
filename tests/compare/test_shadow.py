"""A candidate beside the live policies: it is compared, counted, and decides on nothing."""

from pathlib import Path
from typing import Any

import pytest

from models import PlatformRole
from policies.compare import Difference
from policies.compare.shadow import Shadow, Watched
from policies.viewer import Anonymous, Kind
from schema.endpoint import log
from schema.endpoint.shadow import shadow_of
from tests.compare.candidate import SHOWS_REVIEWS, UNMASKS, Edit, candidate, live, texts

MODERATOR, STAFF = Kind("Member", (PlatformRole.MODERATOR,)), Kind("Member", staff=True)


class Told:
    """What a shadow told, as field and number of requests."""

    def __init__(self, *edits: Edit) -> None:
        self.lines: list[tuple[str, int]] = []
        self.shadow = Shadow(live(), candidate(*edits), self)

    def __call__(self, difference: Difference, requests: int) -> None:
        self.lines.append((f"{difference.kind} {difference.name}", requests))

    def ask(self, kind: Kind, *fields: str) -> None:
        """One request for these fields of stories."""
        plan = Watched(live().plan(kind))
        for field in fields:
            plan.cases("Story", field)
        self.shadow.count(self.shadow.differing(plan))


def test_a_plan_that_is_watched_decides_as_the_live_one() -> None:
    for kind in (Anonymous().kind, MODERATOR, STAFF):
        plan, watched = live().plan(kind), Watched(live().plan(kind))
        for field in ("title", "postcode", "author"):
            assert watched.cases("Story", field) == plan.cases("Story", field)
            assert watched.condition("Story", field) == plan.condition("Story", field)
            assert watched.shown("Story", field) == plan.shown("Story", field)
        assert watched.row("Response") == plan.row("Response")
        assert watched.action("Story", "publish") == plan.action("Story", "publish")
        assert watched.may_call("Query", "moderationQueue") == plan.may_call("Query", "moderationQueue")
        assert {("Story", "read", "title"), ("Response", "read", "id"), ("Story", "publish", "publish"),
                ("Query", "call", "moderationQueue")} <= watched.asked  # fmt: skip


def test_a_viewer_for_whom_nothing_differs_is_not_told_of() -> None:
    told = Told(UNMASKS)
    told.ask(Anonymous().kind, "title", "postcode")
    told.ask(STAFF, "title", "postcode")
    told.ask(MODERATOR, "title")
    told.shadow.tell_all()
    assert told.lines == []


def test_a_difference_is_told_once_and_then_counted() -> None:
    told = Told(UNMASKS)
    for _ in range(4):
        told.ask(MODERATOR, "title", "postcode")
    assert told.lines == [("member+MODERATOR Story.postcode", 1)]
    told.shadow.tell_all()
    told.shadow.tell_all()
    assert told.lines[1:] == [("member+MODERATOR Story.postcode", 3)]
    told.ask(MODERATOR, "postcode")
    told.shadow.tell_all()
    assert told.lines[2:] == [("member+MODERATOR Story.postcode", 1)]


def test_a_row_that_would_be_there_is_a_difference() -> None:
    told = Told(SHOWS_REVIEWS)
    plan = Watched(live().plan(STAFF))
    plan.row("Story")
    told.shadow.count(told.shadow.differing(plan))
    assert told.lines == [("member+staff Story.id", 1)]


@pytest.mark.parametrize(
    "broken", ["grant(", 'grant(member: Membr, "read", story: Story, "id", "clear", "P06 x");', None]
)
def test_a_broken_candidate_is_logged_and_left_out(
    tmp_path: Path, broken: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[Any] = []
    monkeypatch.setattr(log, "shadow_refused", refused.append)
    folder = tmp_path / "policies"
    if broken is not None:
        folder.mkdir()
        for file, text in texts().items():
            (folder / file).write_text(text + (broken if file == "tag.polar" else ""))
    assert shadow_of(folder, live()) is None
    assert refused
    assert refused[0]


def test_without_a_folder_there_is_no_shadow() -> None:
    assert shadow_of(None, live()) is None
