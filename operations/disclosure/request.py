"""Asking for a disclosure: of which fields, of whom, to whom, why, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import func, literal, or_
from sqlmodel import col, select

from models.account import Account
from models.disclosure import Disclosure
from models.organisation import Organisation
from models.secret import PersonKey
from models.story import Story, StoryStatus
from operations.account import hold
from operations.disclosure.step import record
from operations.disclosure.tell import managers, safeguarding, tell
from operations.disclosure.text import check_end, check_withholding, named, place, text
from operations.key import person_key
from operations.moderation import Desk
from operations.permission import permitted_story
from operations.problem import ProblemCode, ProblemError
from policies.sql import to_sql

GONE = (StoryStatus.REJECTED, StoryStatus.WITHDRAWN)
RECIPIENT = "recipientOrganisationId"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: of a story by its number, or of an account; without `until` for 24 hours from its approval."""

    fields: Sequence[str]
    organisation_id: int
    grounds: str
    story: int | None = None
    account_id: UUID | None = None
    until: datetime | None = None
    withhold_until: datetime | None = None
    withhold_reason: str | None = None


async def request(desk: Desk, wanted: Wanted) -> UUID:
    """Ask for a disclosure, which opens nothing until somebody else approves it; its id.

    The others of safeguarding are told. Raises ProblemError: INVALID, TOO_LONG, NOT_FOUND, NOT_ALLOWED.
    """
    if (wanted.story is None) == (wanted.account_id is None):
        raise ProblemError(ProblemCode.INVALID, "Give either a story or an account.", "storyId")
    fields = named(wanted.fields, story=wanted.story is not None)
    grounds = text(wanted.grounds, "grounds")
    reason = None if wanted.withhold_reason is None else text(wanted.withhold_reason, "withholdReason")
    await hold(desk.session, desk.who)
    await check_end(desk.session, wanted.until)
    await check_withholding(desk.session, wanted.withhold_until, reason, "withholdUntil")
    told = await safeguarding(desk.session)
    await _check_recipient(desk, wanted.organisation_id)
    person = await _person(desk, wanted)
    row = _row(desk, wanted, fields, person, await person_key(desk.session, desk.keyring, person), grounds, reason)
    desk.session.add(row)
    await desk.session.flush()
    await record(desk, row, "request")
    await tell(desk, told, "disclosure_requested", row.id)
    return row.id


def _row(
    desk: Desk, wanted: Wanted, fields: list[str], person: UUID, key: PersonKey, grounds: str, reason: str | None
) -> Disclosure:
    id_ = uuid4()
    return Disclosure(
        id=id_,
        story_id=wanted.story,
        account_id=person,
        fields=fields,
        organisation_id=wanted.organisation_id,
        grounds=key.encrypt(grounds, place("grounds", id_)),
        requested_by=desk.who,
        wanted_until=wanted.until,
        withheld_until=wanted.withhold_until,
        withheld_reason=key.encrypt(reason, place("withheld_reason", id_)) if reason else None,
    )


async def _person(desk: Desk, wanted: Wanted) -> UUID:
    """Whose data it is; nobody can erase them until the transaction ends."""
    person = await (_author(desk, wanted.story) if wanted.story is not None else _account(desk, wanted.account_id))
    if person == desk.who:
        message = "You can't ask for a disclosure of your own data: leave it to somebody else."
        raise ProblemError(ProblemCode.NOT_ALLOWED, message, "storyId" if wanted.story else "accountId")
    return person


async def _account(desk: Desk, account_id: UUID | None) -> UUID:
    # SECURITY: an account that the viewer may not see, for want of the purpose too, is answered like none.
    seen = select(Account.id).where(col(Account.id) == account_id, to_sql(desk.plan.row("Account"), Account))
    locked = seen.with_for_update(read=True, key_share=True, of=Account)
    found = (await desk.session.exec(locked, params=dict(desk.viewer.parameters))).one_or_none()
    if found is None:
        message = "There is no such account for you. State the purpose of use `safeguarding`, and check its id."
        raise ProblemError(ProblemCode.NOT_FOUND, message, "accountId")
    return found


async def _author(desk: Desk, number: int) -> UUID:
    author = select(Story.author_id).where(col(Story.id) == number).scalar_subquery()
    locked = select(Account.id).where(col(Account.id) == author).with_for_update(read=True, key_share=True)
    held = (await desk.session.exec(locked)).one_or_none()
    await permitted_story(desk.session, desk.plan, desk.viewer, number, share=True)
    known = select(Story.author_id, Story.status).where(col(Story.id) == number)
    person, status = (await desk.session.exec(known)).one()
    if person is None or person != held or status in GONE:
        message = "Nothing of this story can be disclosed: it is nobody's any more, was turned down, or is gone."
        raise ProblemError(ProblemCode.NOT_ALLOWED, message, "storyId")
    return person


async def _check_recipient(desk: Desk, organisation_id: int) -> None:
    today: date = (await desk.session.exec(select(func.current_date()))).one()
    there = select(Organisation.id).where(
        col(Organisation.id) == organisation_id,
        or_(col(Organisation.closed_on).is_(None), col(Organisation.closed_on) > today),
    )
    if (await desk.session.exec(there)).one_or_none() is None:
        message = "There is no such organisation, or it is closed. Check its id."
        raise ProblemError(ProblemCode.NOT_FOUND, message, RECIPIENT)
    if not await managers(desk.session, literal(organisation_id)):
        message = "Nobody manages this organisation here, so that nobody could read what is disclosed to it."
        raise ProblemError(ProblemCode.INVALID, message, RECIPIENT)
