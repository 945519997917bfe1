"""What was, is and might be disclosed to the police on a risk of serious harm, on the day when the world is made."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from models.audit import AuditKind
from models.disclosure import Disclosure, DisclosureOutcome
from operations.audit import Entry
from operations.demo.cast import Bodies
from operations.demo.dice import Dice
from operations.demo.people import Society
from operations.demo.rows import Rows

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ASKED, APPROVED, REVIEWED = "safeguarding", "safeguarding2", "dpo"
RULE = "P09 two people decide about a disclosure"


@dataclass(frozen=True, slots=True)
class Case:
    """One of `author@`'s stories, what of it was asked for how long ago, and how long it lasts once it is approved."""

    story: int
    fields: tuple[str, ...]
    ago: timedelta
    grounds: str
    lasts: timedelta | None = None
    withheld: str | None = None
    note: str | None = None
    """What was noted at its review, two days later."""


CASES = (
    Case(
        8, ("Account.email", "Account.id", "Account.postcode", "Story.author"), 40 * DAY,
        "The author describes chest pain at this moment and that nobody answers the emergency call.", DAY,
        note="The address was enough to send help, so that the e-mail was not needed.",
    ),
    Case(
        5, ("Account.email", "Account.id", "Story.author", "Story.postcode"), 6 * DAY,
        "Somebody of 86 was sent home alone at night without heating, and does not answer the ward's calls.", DAY,
    ),
    Case(
        3, ("Account.email", "Account.id", "Story.author"), 5 * HOUR,
        "The text names a nurse and says that the author will wait for her after her shift.",
    ),
    Case(
        2, ("Account.email", "Account.id", "Account.penName", "Story.author", "Story.postcode"), 2 * HOUR,
        "The author writes that they are alone, bleeding and can't reach a telephone.", 7 * DAY,
        withheld="Whoever lives with the author may be the cause of the injury, and reads their e-mails.",
    ),
)  # fmt: skip
"""One that was reviewed, one that is over and is to be, one that waits for a second person, and one that is active."""


@dataclass(frozen=True, slots=True)
class Steps:
    """When a disclosure was asked for, approved, and reviewed, as far as it has got."""

    asked: datetime
    approved: datetime | None
    reviewed: datetime | None

    @classmethod
    def of(cls, case: Case, today: datetime) -> "Steps":
        """Those of a case."""
        asked = today - case.ago
        approved = asked + timedelta(minutes=20) if case.lasts else None
        return cls(asked, approved, approved + 2 * DAY if approved and case.note else None)


def disclose(rows: Rows, society: Society, bodies: Bodies, chance: Dice, today: datetime) -> None:
    """All of them, and what the audit log tells of them."""
    for number, case in enumerate(CASES, 1):
        id_, steps = UUID(int=chance.getrandbits(128), version=4), Steps.of(case, today)
        values = _values(case, steps, id_, society)
        if case.withheld:
            values["withheld_until"] = today + 30 * DAY
        rows.add(Disclosure, id=id_, number=number, organisation_id=bodies.police, **values)
        _log(rows, case, steps, id_, society)


def _values(case: Case, steps: Steps, id_: UUID, society: Society) -> dict[str, Any]:
    author, named = society.named["author"], society.named
    texts = {"grounds": case.grounds, "withheld_reason": case.withheld, "note": case.note}
    ends = steps.approved + case.lasts if steps.approved and case.lasts else None
    return {
        "story_id": case.story,
        "account_id": author.id,
        "fields": list(case.fields),
        "requested_by": named[ASKED].id,
        "requested_at": steps.asked,
        "wanted_until": ends,
        "approved_by": named[APPROVED].id if steps.approved else None,
        "approved_at": steps.approved,
        "expires_at": ends,
        "reviewed_by": named[REVIEWED].id if steps.reviewed else None,
        "reviewed_at": steps.reviewed,
        "outcome": DisclosureOutcome.TOO_WIDE if steps.reviewed else None,
        **{name: text and author.key.encrypt(text, f"disclosure.{name}:{id_}") for name, text in texts.items()},
    }


def _log(rows: Rows, case: Case, steps: Steps, id_: UUID, society: Society) -> None:
    taken = (
        ("request", ASKED, "SAFEGUARDING", steps.asked),
        ("approve", APPROVED, "SAFEGUARDING", steps.approved),
        ("review", REVIEWED, "DPO", steps.reviewed),
    )
    for step, name, role, moment in taken:
        if moment is not None:
            entry = Entry(
                AuditKind.DISCLOSURE,
                society.named[name].id,
                (role,),
                subject=f"Disclosure:{id_}",
                person_id=society.named["author"].id,
                fields=(f"Disclosure.{step}", *case.fields),
                reasons=(RULE,),
                disclosure_id=id_,
                happened_at=moment,
            )
            rows.log.append(entry)
