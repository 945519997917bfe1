"""What people have by their rights, asked by everybody for everybody: both executors say the same."""

from typing import Any

import pytest

from models import Account, Alert, AuditEvent, Complaint, DataExport, Disclosure, Session
from policies.viewer import Member
from tests.reference.proof import Proof

SESSION = "... on Session { createdAt expiresAt client secondFactor current }"
COPY = "... on DataExport { status requestedAt readyAt expiresAt fetchedAt size url }"
COMPLAINT = """... on Complaint { number kind email body receivedAt acknowledgedAt dueAt extendedAt extensionReason overdue
    answeredAt outcome viewerCan { answer extend } }"""
ALERT = """... on Alert { name frequency createdAt search service { id } organisation { id } area { code } tag { label }
    region ageGroup authorRole progress routing criticalityFrom criticalityTo }"""
ACCOUNT = f"""... on Account {{ secondFactor pendingEmail sessions {{ id {SESSION} }} corrections {{ field correctedAt }}
    dataExports {{ id {COPY} }} complaints {{ id {COMPLAINT} }} alerts {{ id {ALERT} }}
    accessLog(first: 50) {{ totalCount nodes {{ happenedAt roles organisation {{ id name }} fields purpose reasons }} }} }}"""
EVENT = """... on AuditEvent { kind happenedAt accountId personId roles organisation { id name } purpose reference subject
    fields reasons rules request disclosureId count }"""
FILE = """... on Disclosure { number status story { id title author { id email } postcode ipAddress criticality } fields
    account { id createdAt penName email postcode ipAddresses { address } readingHistory { nodes { readAt } }
        similarExperiences { totalCount } }
    recipient { id } grounds requestedAt wantedUntil approvedAt expiresAt revokedAt withheldUntil withheldReason reviewDueAt
    overdue reviewedAt outcome note viewerCan { approve revoke review withhold } }"""
KINDS = {
    AuditEvent: EVENT, Account: ACCOUNT, Session: SESSION, DataExport: COPY, Complaint: COMPLAINT, Alert: ALERT,
    Disclosure: FILE,
}  # fmt: skip
DISCLOSED = ("waiting: true", "active: true", "toReview: true", "overdue: true", "active: false, overdue: false")
LOGGED = (
    "", '(filter: {kind: READ, purpose: "abuse"})', '(filter: {kind: DENIED})', '(filter: {personId: "Account:%"})',
    '(filter: {accountId: "Account:%", field: "Account.email"})', '(filter: {reference: "x", disclosureId: null})',
    '(filter: {happenedFrom: "2026-03-30T00:00:00Z", happenedTo: "2026-04-01T00:00:00Z"})',
)  # fmt: skip
FILTERS = (
    "", "(filter: {open: true})", "(filter: {open: false, overdue: false})", "(filter: {overdue: true})",
    "(filter: {kind: ERASURE, open: null})",
)  # fmt: skip


@pytest.mark.parametrize("model", KINDS)
@pytest.mark.parametrize("denied_null", [False, True])
async def test_rows_of_others_and_ones_own(in_small: Proof, model: Any, denied_null: bool) -> None:
    ids = [f"{model.__name__}:{row.id}" for row in in_small.world.all(model)]
    for start in range(0, len(ids), 40):
        quoted = str(ids[start : start + 40]).replace("'", '"')
        document = f"{{ nodes(ids: {quoted}) {{ id {KINDS[model]} }} }}"
        for viewer in in_small.viewers[denied_null::2]:
            assert await in_small.differences(document, {}, viewer, denied_null) == [], str(viewer.kind)


@pytest.mark.parametrize("given", FILTERS)
async def test_complaints_by_every_filter(in_small: Proof, given: str) -> None:
    document = f"{{ complaints{given} {{ totalCount nodes {{ id {COMPLAINT} }} }} }}"
    for viewer in in_small.viewers:
        assert await in_small.differences(document, {}, viewer) == [], str(viewer.kind)


@pytest.mark.parametrize("given", ["", *(f"(filter: {{{one}}})" for one in DISCLOSED)])
async def test_p09_disclosures_by_every_filter(in_small: Proof, given: str) -> None:
    """P09: a recipient reads what is disclosed, and filters by nothing of the review."""
    document = f"{{ disclosures{given} {{ totalCount nodes {{ id {FILE} }} }} }}"
    for viewer in in_small.viewers:
        assert await in_small.differences(document, {}, viewer) == [], str(viewer.kind)
    assert any(viewer.kind.recipient for viewer in in_small.viewers)


@pytest.mark.parametrize("given", LOGGED)
async def test_audit_events_by_every_filter(in_small: Proof, given: str) -> None:
    person = next(e.person_id for e in in_small.world.all(AuditEvent) if e.person_id)
    document = f"{{ auditEvents{given.replace('%', str(person))} {{ totalCount nodes {{ id {EVENT} }} }} }}"
    for viewer in in_small.viewers:
        assert await in_small.differences(document, {}, viewer) == [], str(viewer.kind)


async def test_ones_own_account(in_small: Proof) -> None:
    for viewer in in_small.viewers:
        document = f"{{ viewer {{ account {{ id {ACCOUNT} }} }} }}"
        assert await in_small.differences(document, {}, viewer) == [], str(viewer.kind)


async def test_the_world_has_of_everything(in_small: Proof) -> None:
    answers = [
        (await in_small.planned(f"{{ viewer {{ account {{ id {ACCOUNT} }} }} }}", {}, viewer))["data"]["viewer"][
            "account"
        ]
        for viewer in in_small.viewers
        if isinstance(viewer, Member)
    ]
    for field in ("sessions", "corrections", "dataExports", "complaints"):
        assert {bool(answer[field]) for answer in answers} == {True, False}, field
    assert {answer["secondFactor"] for answer in answers} == {True, False}
    assert None in {answer["pendingEmail"] for answer in answers} != {None}
    assert any(session["current"] for answer in answers for session in answer["sessions"])
    assert {bool(copy["url"]) for answer in answers for copy in answer["dataExports"]} == {True, False}
    complaints = in_small.world.all(Complaint)
    assert any(row.account_id is None for row in complaints)
    assert {(bool(row.answered_at), bool(row.extended_at)) for row in complaints} >= {(True, False), (False, True)}
