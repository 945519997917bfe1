"""What may leave: by each person's consent as it stands now, never as it stood when something was queued (P12, P23)."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, ColumnElement, Text, and_, cast, func, literal, or_, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from models.consent import ConsentPurpose, standing
from models.demographics import Demographics
from models.event import Event, EventKind, Transaction
from models.organisation import Organisation, OrganisationKind
from models.region import Region
from models.service import Service, StoryService
from models.story import Story, StoryStatus

RETRACTIONS = (
    EventKind.STORY_WITHDRAWN,
    EventKind.STORY_ERASED,
    EventKind.STORY_RESTRICTED,
    EventKind.CONSENT_WITHDRAWN,
)
"""Events that tell recipients to delete their copies (P25); they leave whatever the consent."""
INTERNAL = (
    EventKind.STORY_SUBMITTED,
    EventKind.STORY_ASSIGNED,
    EventKind.STORY_PREVIEWED,
    EventKind.STORY_HELD,
    EventKind.STORY_RELEASED,
    EventKind.STORY_REJECTED,
    EventKind.RESPONSE_SUBMITTED,
    EventKind.RESPONSE_REJECTED,
)
"""Events of what is not public (P10): they never leave, not even of a story that was published since."""
NHS = (OrganisationKind.NHS_TRUST, OrganisationKind.GP_PRACTICE, OrganisationKind.INTEGRATED_CARE_BOARD)
"""Whose services the national NHS website of England shows."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """How far a recipient has read: the transaction that wrote the last event, and the event's id."""

    transaction: int = 0
    id: int = 0


@dataclass(frozen=True, slots=True)
class Leaving:
    """An event that may leave: what happened to which story, and the place after it.

    It says nothing of the person, and not which events were written together: seal the place before it is shown.
    """

    kind: EventKind
    number: int
    place: Place


def may_leave(purpose: ConsentPurpose) -> ColumnElement[bool]:
    """Whether a row of `story` may be given to the recipients of a purpose now."""
    # SECURITY: P10, P12: published, not restricted, and its author, who is still there, agrees today.
    agreed = and_(col(Story.status) == StoryStatus.PUBLISHED, standing(Story.author_id, purpose))
    return and_(agreed, _about_the_nhs_in_england()) if purpose == ConsentPurpose.SYNDICATION else agreed


def shareable(purpose: ConsentPurpose) -> SelectOfScalar[Story]:
    """The stories that may be given to the recipients of a purpose now."""
    return select(Story).where(may_leave(purpose))


def countable() -> SelectOfScalar[Demographics]:
    """The answers that statistics may count: each of a person who agrees today; whose they are is not known."""
    return select(Demographics).where(col(Demographics.counted))


async def leaving(
    session: AsyncSession, purpose: ConsentPurpose, after: Place | None = None, limit: int = 100
) -> list[Leaving]:
    """The next events for the recipients of a purpose after a place, at most `limit`, in the order of commits.

    An event is read once no transaction is open that could still commit an earlier one, so that none is ever skipped.
    """
    begin = after or Place()
    place = tuple_(col(Event.transaction), col(Event.id))
    found = await session.exec(
        select(Event.kind, Event.number, cast(col(Event.transaction), Text), Event.id)
        .where(
            place > tuple_(cast(literal(str(begin.transaction)), Transaction), literal(begin.id, BigInteger)),
            col(Event.transaction) < func.pg_snapshot_xmin(func.pg_current_snapshot()),
            or_(col(Event.purpose).is_(None), col(Event.purpose) == purpose),
            # SECURITY: P10: how a story or a response was moderated is nobody's who gets copies.
            col(Event.kind).not_in(INTERNAL),
            or_(col(Event.kind).in_(RETRACTIONS), _story_may_leave(purpose)),
        )
        .order_by(col(Event.transaction), col(Event.id))
        .limit(limit)
    )
    return [Leaving(EventKind(kind), number, Place(int(transaction), id_)) for kind, number, transaction, id_ in found]


def _story_may_leave(purpose: ConsentPurpose) -> ColumnElement[bool]:
    return select(Story.id).where(col(Story.id) == col(Event.number), may_leave(purpose)).exists()


def _about_the_nhs_in_england() -> ColumnElement[bool]:
    """Whether a story is about a service of the NHS in England, which alone is syndicated (P23)."""
    return (
        select(StoryService.story_id)
        .join(Service, col(Service.id) == col(StoryService.service_id))
        .join(Organisation, col(Organisation.id) == col(Service.organisation_id))
        .where(
            col(StoryService.story_id) == col(Story.id),
            col(Service.region) == Region.ENGLAND,
            col(Organisation.kind).in_(NHS),
        )
        .exists()
    )
