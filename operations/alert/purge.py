"""What became of alerts is kept for a while, and no longer."""

from datetime import timedelta

from sqlalchemy import delete, func, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.alert import AlertMatch

KEPT = timedelta(days=90)
BATCH = 10_000


async def purge_matches(session: AsyncSession) -> int:
    """Delete matches that were told long ago, at most a batch of them; how many there were."""
    key = (col(AlertMatch.alert_id), col(AlertMatch.story_id))
    old = select(*key).where(col(AlertMatch.told_at) < func.statement_timestamp() - KEPT).limit(BATCH)
    # Those that go with their alert meanwhile are left to that.
    gone = delete(AlertMatch).where(tuple_(*key).in_(old.with_for_update(skip_locked=True)))
    return (await session.exec(gone)).rowcount
