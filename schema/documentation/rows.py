"""The rows of the access table: an example of each type in each of its states, stored nowhere."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar, cast
from uuid import UUID

from sqlalchemy.orm.attributes import set_attribute, set_committed_value

from models import (
    AccessLogEntry,
    Account,
    Alert,
    Area,
    AuditEvent,
    AuditKind,
    Change,
    Complaint,
    ComplaintKind,
    Consent,
    Correction,
    DataExport,
    Demographics,
    Disclosure,
    IpAddressUse,
    Membership,
    MembershipRole,
    ModerationEntry,
    Organisation,
    Reading,
    Response,
    ResponseStatus,
    Service,
    Session,
    Story,
    StoryOriginal,
    StoryStatus,
    Tag,
)
from models.disclosure import DISCLOSABLE
from policies.registry import Mutation, Query, Subscription
from schema.documentation.cast import ANSWERS, AUTHOR, COLLEAGUE, RECIPIENT, STAFF

Row = TypeVar("Row")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Example(NamedTuple):
    """A row of a type; `state` says what is special about it."""

    type: str
    state: str
    row: Any


def examples() -> Iterator[Example]:
    """One row after the other, those of a type together."""
    yield from (Example("Story", _words(status), _story(status)) for status in StoryStatus)
    published = _story(StoryStatus.PUBLISHED)
    yield Example("StoryOriginal", "of a published story", _original(published))
    yield Example("ModerationEntry", "of a published story", _some(ModerationEntry, story=published))
    for status in ResponseStatus:
        yield Example("Response", _words(status), _response(status, published))
    for status in ResponseStatus:
        yield Example("Change", _words(status), _change(status, published))
    yield from _people()
    organisation = _some(Organisation)
    yield Example("Service", "", _some(Service, organisation=organisation))
    yield Example("Organisation", "", organisation)
    yield Example("Area", "", _some(Area))
    yield Example("Tag", "", _some(Tag))
    yield Example("Query", "", Query())
    yield Example("Mutation", "", Mutation())
    yield Example("Subscription", "", Subscription())


def _original(story: Story) -> StoryOriginal:
    original = _some(StoryOriginal)
    # The way back to the story belongs to the policies alone, so the model's constructor does not know it.
    set_attribute(original, "story", story)
    return original


def _people() -> Iterator[Example]:
    person = _some(Account, id=AUTHOR, disclosures=[_disclosure(active=True)])
    yield Example("Account", "of a person", person)
    yield Example("Account", "of a colleague of staff", _employee(COLLEAGUE))
    yield Example("IpAddressUse", "of the author", _some(IpAddressUse, account_id=AUTHOR, account=person))
    yield Example("Demographics", "of the author", _some(Demographics, id=ANSWERS))
    yield Example("Consent", "of the author", _some(Consent, account_id=AUTHOR))
    yield Example("Reading", "of the author", _some(Reading, account_id=AUTHOR, account=person))
    yield Example("Membership", "of staff", _some(Membership, account_id=STAFF))
    for model in (Session, Correction, DataExport, Alert):
        yield Example(model.__name__, "of the author", _some(model, account_id=AUTHOR))
    yield Example("Complaint", "of the author", _some(Complaint, account_id=AUTHOR, kind=ComplaintKind.ACCESS))
    yield from _safeguarding()


def _safeguarding() -> Iterator[Example]:
    yield Example("Disclosure", "requested", _disclosure(waiting=True, shown=False))
    yield Example("Disclosure", "active", _disclosure(active=True))
    yield Example("Disclosure", "active, withheld from its person", _disclosure(active=True, shown=False))
    yield Example("Disclosure", "over", _disclosure())
    yield Example("AccessLogEntry", "of the author", _entry())
    yield Example("AuditEvent", "", _some(AuditEvent))


def _disclosure(*, waiting: bool = False, active: bool = False, shown: bool = True) -> Disclosure:
    """Of all that can be disclosed of the author, to an organisation that the recipient manages."""
    approved = None if waiting else NOW
    found = _some(
        Disclosure,
        account_id=AUTHOR,
        fields=list(DISCLOSABLE),
        organisation=_organisation(RECIPIENT),
        requested_by=COLLEAGUE,
        approved_at=approved,
    )
    # These follow from the database's clock.
    for name, value in {"waiting": waiting, "active": active, "shown": shown}.items():
        set_committed_value(found, name, value)
    return found


def _entry() -> AccessLogEntry:
    entry = AccessLogEntry()
    entry.person_id, entry.kind, entry.disclosures = AUTHOR, AuditKind.READ, []
    return entry


def _some(model: type[Row], **known: Any) -> Row:
    """A row of which only that is known which rules look at."""
    make: Any = model
    return cast(Row, make(**known))


def _words(status: str) -> str:
    return status.lower().replace("_", " ")


def _organisation(*staff: UUID) -> Organisation:
    return _some(
        Organisation,
        id=1,
        memberships=[_some(Membership, account_id=person, role=MembershipRole.MANAGER) for person in staff],
    )


def _story(status: StoryStatus) -> Story:
    service = _some(Service, organisation=_organisation(STAFF))
    author = _some(Account, id=AUTHOR)
    told = {"services": [service], "areas": [], "disclosures": [_disclosure(active=True)]}
    return _some(Story, id=1, status=status, author_id=AUTHOR, author=author, **told)


def _response(status: ResponseStatus, story: Story) -> Response:
    organisation = story.services[0].organisation
    return _some(Response, status=status, story=story, account_id=STAFF, organisation_id=1, organisation=organisation)


def _change(status: ResponseStatus, story: Story) -> Change:
    return _some(Change, status=status, story=story, organisation_id=1, organisation=story.services[0].organisation)


def _employee(person: UUID) -> Account:
    """An account of the organisation for which `staff` works too."""
    membership = _some(Membership, account_id=person, organisation=_organisation(person, STAFF))
    return _some(Account, id=person, memberships=[membership])
