"""Who sees what of a disclosure, what it opens to whom, and who decides about it."""

from datetime import timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest

from models import MembershipRole, PlatformRole
from models.disclosure import DISCLOSABLE
from policies.viewer import Anonymous, Member, Purpose, Viewer
from tests.policies import people
from tests.policies.decision import by_oso, by_plan, may
from tests.policies.people import COLUMNS, NOON, VIEWERS, identity, world
from tests.policies.table import Line, assert_decided, lines

FILE = "id,number,status,story,account,fields,recipient,grounds,requestedAt,wantedUntil,approvedAt,expiresAt,revokedAt"
REVIEW = "withheldUntil,withheldReason,reviewDueAt,overdue,reviewedAt,outcome,note"
#                      anon member author staff other mod safe abuse dpo admin recip
TABLE = f"""
{FILE},viewerCan       ·    ·      Y      ·     ·     ·   Y    ·     Y   ·     Y
{REVIEW}               ·    ·      Y      ·     ·     ·   Y    ·     Y   ·     ·
"""
ROW = "id,number,status,region,url,restriction,publishedAt,services,similarExperienceCount,markedSimilar,viewerCan"
TEXT = "title,body,tags,responses,responseCount,ageGroup,authorRole,penName,progress,changes"
TOLD = "criticality,submittedAt,routedAreas,routing"
NEVER = "original,moderationLog,identifying,assignedToMe,assignedAt,moderationDueAt"
NAMED = "author,postcode,ipAddress"
STORY = f"""
{ROW},{TEXT},{TOLD} Y
{NAMED}             d
{NEVER}             ·
"""
GONE = f"""
{ROW},{TEXT},{TOLD},{NAMED},{NEVER} ·
"""
ACCOUNT = """
id,createdAt,penName,email,postcode,ipAddresses,readingHistory,similarExperiences d
demographics,consents,disclosures,accessLog,memberships,roles,stories,sessions    ·
secondFactor,pendingEmail,corrections,dataExports,complaints,alerts,mailPreferences ·
"""
BY = {"used": "Account.ipAddresses", "reading": "Account.readingHistory"}
"""What a disclosure names to open rows that hang on an account."""
OPENED: dict[tuple[str, str], str] = {
    ("story", "SUBMITTED"): STORY,
    ("story", "IN_REVIEW"): STORY,
    ("story", "PREVIEW"): STORY,
    ("story", "PUBLISHED"): STORY,
    ("story", "RESTRICTED"): STORY,
    ("story", "REJECTED"): GONE,
    ("story", "WITHDRAWN"): GONE,
    ("account", "PUBLISHED"): ACCOUNT,
    ("account", "WITHDRAWN"): ACCOUNT,
    ("used", "PUBLISHED"): "address,usedAt,use d",
    ("reading", "PUBLISHED"): "readAt,story d",
    ("demographics", "PUBLISHED"): "gender,birthYear,ethnicGroup,limitedByCondition ·",
    ("consent", "PUBLISHED"): "purpose,granted,givenAt,noticeVersion,givenBy ·",
    ("original", "PUBLISHED"): "title,body,purgeAfter ·",
    ("entry", "PUBLISHED"): "action,doneAt,note ·",
    ("colleague", "PUBLISHED"): "id,createdAt,penName,email,postcode ·",
}
OPENS = [(name, status, line) for (name, status), table in OPENED.items() for line in lines(table, ["recip"])]
RECIPIENT = VIEWERS["recip"]


def told(status: str = "PUBLISHED", fields: Any = DISCLOSABLE, **more: Any) -> SimpleNamespace:
    """A world in which the only disclosure is one of these fields."""
    found = world(status)
    found.story.disclosures = []
    found.account.disclosures = []
    found.disclosure = people.disclosure(found.story, people._account(7), fields, **more)
    return found


@cache
def settled(status: str, fields: tuple[str, ...] | None) -> SimpleNamespace:
    """The same world each time, with a disclosure of these fields or without any, for tests that change nothing in it."""
    if fields is not None:
        return told(status, fields)
    found = world(status)
    found.story.disclosures = found.account.disclosures = []
    return found


