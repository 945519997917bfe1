"""What people made of their rights: corrections, copies of their data, complaints, and who looked at what of theirs."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from models.audit import AuditKind
from models.complaint import Complaint, ComplaintKind
from models.correction import Correction
from models.data_export import DataExport, DataExportStatus
from models.key import WrappedKey
from models.secret import Keyring, PersonKey
from operations.audit import Entry
from operations.demo.dice import NOW, Dice
from operations.demo.people import Person, Society
from operations.demo.private import PrivateValues
from operations.demo.rows import Rows

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
TO_ANSWER = 30 * DAY
"""How long a complaint may take; a request may take a month."""
EXTENDED = 3
"""How many months a request may take in all, if it is extended; a complaint never is."""
KEPT = 7 * DAY
"""How long a copy waits to be fetched."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A complaint or request: when it came, how many days later it was extended or answered, and with which words."""

    sender: str
    """The first half of an account's address; nobody's if empty."""
    kind: ComplaintKind
    days_ago: int
    body: str
    extended: int | None = None
    reason: str | None = None
    answered: int | None = None
    outcome: str | None = None


LETTERS = (
    Letter(
        "author", ComplaintKind.COMPLAINT, 75,
        "My story about the trolley was turned down without a word to me about why.",
        answered=14, outcome="You are right: you should have been told why. The reason is now on your story's page.",
    ),
    Letter(
        "", ComplaintKind.COMPLAINT, 64,
        "The ward in the photo beside a story is mine, and I never agreed to be in it.",
        answered=9, outcome="We have asked the trust to take the photo down, and it has. Thank you for telling us.",
    ),
    Letter(
        "author", ComplaintKind.ACCESS, 50,
        "Somebody on the ward knew that I was the one who wrote. I want to know who looked at what is held about me.",
        extended=24, reason="We have to hear the trust first, and it has asked for time to look into its own logs.",
    ),
    Letter(
        "member", ComplaintKind.COMPLAINT, 40,
        "Your e-mail about a response came at two in the morning, and it was about somebody else's story.",
    ),
    Letter("author", ComplaintKind.CORRECTION, 20, "The date of my operation in story 8 should be the fourth of May."),
    Letter(
        "", ComplaintKind.OBJECTION, 12,
        "I do not want my late husband's story to be used for the training of students any longer.",
    ),
    Letter("member", ComplaintKind.ACCESS, 3, "Please tell me in writing everything that you hold about me."),
)  # fmt: skip
CORRECTED = (
    ("author", "penName", 400), ("author", "postcode", 210), ("author", "demographics.limitedByCondition", 209),
    ("author", "postcode", 30), ("member", "email", 95), ("member", "penName", 2),
)  # fmt: skip
COPIES = (
    ("author", DataExportStatus.EXPIRED, 300, 61_322), ("author", DataExportStatus.FETCHED, 90, 74_108),
    ("member", DataExportStatus.FETCHED, 95, 38_815),
)  # fmt: skip
HARM, REQUEST = "P09 on a risk of serious harm", "P14 to answer a person's request or complaint"
LOOKS = (
    ("safeguarding", "safeguarding", "CASE-12", "Account", 118, ("Account.email", "Account.postcode"), HARM),
    ("safeguarding", "safeguarding", "CASE-12", "Story:1", 117, ("Story.author", "Story.postcode"), HARM),
    ("dpo", "complaint", "COMPLAINT-3", "Account", 46, ("Account.email", "Account.penName"), REQUEST),
    ("dpo", "rights-request", None, "Account", 19, ("Account.consents", "Account.email"), REQUEST),
)
"""Who looked at what of `author@`'s, how many days ago, and the rule that let them."""


class Rights:
    """Gathers the rows."""

    def __init__(self, rows: Rows, society: Society, keyring: Keyring, private: PrivateValues, chance: Dice) -> None:
        self._rows = rows
        self._named = society.named
        self._keyring = keyring
        self._private = private
        self._dice = chance

    def make(self) -> None:
        """Everything, each kind with something of `author@`'s."""
        for name, field, days_ago in CORRECTED:
            self._rows.number(
                Correction, account_id=self._named[name].id, field=field, corrected_at=NOW - days_ago * DAY
            )
        for name, status, days_ago, size in COPIES:
            self._copy(self._named[name], status, NOW - days_ago * DAY, size)
        for number, letter in enumerate(LETTERS, 1):
            self._write(number, letter)
        self._look()

    def _copy(self, person: Person, status: DataExportStatus, requested: datetime, size: int) -> None:
        """A copy that is gone by now, fetched or not."""
        ready = requested + 2 * MINUTE
        self._rows.add(
            DataExport,
            id=self._id(),
            account_id=person.id,
            status=status,
            requested_at=requested,
            attempts=1,
            ready_at=ready,
            expires_at=ready + KEPT,
            fetched_at=ready + 9 * HOUR if status == DataExportStatus.FETCHED else None,
            size=size,
        )

    def _write(self, number: int, letter: Letter) -> None:
        id_, sender = self._id(), self._named.get(letter.sender)
        key = sender.key if sender else self._own_key(id_, NOW - letter.days_ago * DAY)
        received = NOW - letter.days_ago * DAY
        texts = {
            "email": self._private.email("c", "letters.example"),
            "body": letter.body,
            "extension_reason": letter.reason,
            "outcome": letter.outcome,
        }
        self._rows.add(
            Complaint,
            id=id_,
            number=number,
            account_id=sender.id if sender else None,
            kind=letter.kind,
            received_at=received,
            acknowledged_at=received + 4 * MINUTE,
            due_at=_due(letter, received),
            extended_at=None if letter.extended is None else received + letter.extended * DAY,
            answered_at=None if letter.answered is None else received + letter.answered * DAY,
            **{name: text and key.encrypt(text, f"complaint.{name}:{id_}") for name, text in texts.items()},
        )

    def _own_key(self, complaint: UUID, made_at: datetime) -> PersonKey:
        wrapped = self._keyring.new_person_key(str(complaint))
        self._rows.add(WrappedKey, id=complaint, wrapped=wrapped, made_at=made_at)
        return self._keyring.open(wrapped, str(complaint))

    def _look(self) -> None:
        person = self._named["author"].id
        for name, purpose, reference, subject, days_ago, fields, reason in LOOKS:
            self._rows.log.append(
                Entry(
                    AuditKind.READ,
                    self._named[name].id,
                    (name.upper(),),
                    purpose,
                    reference,
                    f"Account:{person}" if subject == "Account" else subject,
                    person,
                    fields,
                    (reason,),
                    happened_at=NOW - days_ago * DAY,
                )
            )

    def _id(self) -> UUID:
        return UUID(int=self._dice.getrandbits(128), version=4)


def _due(letter: Letter, received: datetime) -> datetime:
    if letter.kind == ComplaintKind.COMPLAINT:
        return received + TO_ANSWER
    return _months_later(received, EXTENDED if letter.extended else 1)


def _months_later(moment: datetime, months: int) -> datetime:
    """The same day of a later month, or its last."""
    years, month = divmod(moment.month - 1 + months, 12)
    year = moment.year + years
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))
