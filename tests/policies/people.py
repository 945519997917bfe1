"""A small world in memory: one story, everybody who could look at it, and everything that belongs to them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy.orm.attributes import set_attribute, set_committed_value

from models import (
    AccessLogEntry,
    Account,
    AgeGroup,
    Alert,
    AlertFrequency,
    Area,
    AreaKind,
    AuditEvent,
    AuditKind,
    AuthorRole,
    Change,
    ChangeKind,
    Complaint,
    ComplaintKind,
    Consent,
    ConsentPurpose,
    Correction,
    DataExport,
    Demographics,
    Disclosure,
    IpAddressUse,
    Membership,
    MembershipRole,
    ModerationAction,
    ModerationEntry,
    Organisation,
    OrganisationKind,
    PlatformRole,
    Reading,
    Region,
    Response,
    ResponseStatus,
    Service,
    Session,
    Story,
    StoryOriginal,
    StoryProgress,
    StoryStatus,
)
from models.disclosure import DISCLOSABLE
from policies.plan import Policies
from policies.viewer import Anonymous, Member, Purpose, Viewer

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)
HIDDEN, CLEAR = "·", "Y"
ROLES = {
    "mod": PlatformRole.MODERATOR,
    "safe": PlatformRole.SAFEGUARDING,
    "abuse": PlatformRole.ABUSE,
    "dpo": PlatformRole.DPO,
    "admin": PlatformRole.ADMIN,
}
PURPOSES = {
    "safe": (Purpose.SAFEGUARDING,),
    "abuse": (Purpose.ABUSE,),
    "dpo": (Purpose.RIGHTS_REQUEST, Purpose.COMPLAINT),
}
COLUMNS = ["anon", "member", "author", "staff", "other", "mod", "safe", "abuse", "dpo", "admin"]


@cache
def policies() -> Policies:
    return Policies.load()


def identity(number: int) -> UUID:
    return UUID(int=number)


VIEWERS: Mapping[str, Viewer] = {
    "anon": Anonymous(),
    "member": Member(identity(1)),
    "author": Member(identity(2), demographics_id=identity(102)),
    "staff": Member(identity(3), staff=True),
    "other": Member(identity(4), staff=True),
    "carer": Member(identity(5), staff=True),
    "reader": Member(identity(6), staff=True),
    "recip": Member(identity(7), staff=True, recipient=True),
    **{name: Member(identity(10 + n), frozenset([role])) for n, (name, role) in enumerate(ROLES.items())},
}


def with_purpose(name: str) -> list[Viewer]:
    """The viewer of a column, once for each purpose that fits; once without for those whom none fits."""
    viewer = VIEWERS[name]
    if not isinstance(viewer, Member) or name not in PURPOSES:
        return [viewer]
    return [Member(viewer.account_id, viewer.roles, viewer.staff, purpose) for purpose in PURPOSES[name]]


def world(status: str = "PUBLISHED", answer: str = "PUBLISHED") -> SimpleNamespace:
    """A story of that status with all that belongs to it; responses and changes have the status `answer`."""
    author, staff = _account(2), _account(3)
    ours, theirs, board = (_organisation(n) for n in (1, 2, 3))
    _membership(staff, ours, MembershipRole.RESPONDER)
    _membership(_account(4), theirs, MembershipRole.MANAGER)
    _membership(_account(5), board, MembershipRole.RESPONDER)
    _membership(_account(6), ours, MembershipRole.READER)
    story = _story(status, author)
    story.services = [_service(1, ours)]
    area = Area(id=1, code="E54000001", name="North", kind=AreaKind.INTEGRATED_CARE_BOARD, valid_from=date(2020, 1, 1))
    area.organisation = board
    orphan = Area(id=2, code="E54000002", name="South", kind=AreaKind.LOCAL_AUTHORITY, valid_from=date(2020, 1, 1))
    story.areas = [area, orphan]
    original = StoryOriginal(story_id=1, title=b"1", body=b"1")
    set_attribute(original, "story", story)
    return SimpleNamespace(
        story=story,
        account=author,
        colleague=staff,
        service=story.services[0],
        organisation=ours,
        area=area,
        orphan=orphan,
        original=original,
        entry=ModerationEntry(id=1, story_id=1, action=ModerationAction.EDITED, done_at=NOON, story=story),
        disclosure=disclosure(story, _account(7)),
        **_answers(story, ResponseStatus(answer), ours, staff, author),
        **_belongings(author),
    )


def disclosure(story: Story, manager: Account, fields: Sequence[str] = DISCLOSABLE, **more: Any) -> Disclosure:
    """An active disclosure of a story and its author to the police, one of whom manages; two others decided about it."""
    police = _organisation(4)
    _membership(manager, police, MembershipRole.MANAGER)
    values = {
        "id": identity(308), "number": 1, "story_id": story.id, "story": story, "fields": list(fields),
        "account_id": story.author_id, "account": story.author, "organisation_id": 4, "organisation": police,
        "requested_by": identity(21), "requested_at": NOON, "approved_by": identity(22), "approved_at": NOON,
        "expires_at": NOON,
    }  # fmt: skip
    found = Disclosure(**values | more)
    state(found, active=True, shown=True, waiting=False)
    return found


def state(row: Disclosure, **known: bool) -> None:
    """Says of a disclosure what the database would work out by its clock."""
    for name, value in known.items():
        set_committed_value(row, name, value)


def _story(status: str, author: Account | None) -> Story:
    public = status in ("PUBLISHED", "RESTRICTED")
    return Story(
        id=1,
        status=StoryStatus(status),
        region=Region.ENGLAND,
        title=None if status == "WITHDRAWN" else "Title",
        body=None if status == "WITHDRAWN" else "Body",
        age_group=AgeGroup.ADULT,
        author_role=AuthorRole.CARER,
        progress=StoryProgress.RESPONDED,
        submitted_at=NOON,
        published_at=NOON if public else None,
        restriction_reason="A reason" if status == "RESTRICTED" else None,
        author_id=author.id if author else None,
        author=author,
    )


def _answers(
    story: Story, status: ResponseStatus, ours: Organisation, staff: Account, author: Account
) -> dict[str, object]:
    published = NOON if status == ResponseStatus.PUBLISHED else None
    common: dict[str, Any] = {"story_id": 1, "status": status, "published_at": published, "story": story}
    response = Response(
        id=1, body="We are sorry", account_id=staff.id, account=staff, organisation_id=1, organisation=ours, **common
    )
    reply = Response(id=2, body="Thank you", account_id=author.id, account=author, **common)
    change = Change(
        id=1, kind=ChangeKind.MADE, description="A new lift", organisation_id=1, organisation=ours, **common
    )
    return {"response": response, "reply": reply, "change": change}


def _belongings(author: Account) -> dict[str, object]:
    return {
        "reading": Reading(account_id=author.id, account=author, story_id=1, read_at=NOON),
        "used": IpAddressUse(
            id=identity(201), account_id=author.id, account=author, address=b"1", used_at=NOON, use="story"
        ),
        "consent": Consent(
            id=1,
            account_id=author.id,
            purpose=ConsentPurpose.PUBLISH,
            granted=True,
            given_at=NOON,
            notice_version="1",
            given_by="form",
        ),
        "demographics": Demographics(id=identity(102), birth_year=1980),
        **_rights(author),
    }


def _rights(author: Account) -> dict[str, object]:
    """What is the author's own, and three complaints: open, extended, and without an account."""
    common: dict[str, Any] = {
        "kind": ComplaintKind.ACCESS,
        "email": b"1",
        "body": b"1",
        "received_at": NOON,
        "due_at": NOON,
    }
    mine = common | {"account_id": author.id}
    return {
        "session": Session(id=identity(301), account_id=author.id, created_at=NOON, expires_at=NOON, token_hash=b"1"),
        "correction": Correction(id=1, account_id=author.id, field="postcode", corrected_at=NOON),
        "copy": DataExport(id=identity(302), account_id=author.id, requested_at=NOON),
        "alert": Alert(id=identity(307), account_id=author.id, name="x", frequency=AlertFrequency.DAILY),
        "complaint": Complaint(id=identity(303), number=1, **mine),
        "extended": Complaint(id=identity(304), number=2, extended_at=NOON, extension_reason=b"1", **mine),
        "answered": Complaint(id=identity(305), number=3, answered_at=NOON, outcome=b"1", **mine),
        "stranger": Complaint(id=identity(306), number=4, **common),
        "seen": access_log_entry(1, author.id),
        "event": audit_event(2, author.id),
    }


