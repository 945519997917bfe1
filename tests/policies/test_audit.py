"""Who sees what of the audit log."""

from typing import Any

import pytest

from models import AuditKind
from policies.viewer import Anonymous, System
from tests.policies import people
from tests.policies.decision import by_oso, by_plan
from tests.policies.people import COLUMNS, VIEWERS, access_log_entry, identity, with_purpose, world
from tests.policies.table import Line, assert_decided, lines

FIELDS = "happenedAt,roles,organisation,fields,purpose,reasons"
#        anon member author staff other mod safe abuse dpo admin recip
EVENT = f"""
id,kind,accountId,{FIELDS},reference ·  ·  ·  ·  ·  ·  ·  ·  Y  ·  ·
subject,rules,request,disclosureId,count ·  ·  ·  ·  ·  ·  ·  ·  Y  ·  ·
personId                             ·  ·  ·  ·  ·  ·  ·  ·  p  ·  ·
"""
OTHER_KINDS = [kind for kind in AuditKind if kind != AuditKind.READ]


@pytest.mark.parametrize("line", list(lines(EVENT, [*COLUMNS, "recip"])), ids=str)
def test_an_event_is_for_the_data_protection_officer(line: Line) -> None:
    """P14: whose data it was only with a purpose, for a request of that person; for nobody else, its person included."""
    assert_decided(line, "event")


def seen(entry: Any, field: str = "fields") -> set[str]:
    """Who sees a field of an entry, without and with a purpose; Oso and the plan have to agree."""
    found: set[str] = set()
    for name, viewer in VIEWERS.items():
        for one in {viewer, *(with_purpose(name) if name in COLUMNS else ())}:
            shown = by_oso(one, entry, field)
            assert by_plan(one, entry, field) == shown, name
            found |= {f"{name}+purpose" if one != viewer else name} if shown == "Y" else set()
    for viewer in (Anonymous(), System()):
        assert by_oso(viewer, entry, field) == by_plan(viewer, entry, field) == "·"
    return found


@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_what_is_no_reading_is_on_nobodys_access_log(kind: AuditKind) -> None:
    assert seen(access_log_entry(1, identity(2), kind=kind)) == set()


def test_a_reading_that_is_nobodys_is_shown_to_the_officer_alone() -> None:
    assert seen(access_log_entry(1, None)) == {"dpo+purpose"}


def test_p09_what_was_read_under_a_disclosure_shows_when_the_disclosure_does() -> None:
    """P09: while its person must not know of the disclosure, they don't learn of it from the log either."""
    disclosure = world().disclosure
    entry = access_log_entry(1, identity(2), told=disclosure)
    people.state(disclosure, shown=False)
    assert seen(entry) == {"dpo+purpose"}
    people.state(disclosure, shown=True)
    assert seen(entry) == {"author", "dpo+purpose"}
