"""Canaries: no answer, header, log line or audit entry holds a private value for somebody who may not see it.

Every value that is private in the demo world is known to the tests, with its row. Each viewer asks everything; what
they meet must be exactly what the access table gives them: a value more is a leak, a value less a weak question.
`CANDOUR_PROVE=1` asks one level deeper, and for more rows one by one.
"""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from models.database.connection import Connection
from models.disclosure import DISCLOSABLE
from policies.mask import outward
from tests.leaks.answer import Haystack, Heard
from tests.leaks.battery import Battery
from tests.leaks.conftest import Logged, Site
from tests.leaks.facts import Canary, Facts
from tests.leaks.sight import SIGHT, Person, moderator

VIEWERS = (
    ("", ""), ("member", ""), ("author", ""), ("staff", ""), ("manager", ""), ("other", ""), ("commissioner", ""),
    ("police", ""), ("moderator", ""), ("safeguarding", ""), ("safeguarding", "safeguarding"), ("abuse", ""),
    ("abuse", "abuse"), ("dpo", ""), ("dpo", "rights-request"), ("dpo", "complaint"), ("admin", ""),
)  # fmt: skip
UNIQUE = ("Account.email", "Account.postcode", "Account.ipAddresses", "Story.postcode", "Story.ipAddress", "Account")
FEW = (
    "Account.pendingEmail", "Account.corrections", "AuditEvent.happenedAt", "Session.client", "DataExport.url",
    "Complaint.email", "Complaint.body",
)  # fmt: skip
EVENTS = "select id, kind, account_id::text, purpose, subject, fields, audit_event::text as whole from audit_event"


def _shown(found: list[Canary]) -> list[str]:
    """Where canaries live, without what they say."""
    return sorted(f"{canary.field} of {canary.row.identity}" for canary in found)


def _beyond_sight(heard: Heard, person: Person, facts: Facts) -> list[str]:
    """Rows, and fields of rows, that were told and are not for this person."""
    found = []
    for row, type_name, values in (
        (facts.rows[i], heard.types[i], v) for i, v in heard.rows.items() if i in facts.rows
    ):
        for field in (type_name, *(f"{type_name}.{name}" for name in values)):
            if (
                field in SIGHT
                and not SIGHT[field](person, row)
                and not _masked(field, row.identity, values, facts, person)
            ):
                found.append(f"{field} of {row.identity}")
    return found


def _masked(field: str, identity: str, values: dict[str, Any], facts: Facts, person: Person) -> bool:
    """Whether it is the first half of a postcode, for a moderator."""
    known = (c.value for c in facts.canaries if c.field == field == "Story.postcode" and c.row.identity == identity)
    return moderator(person, facts.rows[identity]) and any(values["postcode"] == outward(value) for value in known)


@pytest.mark.parametrize("field", [*UNIQUE, *FEW])
def test_private_values_of_a_kind_are_alike_nowhere(facts: Facts, field: str) -> None:
    values = Counter(canary.value for canary in facts.canaries if canary.field == field)
    assert len(values) > (3 if field in FEW else 100)
    assert [value for value, number in values.items() if number > 1] == []


@pytest.mark.parametrize(("name", "purpose"), VIEWERS)
async def test_nobody_meets_what_is_not_theirs_to_see(
    site: Site,
    facts: Facts,
    rows: Connection,
    logged: Logged,
    capfd: pytest.CaptureFixture[str],
    name: str,
    purpose: str,
) -> None:
    person = replace(facts.people[name], purpose=purpose)
    last = await rows.fetchval("select coalesce(max(id), 0) from audit_event")
    heard = await Battery(site, facts, name, purpose).fire()
    holding = heard.holding()
    met = [canary for canary in facts.canaries if canary.value in holding]
    allowed = [canary for canary in facts.canaries if canary.may_be_met_by(person)]
    assert _shown([canary for canary in met if canary not in allowed]) == []
    assert _beyond_sight(heard, person, facts) == []
    assert heard.wrong_pages == []
    assert _shown([canary for canary in allowed if canary not in met and not _logged_only(canary, person)]) == []
    printed = capfd.readouterr()
    text = Haystack(logged.text + printed.out + printed.err)
    assert text.text.count('"event":"request"') > 100
    assert _shown([canary for canary in facts.canaries if canary.value in text]) == []
    _check_events(await rows.fetch(f"{EVENTS} where id > $1", last), met, person)


def _logged_only(canary: Canary, person: Person) -> bool:
    """Whether somebody may meet the id of an account only as that of who did something, if they did."""
    row = replace(canary.row, acts=False)
    return canary.row.acts and not replace(canary, row=row).may_be_met_by(person)


def _check_events(events: list[Any], met: list[Canary], person: Person) -> None:
    """All that only the purpose opened is on the audit log, which names rows and never holds a value."""
    whole = Haystack("\n".join(event["whole"] for event in events))
    # Visitors' attempts are counted for a while before they are written.
    assert not person.account or any(event["kind"] == "DENIED" for event in events)
    events = [event for event in events if event["kind"] == "READ"]
    assert bool(events) == bool(person.purpose or person.recipient)
    assert {(event["account_id"], event["purpose"] or "") for event in events} <= {(person.account, person.purpose)}
    assert _shown([canary for canary in met if canary.field != "Account" and canary.value in whole]) == []
    without = replace(person, purpose="", recipient=False)
    opened = {(c.row.identity, c.field) for c in met if "." in c.field and not c.may_be_met_by(without)}
    # With a story that is told comes its text, which a disclosure does not name.
    opened = {(row, field) for row, field in opened if field in DISCLOSABLE or not person.recipient}
    assert opened <= {(event["subject"], field) for event in events for field in event["fields"]}
