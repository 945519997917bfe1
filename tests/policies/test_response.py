"""Who sees what of responses, replies and changes."""

import pytest

from models import MembershipRole
from models.response import ResponseStatus
from policies.viewer import Member
from tests.policies.decision import by_oso, by_plan, may
from tests.policies.people import ROLES, VIEWERS, settled, world
from tests.policies.table import Line, assert_decided, lines

FIELDS = "id,body,status,publishedAt,organisation,staffName,jobTitle,viewerCan,settlesAt,rejection"
CHANGE_FIELDS = "kind,description,organisation,publishedAt"

#        anon member author staff other mod safe abuse dpo admin
PUBLISHED = f"""
{FIELDS} Y    Y      Y      Y     Y     Y   Y    Y     Y   Y
account  ·    ·      ·      Y     ·     Y   ·    ·     ·   ·
"""
PENDING = f"""
{FIELDS} ·    ·      ·      Y     ·     Y   ·    ·     ·   ·
account  ·    ·      ·      Y     ·     Y   ·    ·     ·   ·
"""
PUBLISHED_CHANGE = f"{CHANGE_FIELDS} Y Y Y Y Y Y Y Y Y Y"
PENDING_CHANGE = f"{CHANGE_FIELDS} · · · Y · Y · · · ·"
DECISIONS = [(status, line) for status in ("PENDING", "REJECTED") for line in lines(PENDING)]
DECISIONS += [("PUBLISHED", line) for line in lines(PUBLISHED)]
CHANGES = [(status, line) for status in ("PENDING", "REJECTED") for line in lines(PENDING_CHANGE)]
CHANGES += [("PUBLISHED", line) for line in lines(PUBLISHED_CHANGE)]


@pytest.mark.parametrize(("status", "line"), DECISIONS, ids=lambda value: str(value))
def test_response(status: str, line: Line) -> None:
    assert_decided(line, "response", answer=status)


@pytest.mark.parametrize(("status", "line"), CHANGES, ids=lambda value: str(value))
def test_change(status: str, line: Line) -> None:
    assert_decided(line, "change", answer=status)


@pytest.mark.parametrize("line", list(lines("account · · · · · · · · · ·")), ids=str)
def test_p01_who_wrote_an_authors_reply_is_shown_to_nobody(line: Line) -> None:
    assert_decided(line, "reply")


@pytest.mark.parametrize("answer", ["PENDING", "REJECTED"])
@pytest.mark.parametrize("line", list(lines(f"{FIELDS} · · Y · · Y · · · ·")), ids=str)
def test_p10_a_reply_that_is_not_public_is_for_its_author_and_moderators(line: Line, answer: str) -> None:
    assert_decided(line, "reply", answer=answer)


MAY = {
    ("response", "edit"): {"PENDING": {"staff"}},
    ("response", "undo"): {"PENDING": {"staff"}},
    ("response", "reply"): {"PUBLISHED": {"author"}},
    ("response", "moderate"): {"PENDING": {"mod"}},
    ("reply", "edit"): {"PENDING": {"author"}},
    ("reply", "undo"): {"PENDING": {"author"}},
    ("reply", "reply"): {},
    ("reply", "moderate"): {"PENDING": {"mod"}},
}


@pytest.mark.parametrize("answer", list(ResponseStatus))
@pytest.mark.parametrize("case", MAY, ids=" ".join)
def test_what_may_be_done_with_a_response(case: tuple[str, str], answer: str) -> None:
    name, action = case
    row = getattr(settled(answer=answer), name)
    assert {viewer for viewer in VIEWERS if may(VIEWERS[viewer], action, row)} == MAY[case].get(answer, set())


@pytest.mark.parametrize("status", ["WITHDRAWN", "REJECTED", "SUBMITTED", "IN_REVIEW"])
def test_p10_nothing_is_said_or_decided_about_a_story_that_is_not_shown(status: str) -> None:
    for answer, name, action in (("PUBLISHED", "response", "reply"), ("PENDING", "response", "moderate")):
        row = getattr(settled(status, answer), name)
        assert not [viewer for viewer in VIEWERS if may(VIEWERS[viewer], action, row)]


@pytest.mark.parametrize("action", ["edit", "undo"])
def test_p08_a_manager_changes_what_the_organisation_wrote_and_a_reader_does_not(action: str) -> None:
    """P08: what their own staff wrote, themselves included, and nothing of an author's."""
    found, manager = world(answer="PENDING"), VIEWERS["reader"]
    (membership,) = (m for m in found.organisation.memberships if m.account_id == manager.account_id)
    assert not may(manager, action, found.response)
    membership.role = MembershipRole.MANAGER
    assert may(manager, action, found.response)
    assert not may(manager, action, found.reply)
    found.response.account_id = manager.account_id
    assert may(manager, action, found.response)
    membership.role = MembershipRole.READER
    assert not may(manager, action, found.response)


def test_p08_an_author_replies_in_a_preview_too() -> None:
    """P08: it is shown before publication to those whom it is about, and they may have responded."""
    row = settled("PREVIEW").response
    assert [viewer for viewer in VIEWERS if may(VIEWERS[viewer], "reply", row)] == ["author"]


@pytest.mark.parametrize("status", ["PREVIEW", "RESTRICTED"])
@pytest.mark.parametrize("name", ["response", "reply"])
def test_p10_moderators_decide_while_a_story_is_shown_to_anybody(name: str, status: str) -> None:
    row = getattr(settled(status, "PENDING"), name)
    assert [viewer for viewer in VIEWERS if may(VIEWERS[viewer], "moderate", row)] == ["mod"]


@pytest.mark.parametrize("name", ["response", "reply"])
def test_p10_nobody_moderates_what_they_wrote(name: str) -> None:
    row = getattr(settled(answer="PENDING"), name)
    assert not may(Member(row.account_id, frozenset([ROLES["mod"]])), "moderate", row)


@pytest.mark.parametrize("status", ["WITHDRAWN", "REJECTED", "SUBMITTED", "IN_REVIEW", "PREVIEW", "RESTRICTED"])
@pytest.mark.parametrize("name", ["response", "reply", "change"])
def test_a_response_is_hidden_with_its_story(status: str, name: str) -> None:
    row = getattr(world(status), name)
    field = "description" if name == "change" else "body"
    for viewer in ("anon", "member", "other", "abuse", "dpo", "admin"):
        assert by_oso(VIEWERS[viewer], row, field) == by_plan(VIEWERS[viewer], row, field) == "·", viewer
    hidden = status == "WITHDRAWN"
    for viewer in ("author", "mod", "safe"):
        expected = "·" if hidden else "Y"
        assert by_oso(VIEWERS[viewer], row, field) == by_plan(VIEWERS[viewer], row, field) == expected, viewer
