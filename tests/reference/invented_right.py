"""What invented people have by their rights: sessions, corrections, copies, complaints, and who looked at their data.

Times that the clock decides about lie a century away from now, so that every test sees the same.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from models import (
    AgeGroup,
    Alert,
    AlertFrequency,
    AuditEvent,
    AuditKind,
    AuthorRole,
    Complaint,
    ComplaintKind,
    Correction,
    DataExport,
    DataExportStatus,
    EmailChange,
    MailRefusal,
    MailTopic,
    PlatformRole,
    Region,
    Routing,
    SecondFactor,
    Session,
    StoryProgress,
    WrappedKey,
)

if TYPE_CHECKING:
    from models.secret import PersonKey
    from tests.reference.invented import Inventor

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2126, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
LONG = "word " * 2_000
STRANGERS = 5
"""Complaints of people without an account."""


def rights(inventor: "Inventor", people: Sequence[UUID]) -> None:
    """The rows of everybody; the first person has none of them."""
    for person in people[1:]:
        _sign_ins(inventor, person)
        _changes(inventor, person)
        for _ in range(inventor.chance.randint(0, 3)):
            inventor.add(_export(inventor, person))
        for _ in range(inventor.chance.randint(0, 4)):
            _complain(inventor, person)
        for _ in range(inventor.chance.randint(0, 3)):
            inventor.add(_alert(inventor, person))
    for _ in range(STRANGERS):
        _complain(inventor, None)
    for _ in range(4 * len(people)):
        inventor.add(_looked(inventor, people))


def _clock(inventor: "Inventor") -> datetime:
    return inventor.chance.choice((LONG_AGO, FAR_AHEAD))


def _sign_ins(inventor: "Inventor", person: UUID) -> None:
    seal = inventor.keys[person].encrypt
    for _ in range(inventor.chance.randint(0, 4)):
        id_ = inventor.uuid()
        inventor.add(
            Session(
                id=id_,
                token_hash=id_.bytes,
                account_id=person,
                created_at=inventor.moment(),
                expires_at=_clock(inventor),
                client=inventor.maybe(seal(inventor.text(), f"session.client:{id_}")),
                second_factor=inventor.chance.random() < 0.5,
            )
        )
    if inventor.maybe(True):
        confirmed = inventor.maybe(inventor.moment())
        secret = seal("JBSWY3DPEHPK3PXP", f"second_factor.secret:{person}")
        inventor.add(
            SecondFactor(account_id=person, secret=secret, created_at=inventor.moment(), confirmed_at=confirmed)
        )


def _changes(inventor: "Inventor", person: UUID) -> None:
    """What they corrected, and an email that waits or has waited too long."""
    if inventor.maybe(True):
        email = f"new.{inventor.chance.getrandbits(24)}@people.example"
        inventor.add(
            EmailChange(
                account_id=person,
                email=inventor.keys[person].encrypt(email, f"email_change.email:{person}"),
                email_hash=inventor.keyring.email_hash(email),
                requested_at=inventor.moment(),
                expires_at=_clock(inventor),
            )
        )
    for topic in inventor.some(list(MailTopic), 3):
        inventor.add(MailRefusal(account_id=person, topic=topic))
    for _ in range(inventor.chance.randint(0, 4)):
        field = inventor.chance.choice(("email", "postcode", "penName", "gender"))
        inventor.add(Correction(account_id=person, field=field, corrected_at=inventor.moment()))


def _export(inventor: "Inventor", person: UUID) -> DataExport:
    id_, status = inventor.uuid(), inventor.chance.choice(list(DataExportStatus))
    made = status not in (DataExportStatus.REQUESTED, DataExportStatus.FAILED)
    token = f"token-{inventor.chance.getrandbits(64):x}"
    return DataExport(
        id=id_,
        account_id=person,
        status=status,
        requested_at=inventor.moment(),
        ready_at=inventor.moment() if made else None,
        expires_at=_clock(inventor) if made else None,
        fetched_at=inventor.moment() if status is DataExportStatus.FETCHED else None,
        size=inventor.chance.choice((0, 1, 2**31 - 1)) if made else None,
        token=inventor.keys[person].encrypt(token, f"data_export.token:{id_}")
        if status is DataExportStatus.READY
        else None,
    )


def _alert(inventor: "Inventor", person: UUID) -> Alert:
    """With some conditions, of which many invented ones are null."""
    one, maybe = inventor.chance.choice, inventor.maybe
    return Alert(
        id=inventor.uuid(),
        account_id=person,
        name=inventor.text()[:100],
        frequency=one(list(AlertFrequency)),
        created_at=inventor.moment(),
        search=maybe(inventor.text()),
        service_id=maybe(one((1, 2, 3))),
        organisation_id=maybe(one((1, 2, 3))),
        tag_id=maybe(one((1, 2, 3))),
        region=maybe(one(list(Region))),
        age_group=maybe(one(list(AgeGroup))),
        author_role=maybe(one(list(AuthorRole))),
        progress=maybe(one(list(StoryProgress))),
        routing=maybe(one(list(Routing))),
        criticality_from=maybe(one((0, 3, 5))),
        criticality_to=maybe(one((0, 3, 5))),
    )


def _complain(inventor: "Inventor", person: UUID | None) -> None:
    """A complaint, open or answered, extended or not; a stranger's has a key of its own."""
    id_ = inventor.uuid()
    key = inventor.keys[person] if person else _own_key(inventor, id_)

    def sealed(column: str, text: str) -> bytes:
        return key.encrypt(text, f"complaint.{column}:{id_}")

    answered, extended = inventor.maybe(inventor.moment()), inventor.maybe(inventor.moment(), 0.3)
    inventor.add(
        Complaint(
            id=id_,
            number=sum(isinstance(row, Complaint) for row in inventor.rows) + 1,
            account_id=person,
            kind=inventor.chance.choice(list(ComplaintKind)),
            email=sealed("email", f"{inventor.chance.getrandbits(24)}@complaints.example"),
            body=sealed("body", inventor.chance.choice((inventor.text(), LONG))),
            received_at=inventor.moment(),
            acknowledged_at=inventor.maybe(inventor.moment(), 0.8),
            due_at=_clock(inventor),
            extended_at=extended,
            extension_reason=sealed("extension_reason", inventor.text()) if extended else None,
            answered_at=answered,
            outcome=sealed("outcome", inventor.text()) if answered else None,
        )
    )


