"""What may be done with a story or complaint: by the access plan, on the row as it is once nobody else changes it."""

from uuid import UUID

from sqlalchemy import false, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account
from models.complaint import Complaint
from models.story import Story
from operations.account import hold
from operations.problem import ProblemCode, ProblemError
from policies.condition import FALSE
from policies.plan import AccessPlan
from policies.sql import to_sql
from policies.viewer import Member

FIELD = "complaintId"


async def permitted_story(
    session: AsyncSession,
    plan: AccessPlan,
    viewer: Member,
    number: int,
    action: str | None = None,
    *,
    share: bool = False,
) -> int:
    """The number of a story that the viewer may see and, if named, do `action` with; one statement.

    The row stays as it is until the transaction ends; with `share` others may hold and change it too, and it merely
    cannot be withdrawn or deleted meanwhile. Order of locks: the account first (`operations.account.hold`), then
    stories by their number, then what belongs to them.
    Raises ProblemError: NOT_FOUND where the viewer may not see it, NOT_ALLOWED where they may not do that.
    """
    # SECURITY: P10, P17: what a viewer may not see is answered like what is not there.
    allowed = to_sql(plan.action("Story", action), Story) if action else col(Story.id).is_not(None)
    # A story of an erased author is nobody's: no author is the viewer, which SQL calls unknown.
    seen = select(func.coalesce(allowed, false())).where(col(Story.id) == number, to_sql(plan.row("Story"), Story))
    locked = seen.with_for_update(read=share, key_share=True, of=Story)
    found = (await session.exec(locked, params=dict(viewer.parameters))).one_or_none()
    if found is None:
        raise ProblemError(ProblemCode.NOT_FOUND, "There is no such story for you. Check its id.", "storyId")
    if not found:
        raise ProblemError(ProblemCode.NOT_ALLOWED, plan.denial("Story", action or "id").partition(" ")[2], "storyId")
    return number


async def permitted_complaint(
    session: AsyncSession, plan: AccessPlan, viewer: Member, complaint_id: UUID, action: str
) -> Complaint:
    """A complaint that the viewer may do `action` with, which nobody else changes until the transaction ends.

    Order of locks: the viewer's account, that of whoever complained, the complaint.
    Raises ProblemError: NOT_FOUND where the viewer may not see it, NOT_ALLOWED, ALREADY_DONE where it is too late.
    """
    await hold(session, viewer.account_id)
    # SECURITY: what a viewer may not see is answered like what is not there.
    seen = [col(Complaint.id) == complaint_id, to_sql(plan.row("Complaint"), Complaint)]
    parameters = dict(viewer.parameters)
    # SECURITY: P18: nothing is written under the key of somebody who is being erased.
    whose = select(Complaint.account_id).where(*seen).scalar_subquery()
    locked = select(Account.id).where(col(Account.id) == whose).with_for_update(read=True, key_share=True)
    await session.exec(locked, params=parameters)
    allowed = func.coalesce(to_sql(plan.action("Complaint", action), Complaint), false())
    statement = select(Complaint, allowed).where(*seen).with_for_update(of=Complaint)
    found = (await session.exec(statement, params=parameters)).one_or_none()
    if found is None:
        raise ProblemError(ProblemCode.NOT_FOUND, "There is no such complaint for you. Check its id.", FIELD)
    complaint, may = found
    if not may:
        raise _refused(plan, complaint, action)
    return complaint


def _refused(plan: AccessPlan, complaint: Complaint, action: str) -> ProblemError:
    """Why a visible complaint can't be answered or extended."""
    if plan.action("Complaint", action) != FALSE:
        if complaint.answered_at:
            return ProblemError(ProblemCode.ALREADY_DONE, "It was answered before. Read the answer that it got.", FIELD)
        if complaint.extended_at:
            return ProblemError(ProblemCode.ALREADY_DONE, "Its time was extended before, and can be only once.", FIELD)
    return ProblemError(ProblemCode.NOT_ALLOWED, plan.denial("Complaint", action).partition(" ")[2], FIELD)
