"""Who sees how a story was moderated, and what was sent before."""

import pytest

from tests.policies.table import Line, assert_decided, lines

#                            anon member author staff other mod safe abuse dpo admin
LOG = "action,doneAt,note    ·    ·      Y      ·     ·     Y   Y    ·     Y   ·"
LOG_IN_REVIEW = "action,doneAt,note · · Y · · Y Y · · ·"
ORIGINAL = "title,body,purgeAfter · · Y · · Y Y · · ·"
NOBODY = "action,doneAt,note · · · · · · · · · ·"
NOTHING = "title,body,purgeAfter · · · · · · · · · ·"
ENTRIES = {
    "WITHDRAWN": NOBODY,
    "REJECTED": LOG_IN_REVIEW,
    "PREVIEW": LOG_IN_REVIEW,
    "RESTRICTED": LOG,
    "PUBLISHED": LOG,
}
ORIGINALS = {"WITHDRAWN": NOTHING, "IN_REVIEW": ORIGINAL, "RESTRICTED": ORIGINAL, "PUBLISHED": ORIGINAL}


@pytest.mark.parametrize(
    ("status", "line"), [(s, line) for s, table in ENTRIES.items() for line in lines(table)], ids=lambda v: str(v)
)
def test_moderation_log(status: str, line: Line) -> None:
    assert_decided(line, "entry", status)


@pytest.mark.parametrize(
    ("status", "line"), [(s, line) for s, table in ORIGINALS.items() for line in lines(table)], ids=lambda v: str(v)
)
def test_p11_original(status: str, line: Line) -> None:
    """P11: the original is for its author and those who moderate."""
    assert_decided(line, "original", status)