def access_log_entry(number: int, person: UUID | None, told: Disclosure | None = None, **more: Any) -> AccessLogEntry:
    """That a safeguarding officer read somebody's postcode; nobody's, if the author of a story is erased.

    With `told` it was read by somebody to whom it was disclosed.
    """
    entry = AccessLogEntry()
    for name, value in (_looked(number, person, told) | more).items():
        setattr(entry, name, value)
    set_committed_value(entry, "disclosures", [told] if told else [])
    return entry


def audit_event(number: int, person: UUID | None, told: Disclosure | None = None, **more: Any) -> AuditEvent:
    """The same on the audit log."""
    return AuditEvent(**_looked(number, person, told) | more)


def _looked(number: int, person: UUID | None, told: Disclosure | None) -> dict[str, Any]:
    return {
        "id": number, "happened_at": NOON, "account_id": identity(11), "roles": ["SAFEGUARDING"], "kind": AuditKind.READ,
        "purpose": "safeguarding", "reference": None, "organisation_id": None, "subject": "Story:1",
        "person_id": person, "fields": ["Story.postcode"], "reasons": ["P09 on a risk of serious harm"], "rules": [],
        "request": None, "disclosure_id": told.id if told else None, "count": 1,
        "lane": 0, "position": number, "seal": b"1",
    }  # fmt: skip


def _account(number: int) -> Account:
    return Account(id=identity(number), created_at=NOON, demographics_id=b"secret")


def _organisation(number: int) -> Organisation:
    kind, region = OrganisationKind.NHS_TRUST, Region.ENGLAND
    return Organisation(id=number, name=f"Trust {number}", slug=f"trust-{number}", kind=kind, region=region)


def _service(number: int, organisation: Organisation) -> Service:
    return Service(
        id=number,
        name="Ward",
        slug=f"ward-{number}",
        organisation_id=organisation.id,
        organisation=organisation,
        region=Region.ENGLAND,
    )


def _membership(account: Account, organisation: Organisation, role: MembershipRole) -> Membership:
    return Membership(
        id=account.id.int,
        account_id=account.id,
        account=account,
        organisation_id=organisation.id,
        organisation=organisation,
        role=role,
    )


@cache
def settled(status: str = "PUBLISHED", answer: str = "PUBLISHED") -> SimpleNamespace:
    """The same world each time, for tests that change nothing in it."""
    return world(status, answer)
