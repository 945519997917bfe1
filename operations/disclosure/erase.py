"""What becomes of disclosures whose person is erased, and how long the files of others are kept."""

from uuid import UUID

from sqlalchemy import case, delete, func, null, or_, update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.disclosure import Disclosure
from operations.disclosure.text import length

KEPT = "6 years"
"""So long the file of a disclosure is kept after it ended, to answer for it; never without its review."""


async def erase_disclosures(session: AsyncSession, account_id: UUID) -> None:
    """Take a person out of the disclosures of their data, and end those (P18).

    That something was disclosed, which fields, to whom and when stays on file, without whose it was or why.
    """
    over = or_(col(Disclosure.revoked_at).is_not(None), col(Disclosure.expires_at) <= func.statement_timestamp())
    ended = case((over, col(Disclosure.revoked_at)), else_=func.statement_timestamp())
    nothing = dict.fromkeys(
        ("account_id", "story_id", "grounds", "withheld_until", "withheld_reason", "note"),
        null(),
    )
    theirs = update(Disclosure).where(col(Disclosure.account_id) == account_id)
    row = theirs.values(revoked_at=ended, **nothing)
    await session.exec(row.execution_options(synchronize_session=False))


async def end_disclosures(session: AsyncSession) -> None:
    """End all that are active or asked for: in a database from a dump, which of them were ended since is not known."""
    going = or_(col(Disclosure.active), col(Disclosure.waiting))
    row = update(Disclosure).where(going).values(revoked_at=func.statement_timestamp())
    await session.exec(row.execution_options(synchronize_session=False))


async def purge_disclosures(session: AsyncSession) -> int:
    """Delete files of disclosures that ended long ago (see `KEPT`); how many."""
    ended = func.coalesce(col(Disclosure.revoked_at), col(Disclosure.expires_at), col(Disclosure.requested_at))
    old = ended < func.statement_timestamp() - length(KEPT)
    done = or_(col(Disclosure.approved_at).is_(None), col(Disclosure.reviewed_at).is_not(None))
    return int((await session.exec(delete(Disclosure).where(old, done))).rowcount)
