"""Stories that go: withdrawn by their author, or erased with them; a tombstone and an event are all that stays."""

from collections.abc import Iterable

from sqlalchemy import delete, func, null
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import SQLModel, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from models.alert import AlertMatch
from models.change import Change
from models.disclosure import Disclosure
from models.event import EventKind
from models.moderation import ModerationEntry
from models.reading import Reading
from models.region import Region
from models.response import Response
from models.service import StoryService
from models.similar import SimilarExperience
from models.story import (
    AgeGroup,
    AuthorRole,
    Routing,
    Story,
    StoryArea,
    StoryOriginal,
    StoryProgress,
    StoryStatus,
)
from models.tag import StoryTag, Tag
from models.tombstone import Tombstone, TombstoneKind
from operations.account import hold
from operations.outbox import emit
from operations.permission import permitted_story
from operations.problem import ProblemCode, ProblemError
from policies.plan import AccessPlan
from policies.viewer import Member

# What belongs to a story, what hangs on it first.
BELONGINGS: tuple[type[SQLModel], ...] = (
    Change,
    Response,
    ModerationEntry,
    StoryOriginal,
    StoryTag,
    StoryService,
    StoryArea,
    Reading,
    SimilarExperience,
    AlertMatch,
)
EMPTY = {
    **dict.fromkeys(("title", "body", "pen_name", "published_at", "restriction_reason", "restriction_by"), null()),
    **dict.fromkeys(("criticality", "author_id", "postcode", "ip_address"), null()),
    **dict.fromkeys(("moderator_id", "assigned_at", "preview_until", "notice_version", "idempotency_hash"), null()),
    "status": StoryStatus.WITHDRAWN,
    "region": Region.ENGLAND,
    "age_group": AgeGroup.ADULT,
    "author_role": AuthorRole.SERVICE_USER,
    "progress": StoryProgress.AWAITING_RESPONSE,
    "routing": Routing.NO_POSTCODE,
    "submitted_at": func.statement_timestamp(),
}
"""What an emptied row says: the same of every story but when it went, where a row must say something."""


async def withdraw_story(session: AsyncSession, plan: AccessPlan, viewer: Member, number: int) -> Tombstone:
    """Withdraw the viewer's own story for ever, whatever its state (P17): its tombstone.

    Raises ProblemError: ALREADY_DONE for a story that is gone, NOT_FOUND for one that the viewer may not see,
    NOT_ALLOWED for somebody else's.
    """
    await hold(session, viewer.account_id)
    try:
        await permitted_story(session, plan, viewer, number, "withdraw")
    except ProblemError:
        # SECURITY: that a story is gone is public (its tombstone), so it may be said; nothing else about it is.
        if await session.get(Tombstone, number):
            message = "This story is gone already, and never comes back."
            raise ProblemError(ProblemCode.ALREADY_DONE, message, "storyId") from None
        raise
    (tombstone,) = await withdraw_stories(session, [number])
    return tombstone


async def withdraw_stories(session: AsyncSession, numbers: Iterable[int]) -> list[Tombstone]:
    """Withdraw these stories for ever (P17), but for those that are gone already: the new tombstones, by number.

    The rows are emptied: nothing that anybody wrote stays, nor whose story it was.
    """
    going = await _locked(session, numbers)
    await _clear(session, going)
    await session.exec(update(Story).where(col(Story.id).in_(going)).values(**EMPTY))
    return await _bury(session, going, TombstoneKind.WITHDRAWN, EventKind.STORY_WITHDRAWN)


async def erase_stories(session: AsyncSession, numbers: Iterable[int]) -> list[Tombstone]:
    """Delete these stories with their author (P18): the new tombstones, by number; one that was withdrawn has its own.

    The rows must be locked already: those of an author lie among others of which they have marks, readings, responses.
    """
    going = sorted(numbers)
    await _clear(session, going)
    tombstones = await _bury(session, going, TombstoneKind.ERASED, EventKind.STORY_ERASED)
    await session.exec(delete(Story).where(col(Story.id).in_(going)))
    return tombstones


async def _locked(session: AsyncSession, numbers: Iterable[int]) -> list[int]:
    """The numbers of those that are there and not withdrawn, in order, each locked against everybody else."""
    # In order of their numbers, as everybody locks stories, so that nobody waits in a circle.
    wanted = select(Story.id).where(col(Story.id).in_(list(numbers)), col(Story.status) != StoryStatus.WITHDRAWN)
    return list((await session.exec(wanted.order_by(col(Story.id)).with_for_update())).all())


async def _clear(session: AsyncSession, numbers: list[int]) -> None:
    """Delete all that belongs to stories, and was written by whomever."""
    used = select(StoryTag.tag_id).where(col(StoryTag.story_id).in_(numbers))
    # Locked before they are looked at again, so that a story that takes one of them up meanwhile keeps it.
    theirs = select(Tag.id).where(col(Tag.id).in_(used)).order_by(col(Tag.id)).with_for_update()
    tags = (await session.exec(theirs)).all()
    for table in BELONGINGS:
        await session.exec(delete(table).where(table.__table__.c.story_id.in_(numbers)))  # type: ignore[attr-defined]
    # Whose story it was is told by no disclosure any more either; what was disclosed, to whom and why stays on file.
    await session.exec(update(Disclosure).where(col(Disclosure.story_id).in_(numbers)).values(story_id=None))
    # A tag is in its author's words: with its last story it goes too.
    wanted = select(StoryTag.tag_id).where(col(StoryTag.tag_id) == col(Tag.id)).exists()
    await session.exec(delete(Tag).where(col(Tag.id).in_(tags), ~wanted))


async def _bury(session: AsyncSession, numbers: list[int], kind: TombstoneKind, event: EventKind) -> list[Tombstone]:
    if not numbers:
        return []
    rows = [{"number": number, "kind": kind, "gone_at": func.statement_timestamp()} for number in numbers]
    made = await session.exec(insert(Tombstone).values(rows).on_conflict_do_nothing().returning(Tombstone))
    tombstones = sorted(made.scalars().all(), key=lambda tombstone: tombstone.number)
    emit(session, event, [tombstone.number for tombstone in tombstones])
    return tombstones