def _own_key(inventor: "Inventor", complaint: UUID) -> "PersonKey":
    wrapped = inventor.keyring.new_person_key(str(complaint))
    inventor.add(WrappedKey(id=complaint, wrapped=wrapped))
    return inventor.keyring.open(wrapped, str(complaint))


def _looked(inventor: "Inventor", people: Sequence[UUID]) -> AuditEvent:
    """Somebody looked at somebody's data, or at data that is nobody's any more; their organisation may be gone."""
    chance = inventor.chance
    person = inventor.maybe(chance.choice(people), 0.9)
    number = sum(isinstance(row, AuditEvent) for row in inventor.rows) + 1
    return AuditEvent(
        # Mostly readings, which alone are on people's own logs.
        kind=chance.choice([*AuditKind, *[AuditKind.READ] * 12]),
        rules=inventor.some(("account.polar:1", "story.polar:22"), 2),
        request=inventor.maybe("0123456789ab"),
        count=chance.randint(1, 3),
        lane=0,
        position=number,
        seal=b"invented",
        happened_at=inventor.moment() - timedelta(microseconds=chance.randint(0, 1)),
        account_id=inventor.maybe(chance.choice(people), 0.9),
        roles=[role.value for role in inventor.some(list(PlatformRole), 2)],
        purpose=chance.choice(("safeguarding", "abuse", "complaint", None)),
        reference=inventor.maybe(inventor.text()),
        organisation_id=inventor.maybe(chance.randint(1, 9), 0.7),
        subject=chance.choice((f"Account:{person}", "Story:1", "Setting:CANDOUR_URL", None)),
        person_id=person,
        fields=inventor.some(("Account.email", "Account.postcode", "Story.author"), 3),
        reasons=inventor.some(('P09 a "reason"', "P14 a reason, with a comma", "P03 {reason}"), 2),
    )
