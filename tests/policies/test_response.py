"""Who sees what of responses, replies and changes."""

import pytest

from tests.policies.people import VIEWERS, by_oso, by_plan, world
from tests.policies.table import Cell, assert_decided, cells

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
DECISIONS = [(status, cell) for status in ("PENDING", "REJECTED") for cell in cells(PENDING)]
DECISIONS += [("PUBLISHED", cell) for cell in cells(PUBLISHED)]
CHANGES = [(status, cell) for status in ("PENDING", "REJECTED") for cell in cells(f"{CHANGE_FIELDS} · · · Y · Y · · · ·")]
CHANGES += [("PUBLISHED", cell) for cell in cells(f"{CHANGE_FIELDS} Y Y Y Y Y Y Y Y Y Y")]


@pytest.mark.parametrize(("status", "cell"), DECISIONS, ids=lambda value: str(value))
def test_response(status: str, cell: Cell) -> None:
    assert_decided(cell, "response", answer=status)


@pytest.mark.parametrize(("status", "cell"), CHANGES, ids=lambda value: str(value))
def test_change(status: str, cell: Cell) -> None:
    assert_decided(cell, "change", answer=status)


@pytest.mark.parametrize("cell", cells("account · · · · · · · · · ·"), ids=str)
def test_p01_who_wrote_an_authors_reply_is_shown_to_nobody(cell: Cell) -> None:
    assert_decided(cell, "reply")


@pytest.mark.parametrize("cell", cells("id,body · · · · · Y · · · ·"), ids=str)
def test_p10_a_pending_reply_is_for_moderators(cell: Cell) -> None:
    assert_decided(cell, "reply", answer="PENDING")


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
