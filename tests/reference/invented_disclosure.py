"""What was disclosed of invented people: in every state, with a story or without, to organisations with managers."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from models import Disclosure, DisclosureOutcome, Organisation, Story
from models.disclosure import DISCLOSABLE
from tests.reference.invented_right import FAR_AHEAD, LONG_AGO

if TYPE_CHECKING:
    from tests.reference.invented import Inventor

MADE = 60


def disclosures(inventor: "Inventor", people: Sequence[UUID]) -> None:
    """Many, so that each organisation has some that are active; of an erased author there is nobody left."""
    stories = [row for row in inventor.rows if isinstance(row, Story)]
    organisations = [row.id for row in inventor.rows if isinstance(row, Organisation)]
    for number in range(1, MADE + 1):
        story = inventor.maybe(inventor.chance.choice(stories), 0.7)
        person = story.author_id if story else inventor.chance.choice(people[1:])
        inventor.add(_made(inventor, number, story, person, people, inventor.chance.choice(organisations)))


def _made(
    inventor: "Inventor", number: int, story: Any, person: UUID | None, people: Sequence[UUID], organisation: int
) -> Disclosure:
    chance, id_ = inventor.chance, inventor.uuid()
    asker, approver = chance.sample(list(people), 2)
    asked = chance.choice((LONG_AGO, FAR_AHEAD))
    approved, revoked = inventor.maybe(asked, 0.7), inventor.maybe(asked, 0.2)
    reviewed = inventor.maybe(approved, 0.4)
    texts = {"grounds": inventor.text(), "withheld_reason": inventor.text(), "note": inventor.text()}
    seal = inventor.keys[person].encrypt if person else None
    return Disclosure(
        id=id_,
        number=number,
        story_id=story.id if story else None,
        account_id=person,
        fields=chance.sample(DISCLOSABLE, chance.choice((1, 4, len(DISCLOSABLE)))),
        organisation_id=organisation,
        requested_by=asker if approved else inventor.maybe(asker),
        requested_at=asked,
        wanted_until=inventor.maybe(chance.choice((LONG_AGO, FAR_AHEAD)), 0.3),
        approved_by=approver if approved else None,
        approved_at=approved,
        expires_at=approved + timedelta(hours=chance.randint(1, 168)) if approved else None,
        revoked_at=revoked,
        withheld_until=inventor.maybe(chance.choice((LONG_AGO, FAR_AHEAD)), 0.4),
        reviewed_at=reviewed,
        outcome=chance.choice(list(DisclosureOutcome)) if reviewed else None,
        **{name: seal(text, f"disclosure.{name}:{id_}") for name, text in texts.items() if seal},
    )