def sees(viewer: Viewer, row: object, field: str) -> str:
    """How a field is shown; Oso and the plan have to agree."""
    oso = by_oso(viewer, row, field)
    assert by_plan(viewer, row, field) == oso, (viewer, field)
    return oso


@pytest.mark.parametrize("line", list(lines(TABLE, [*COLUMNS, "recip"])), ids=str)
def test_a_file(line: Line) -> None:
    """P09: for those who decide, the recipient while it is active, and its person (P14)."""
    assert_decided(line, "disclosure")


def test_p14_of_an_account_the_list_is_for_its_person_and_the_officer_with_a_purpose() -> None:
    for line in lines("disclosures · · Y · · · · · p · ·", [*COLUMNS, "recip"]):
        assert_decided(line, "account")


@pytest.mark.parametrize(("name", "status", "line"), OPENS, ids=lambda value: str(value))
def test_what_a_disclosure_opens(name: str, status: str, line: Line) -> None:
    """P09: `Y` by any disclosure of the story, `d` only by one that names this field, `·` by none."""
    (decision,) = line.decisions.values()
    full, without = (getattr(settled(status, fields), name) for fields in (DISCLOSABLE, None))
    this = BY.get(name, f"{type(full).__name__}.{line.field}")
    id_ = {} if name != "account" else {"Account.id"}
    naming = getattr(settled(status, tuple(sorted({this, *id_}))), name) if this in DISCLOSABLE else None
    others = getattr(settled(status, tuple(f for f in DISCLOSABLE if f != this)), name)
    assert sees(RECIPIENT, full, line.field) == {"d": "Y"}.get(decision, decision)
    assert sees(RECIPIENT, others, line.field) == {"d": "·"}.get(decision, decision)
    if naming is not None:
        assert sees(RECIPIENT, naming, line.field) == {"d": "Y"}.get(decision, decision)
    # Nobody but the recipient gains anything: it is as if nothing was disclosed.
    for column in ("anon", "member", "staff", "other", "mod", "admin"):
        assert sees(VIEWERS[column], full, line.field) == sees(VIEWERS[column], without, line.field)


@pytest.mark.parametrize("field", [f for f in DISCLOSABLE if f.startswith("Account.") and f != "Account.id"])
def test_without_the_handle_there_is_no_account(field: str) -> None:
    found = told(fields=[field])
    assert sees(RECIPIENT, found.account, field.partition(".")[2]) == "·"


@pytest.mark.parametrize("over", [{"active": False}, {"active": False, "waiting": True}], ids=["over", "not approved"])
def test_p09_nothing_is_open_before_and_after(over: dict[str, bool]) -> None:
    found = told("RESTRICTED")
    people.state(found.disclosure, **over)
    for row, fields in ((found.story, f"{TEXT},{TOLD},{NAMED}"), (found.account, "id,email"), (found.disclosure, FILE)):
        for field in fields.split(","):
            assert sees(RECIPIENT, row, field) == "·", field


@pytest.mark.parametrize("role", [MembershipRole.READER, MembershipRole.RESPONDER])
def test_p09_only_managers_are_told(role: MembershipRole) -> None:
    found = told("RESTRICTED")
    (membership,) = found.disclosure.organisation.memberships
    membership.role = role
    assert {sees(RECIPIENT, found.story, f) for f in f"{TEXT},{TOLD},{NAMED}".split(",")} == {"·"}
    assert sees(RECIPIENT, found.account, "id") == sees(RECIPIENT, found.disclosure, "id") == "·"


def test_p09_nobody_else_is_told() -> None:
    """Not a manager elsewhere, not by a role, nor without the session saying that something is disclosed."""
    found = told("RESTRICTED")
    outsiders = [
        Anonymous(),
        Member(identity(4), staff=True, recipient=True),
        Member(identity(7), staff=True),
        *(Member(identity(30), frozenset([role]), staff=True, recipient=True) for role in PlatformRole),
    ]
    for viewer in outsiders:
        assert sees(viewer, found.story, "author") == sees(viewer, found.account, "email") == "·", viewer


def test_p09_a_disclosure_is_of_one_person_and_one_story() -> None:
    found, other = told("RESTRICTED"), world("RESTRICTED")
    other.story.disclosures = other.account.disclosures = []
    assert sees(RECIPIENT, found.story, "author") == sees(RECIPIENT, found.account, "email") == "Y"
    assert sees(RECIPIENT, other.story, "author") == sees(RECIPIENT, other.story, "body") == "·"
    assert sees(RECIPIENT, other.account, "email") == "·"


