"""Who sees what of responses, replies and changes."""

import pytest

from tests.policies.people import VIEWERS, by_oso, by_plan, world
from tests.policies.table import Line, assert_decided, lines

FIELDS = "id,body,status,publishedAt,organisation,staffName,jobTitle"
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


@pytest.mark.parametrize("line", list(lines("id,body · · · · · Y · · · ·")), ids=str)
def test_p10_a_pending_reply_is_for_moderators(line: Line) -> None:
    assert_decided(line, "reply", answer="PENDING")


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
