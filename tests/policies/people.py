"""A small world in memory: one story, everybody who could look at it, and everything that belongs to them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy.orm.attributes import set_attribute

from models import (
    AccessLogEntry,
    Account,
    AgeGroup,
    Alert,
    AlertFrequency,
    Area,
    AreaKind,
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
from policies.grant import ROW_FIELD
from policies.plan import Policies
from policies.viewer import Anonymous, Member, Purpose, Viewer
from schema.documentation.evaluation import holds

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
        **_answers(story, ResponseStatus(answer), ours, staff, author),
        **_belongings(author),
    )


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
        "reading": Reading(account_id=author.id, story_id=1, read_at=NOON),
        "used": IpAddressUse(id=identity(201), account_id=author.id, address=b"1", used_at=NOON, use="story"),
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
    }


def access_log_entry(number: int, person: UUID | None) -> AccessLogEntry:
    """That a safeguarding officer read somebody's postcode; nobody's, if the author of a story is erased."""
    entry = AccessLogEntry()
    values: dict[str, Any] = {
        "id": number, "happened_at": NOON, "account_id": identity(11), "roles": ["SAFEGUARDING"],
        "purpose": "safeguarding", "reference": None, "organisation_id": None, "subject": "Story:1",
        "person_id": person, "fields": ["Story.postcode"], "reasons": ["P09 on a risk of serious harm"],
    }  # fmt: skip
    for name, value in values.items():
        setattr(entry, name, value)
    return entry


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


@cache
def granted(viewer: Viewer, status: str, answer: str, name: str) -> frozenset[tuple[str, str, str]]:
    """All that Oso lets a viewer read of one row of a settled world."""
    found = policies().engine.grants(viewer, getattr(settled(status, answer), name))
    return frozenset((field, mask, reason) for action, field, mask, reason in found if action == "read")


def settled_by_oso(viewer: Viewer, status: str, answer: str, name: str, field: str) -> str:
    """How a field of a row of a settled world is shown, according to Oso itself."""
    found = granted(viewer, status, answer, name)
    row_field = ROW_FIELD.get(type(getattr(settled(status, answer), name)).__name__, "id")
    there = any(granted_field == row_field for granted_field, _, _ in found)
    return _shown({mask for granted_field, mask, _ in found if granted_field == field} if there else set())


def by_oso(viewer: Viewer, row: object, field: str) -> str:
    """How a field of a row is shown, according to Oso itself on the loaded row."""
    engine = policies().engine
    there = engine.allows(viewer, "read", row, ROW_FIELD.get(type(row).__name__, "id"))
    masks = {mask for mask, _ in engine.allows(viewer, "read", row, field)} if there else set()
    return _shown(masks)


def by_plan(viewer: Viewer, row: object, field: str) -> str:
    """The same according to the compiled plan of the viewer's kind."""
    plan, type_name = policies().plan(viewer), type(row).__name__
    if not holds(plan.row(type_name), row, viewer.parameters):
        return HIDDEN
    cases = plan.cases(type_name, field)
    return _shown({mask for mask, condition in cases if holds(condition, row, viewer.parameters)})


def may(viewer: Viewer, action: str, row: object) -> bool:
    """Whether a viewer may do something with a row; Oso and the plan have to agree."""
    allowed = bool(policies().engine.allows(viewer, action, row, action))
    compiled = policies().plan(viewer).action(type(row).__name__, action)
    assert holds(compiled, row, viewer.parameters) == allowed, (viewer, action)
    return allowed


def _shown(masks: set[str]) -> str:
    if not masks:
        return HIDDEN
    return CLEAR if "clear" in masks else f"m:{min(masks)}"
