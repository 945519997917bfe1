"""Who sees how a story was moderated, and what was sent before."""

import pytest

from tests.policies.table import Cell, assert_decided, cells

#                            anon member author staff other mod safe abuse dpo admin
LOG = "action,doneAt,note    ·    ·      Y      ·     ·     Y   Y    ·     Y   ·"
LOG_IN_REVIEW = "action,doneAt,note · · Y · · Y Y · · ·"
ORIGINAL = "title,body,purgeAfter · · Y · · Y Y · · ·"
NOBODY = "action,doneAt,note · · · · · · · · · ·"
NOTHING = "title,body,purgeAfter · · · · · · · · · ·"
ENTRIES = {"WITHDRAWN": NOBODY, "REJECTED": LOG_IN_REVIEW, "PREVIEW": LOG_IN_REVIEW, "RESTRICTED": LOG, "PUBLISHED": LOG}
ORIGINALS = {"WITHDRAWN": NOTHING, "IN_REVIEW": ORIGINAL, "RESTRICTED": ORIGINAL, "PUBLISHED": ORIGINAL}


@pytest.mark.parametrize(
    ("status", "cell"), [(s, cell) for s, table in ENTRIES.items() for cell in cells(table)], ids=lambda v: str(v)
)
def test_moderation_log(status: str, cell: Cell) -> None:
    assert_decided(cell, "entry", status)


@pytest.mark.parametrize(
    ("status", "cell"), [(s, cell) for s, table in ORIGINALS.items() for cell in cells(table)], ids=lambda v: str(v)
)
def test_p11_original(status: str, cell: Cell) -> None:
    assert_decided(cell, "original", status)
