"""Marks of a similar experience (P05): whose they are is private, their number is right whoever marks at once."""

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.similar import SimilarExperience
from operations.account import hold
from operations.permission import permitted_story
from policies.plan import AccessPlan
from policies.viewer import Member


async def mark_similar(
    session: AsyncSession, plan: AccessPlan, viewer: Member, number: int, notify: bool = False
) -> int:
    """Mark a story as similar to what the viewer lived through; the story's number.

    With `notify` they agree to e-mails about changes that follow from it (P12); marking again changes only that.
    Raises ProblemError: NOT_FOUND, or NOT_ALLOWED for one's own story and for one whose text is not public.
    """
    await hold(session, viewer.account_id)
    # The story is locked before the mark is written, so that its trigger, which counts, waits for nobody.
    await permitted_story(session, plan, viewer, number, "markSimilar")
    mark = insert(SimilarExperience).values(
        account_id=viewer.account_id, story_id=number, marked_at=func.statement_timestamp(), notify=notify
    )
    key = (col(SimilarExperience.account_id), col(SimilarExperience.story_id))
    # SECURITY: P12: what they said last holds; whoever leaves it out agrees to nothing.
    await session.exec(mark.on_conflict_do_update(index_elements=key, set_={"notify": notify}))
    return number


async def unmark_similar(session: AsyncSession, plan: AccessPlan, viewer: Member, number: int) -> int:
    """Take the viewer's own mark back, if there is one; NOT_FOUND for a story that they may not see."""
    await hold(session, viewer.account_id)
    await permitted_story(session, plan, viewer, number)
    own = delete(SimilarExperience).where(
        col(SimilarExperience.account_id) == viewer.account_id, col(SimilarExperience.story_id) == number
    )
    await session.exec(own)
    return number
