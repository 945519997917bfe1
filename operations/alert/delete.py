"""Deleting an alert: whoever set it does, staff or not any more."""

from uuid import UUID

from sqlalchemy import delete as deletion
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.alert import Alert
from operations.account import hold
from operations.problem import ProblemCode, ProblemError
from policies.viewer import Member


async def delete(session: AsyncSession, viewer: Member, alert_id: UUID) -> None:
    """Delete one alert of the viewer, with what it has met. Raises ProblemError where they have none with this id."""
    await hold(session, viewer.account_id)
    # SECURITY: another person's alert is answered as one that does not exist.
    own = deletion(Alert).where(col(Alert.account_id) == viewer.account_id, col(Alert.id) == alert_id)
    if not (await session.exec(own)).rowcount:
        raise ProblemError(ProblemCode.NOT_FOUND, "You have no alert with this id. Check it.", "alertId")
