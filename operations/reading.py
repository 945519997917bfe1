"""A recent reading history (P04): kept for its person alone, only while recent, and for nothing else (P20)."""

from sqlalchemy import delete, desc, func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.reading import Reading
from operations.account import hold
from operations.permission import permitted_story
from policies.plan import AccessPlan
from policies.viewer import Member

KEPT = 500
"""How many stories a history holds; older readings are deleted with the next one."""


async def record_reading(session: AsyncSession, plan: AccessPlan, viewer: Member, number: int) -> int:
    """Note that the viewer opened a story now; reading it again moves it to the top. The story's number.

    Raises ProblemError: NOT_FOUND for a story that they may not see.
    """
    # Readings of one person follow each other, so that no two of them delete each other's.
    await hold(session, viewer.account_id, change=True)
    await permitted_story(session, plan, viewer, number, share=True)
    reading = insert(Reading).values(account_id=viewer.account_id, story_id=number, read_at=func.statement_timestamp())
    latest = reading.on_conflict_do_update(
        index_elements=["account_id", "story_id"], set_={"read_at": reading.excluded.read_at}
    )
    own = col(Reading.account_id) == viewer.account_id
    # P04: "recent" is the latest stories; what is older is of no use to the person and is not kept.
    older = (
        select(Reading.story_id)
        .where(own, col(Reading.story_id) != number)
        .order_by(desc(col(Reading.read_at)), col(Reading.story_id))
        .offset(KEPT - 1)
    )
    recorded = latest.returning(col(Reading.story_id)).cte("recorded")
    await session.exec(delete(Reading).where(own, col(Reading.story_id).in_(older)).add_cte(recorded))
    return number


async def clear_reading_history(session: AsyncSession, viewer: Member) -> None:
    """Forget all that the viewer read."""
    await hold(session, viewer.account_id, change=True)
    await session.exec(delete(Reading).where(col(Reading.account_id) == viewer.account_id))