def test_of_an_account_alone_no_story_is_told() -> None:
    found = told("RESTRICTED")
    found.disclosure.story = found.disclosure.story_id = None
    assert sees(RECIPIENT, found.account, "email") == "Y"
    assert sees(RECIPIENT, found.story, "author") == sees(RECIPIENT, found.story, "body") == "·"


def test_p14_what_is_withheld_its_person_does_not_see() -> None:
    found = told()
    people.state(found.disclosure, shown=False)
    for field in f"{FILE},{REVIEW}".split(","):
        assert sees(VIEWERS["author"], found.disclosure, field) == "·", field
    assert sees(VIEWERS["safe"], found.disclosure, "grounds") == "Y"


def test_p14_who_manages_the_recipient_reads_no_withheld_file_about_themselves() -> None:
    found = told()
    people.state(found.disclosure, shown=False)
    (membership,) = found.disclosure.organisation.memberships
    own = Member(found.account.id, staff=True, recipient=True)
    assert sees(own, found.disclosure, "id") == "·"
    membership.account_id = own.account_id
    assert sees(own, found.disclosure, "id") == "·"
    people.state(found.disclosure, shown=True)
    assert sees(own, found.disclosure, "grounds") == "Y"


@pytest.mark.parametrize("role", [PlatformRole.SAFEGUARDING, PlatformRole.DPO])
def test_nobody_reads_or_decides_about_a_disclosure_of_their_own_data(role: PlatformRole) -> None:
    """P14: not by their role; what is not withheld they see as its person."""
    found = told()
    people.state(found.disclosure, shown=False, waiting=True)
    own = Member(found.account.id, frozenset([role]))
    assert sees(own, found.disclosure, "id") == "·"
    assert {
        action for action in ("approve", "revoke", "review", "withhold") if may(own, action, found.disclosure)
    } == set()


STATES: dict[str, tuple[dict[str, bool], dict[str, Any]]] = {
    "waiting": ({"waiting": True, "active": False}, {"approved_at": None, "approved_by": None, "expires_at": None}),
    "lapsed": ({"waiting": False, "active": False}, {"approved_at": None, "approved_by": None, "expires_at": None}),
    "active": ({"waiting": False, "active": True}, {}),
    "over": ({"waiting": False, "active": False}, {}),
    "reviewed": ({"waiting": False, "active": False}, {"reviewed_at": NOON + timedelta(days=1)}),
}
DECIDES = {
    "approve": {"safe": {"waiting"}},
    "revoke": {"safe": {"waiting", "active"}, "dpo": {"waiting", "active"}},
    "review": {"dpo": {"active", "over"}},
    "withhold": {"dpo": set(STATES)},
}


@pytest.mark.parametrize("name", STATES)
@pytest.mark.parametrize("action", DECIDES)
def test_p09_who_decides(action: str, name: str) -> None:
    known, values = STATES[name]
    found = told(**values)
    people.state(found.disclosure, **known)
    expected = {column for column, states in DECIDES[action].items() if name in states}
    assert {column for column, viewer in VIEWERS.items() if may(viewer, action, found.disclosure)} == expected


def test_p09_whoever_asked_does_not_approve() -> None:
    """P09: nor anybody where nobody knows any more who asked, or about whom."""
    found = told(**STATES["waiting"][1])
    people.state(found.disclosure, **STATES["waiting"][0])
    safe = VIEWERS["safe"]
    assert isinstance(safe, Member)
    assert may(safe, "approve", found.disclosure)
    found.disclosure.requested_by = safe.account_id
    assert not may(safe, "approve", found.disclosure)
    assert not may(Member(safe.account_id, safe.roles, purpose=Purpose.SAFEGUARDING), "approve", found.disclosure)
    assert may(safe, "revoke", found.disclosure)
    found.disclosure.requested_by = None
    assert not may(safe, "approve", found.disclosure)
    found.disclosure.requested_by, found.disclosure.account_id = identity(21), None
    assert not may(safe, "approve", found.disclosure)
