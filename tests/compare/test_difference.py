"""What a change of the policies gives to whom, and what it takes away."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from models import PlatformRole
from policies.compare import Difference, differences, gains_private, revision
from policies.error import PolicyError
from policies.plan import FOLDER
from policies.viewer import Anonymous, Kind, Purpose, all_kinds
from schema.policy.difference import changes, show, who
from tests.compare.candidate import (
    FORGETS_AUTHORS,
    MASKS_EMAIL,
    OPENS_DEED,
    SHOWS_REVIEWS,
    UNMASKS,
    Edit,
    candidate,
    live,
    texts,
)

MODERATOR, STAFF, MEMBER = Kind("Member", (PlatformRole.MODERATOR,)), Kind("Member", staff=True), Kind("Member")
ANSWERING = Kind("Member", (PlatformRole.DPO,), purpose=Purpose.COMPLAINT)
FEW = (Anonymous().kind, MEMBER, STAFF, MODERATOR, ANSWERING)


def found(*edits: Edit, kind: Kind) -> dict[str, Difference]:
    """The differences for one kind of viewer, by the field and its mask."""
    return {f"{one.name} {one.mask}": one for one in differences(live(), candidate(*edits), [kind])}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('if story.status != "WITHDRAWN"',
         'if story.status in ["SUBMITTED", "IN_REVIEW", "PREVIEW", "PUBLISHED", "RESTRICTED", "REJECTED"]'),
        ('if story.status != "WITHDRAWN"', 'if not story.status = "WITHDRAWN"'),
        ('public(story: Story) if story.status in ["PUBLISHED", "RESTRICTED"];',
         'public(story: Story) if story.status = "RESTRICTED";\npublic(story: Story) if story.status = "PUBLISHED";'),
    ],
)  # fmt: skip
def test_another_wording_is_no_difference(before: str, after: str) -> None:
    """It compares what the rules mean, not their words."""
    assert differences(live(), candidate(("story.polar", before, after)), FEW) == []


def test_staff_who_see_stories_in_review_gain_private_fields() -> None:
    shown = found(SHOWS_REVIEWS, kind=STAFF)
    title = shown["Story.title clear"]
    assert title.private
    assert title.lost.is_false
    assert title.gained.text.startswith("row.status = 'IN_REVIEW' and ")
    assert "Story.author clear" not in shown
    # What is told of a story is told with it.
    assert "Response.body clear" in shown
    assert gains_private(shown.values())
    assert found(SHOWS_REVIEWS, kind=MODERATOR) == found(SHOWS_REVIEWS, kind=Anonymous().kind) == {}


def test_the_opposite_change_is_a_loss_and_no_gain() -> None:
    lost = differences(candidate(SHOWS_REVIEWS), live(), [STAFF])
    assert not gains_private(lost)
    assert {one.gained.text for one in lost} == {"never"}
    assert "Story.title" in {one.name for one in lost}


def test_a_mask_that_goes_is_a_gain() -> None:
    (one,) = found(UNMASKS, kind=MODERATOR).values()
    assert (one.name, one.mask, one.private) == ("Story.postcode", "clear", True)
    # Their own they saw before.
    assert "account_id" not in one.gained.text


def test_a_mask_that_comes_is_a_loss() -> None:
    (one,) = found(MASKS_EMAIL, kind=ANSWERING).values()
    assert (one.mask, one.gained.is_false, one.lost.is_false) == ("clear", True, False)
    assert not gains_private([one])


def test_a_field_that_is_forgotten_is_lost_to_its_author_alone() -> None:
    (one,) = found(FORGETS_AUTHORS, kind=MEMBER).values()
    assert (one.name, one.gained.is_false) == ("Story.postcode", True)
    assert one.lost.text == (
        "row.author_id = viewer.account_id and row.status in ('IN_REVIEW', 'PREVIEW', 'PUBLISHED', 'REJECTED', "
        "'RESTRICTED', 'SUBMITTED')"
    )


def test_a_deed_that_opens_is_told_and_is_no_field() -> None:
    (one,) = found(OPENS_DEED, kind=MEMBER).values()
    assert (one.name, one.private) == ("Story.withdraw()", False)
    assert "author_id" not in one.gained.text


def test_what_is_public_is_not_private() -> None:
    """A new field counts by what it will be, one that is known by what it was."""
    before = candidate(("area.polar", '"id", "code"', '"id"'))
    found = differences(before, live(), FEW)
    assert {one.name for one in found} == {"Area.code"}
    assert not gains_private(found)
    opened = candidate(("story.polar", 'public(story) and\n    field in [\n        "id"',
                        'public(story) and\n    field in [\n        "criticality", "id"'))  # fmt: skip
    assert gains_private(differences(live(), opened, [Anonymous().kind]))


def test_a_revision_that_is_none_is_refused(tmp_path: Path) -> None:
    for name in ("--upload-pack=x", "no-such-branch", str(tmp_path), "HEAD:policies"):
        with pytest.raises(PolicyError):
            revision(name)


def test_a_folder_and_a_revision_are_read(tmp_path: Path) -> None:
    for file, text in texts().items():
        (tmp_path / file).write_text(text)
    assert revision(str(tmp_path)).hash == revision(str(FOLDER)).hash == live().hash


def test_kinds_are_told_in_short() -> None:
    members = [kind for kind in all_kinds() if kind.name == "Member"]
    assert who(all_kinds()) == "everybody"
    assert who(members) == "everybody who is signed in"
    assert (
        who([MODERATOR, Kind("Member", (PlatformRole.MODERATOR,), staff=True)])
        == "member+MODERATOR, and one kind that is more"
    )
    assert who([STAFF, Anonymous().kind]) == "member+staff, anonymous"


def test_the_report_puts_together_what_belongs_together() -> None:
    """Private gains come first; no condition and no field is told twice to the same viewers."""
    made = changes(differences(live(), candidate(SHOWS_REVIEWS, FORGETS_AUTHORS), FEW))
    assert [change.private for change in made] == sorted((change.private for change in made), reverse=True)
    (text,) = (change for change in made if "title" in change.names)
    assert {"title", "body", "criticality", "id"} <= set(text.names)
    console = Console(width=200, record=True, file=StringIO())
    show(made, console)
    told = console.export_text()
    assert "gained, private Story: ageGroup authorRole body" in told
    assert "the story's status is IN_REVIEW" in told
    assert "lost            Story: postcode" in told
