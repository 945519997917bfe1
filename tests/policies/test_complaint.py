"""Who sees what of a complaint or request, and who answers it."""

import pytest

from policies.viewer import Anonymous, Member, Viewer
from tests.policies.decision import by_oso, by_plan, may
from tests.policies.people import VIEWERS, access_log_entry, identity, with_purpose, world
from tests.policies.table import Line, assert_decided, lines

FIELDS = "id,number,kind,body,receivedAt,acknowledgedAt,dueAt,extendedAt,extensionReason,overdue,answeredAt,outcome,viewerCan"
#               anon member author staff other mod safe abuse dpo admin
OWN = f"""
email            ·    ·      Y      ·     ·     ·   ·    ·     p   ·
{FIELDS}         ·    ·      Y      ·     ·     ·   ·    ·     Y   ·
"""
NOBODYS = f"""
email            ·    ·      ·      ·     ·     ·   ·    ·     p   ·
{FIELDS}         ·    ·      ·      ·     ·     ·   ·    ·     Y   ·
"""
TABLES = {"complaint": OWN, "extended": OWN, "answered": OWN, "stranger": NOBODYS}
DECISIONS = [(name, line) for name, table in TABLES.items() for line in lines(table)]


@pytest.mark.parametrize(("name", "line"), DECISIONS, ids=lambda value: str(value))
def test_complaint(name: str, line: Line) -> None:
    """P19: for whoever complained and the data protection officer; P01: the email only with a purpose."""
    assert_decided(line, name)


@pytest.mark.parametrize(
    ("name", "answer", "extend"),
    [("answered", False, False), ("extended", True, False), ("complaint", True, True), ("stranger", True, True)],
)
def test_p19_only_the_data_protection_officer_answers_once_and_extends_once(
    name: str, answer: bool, extend: bool
) -> None:
    """P19: a purpose makes no difference, as nothing private is read."""
    complaint = getattr(world(), name)
    for column in VIEWERS:
        for viewer in {VIEWERS[column], *with_purpose(column)}:
            dpo = column == "dpo"
            assert may(viewer, "answer", complaint) == (dpo and answer), column
            assert may(viewer, "extend", complaint) == (dpo and extend), column


@pytest.mark.parametrize("viewer", [Anonymous(), Member(identity(1)), VIEWERS["author"], *VIEWERS.values()])
def test_p14_a_reading_of_nobodys_data_is_on_nobodys_log(viewer: Viewer) -> None:
    """P14: an author who is erased leaves entries that name no person."""
    entry = access_log_entry(1, None)
    assert by_oso(viewer, entry, "fields") == by_plan(viewer, entry, "fields") == "·"
