"""What may be done with a response: by the access plan, on the rows as they are once nobody else changes them."""

from dataclasses import dataclass

from sqlalchemy import false, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.response import Response, ResponseStatus
from models.story import Story
from operations.problem import ProblemCode, ProblemError
from policies.condition import FALSE
from policies.plan import AccessPlan
from policies.sql import to_sql
from policies.viewer import Member

FIELD = "responseId"
BECAME = {ResponseStatus.PUBLISHED: "published", ResponseStatus.REJECTED: "turned down"}


@dataclass(frozen=True, slots=True)
class Permitted:
    """A response with its story, both locked. `open`: the time in which it can be changed is not over yet."""

    response: Response
    story: Story
    open: bool


async def permitted_response(
    session: AsyncSession, plan: AccessPlan, viewer: Member, response_id: int, action: str
) -> Permitted:
    """A response that the viewer may do `action` with, which nobody else changes until the transaction ends.

    Order of locks: accounts first (`operations.account.hold`), then the story, then the response.
    Raises ProblemError: NOT_FOUND where the viewer may not see it, NOT_ALLOWED, and where it was moderated meanwhile
    CONFLICT to a moderator and ALREADY_DONE to who wrote it.
    """
    # SECURITY: P10: what a viewer may not see is answered like what is not there.
    seen = [col(Response.id) == response_id, to_sql(plan.row("Response"), Response)]
    parameters = dict(viewer.parameters)
    number = (await session.exec(select(Response.story_id).where(*seen), params=parameters)).one_or_none()
    locked = select(Story).where(col(Story.id) == number).with_for_update(key_share=True)
    story = (await session.exec(locked.execution_options(populate_existing=True))).one_or_none()
    allowed = func.coalesce(to_sql(plan.action("Response", action), Response), false())
    running = func.coalesce(col(Response.settles_at) > func.statement_timestamp(), false())
    statement = select(Response, allowed, running).where(*seen).with_for_update(of=Response)
    found = (await session.exec(statement, params=parameters)).one_or_none()
    if story is None or found is None:
        raise ProblemError(ProblemCode.NOT_FOUND, "There is no such response for you. Check its id.", FIELD)
    response, may, open_ = found
    if not may:
        raise _refused(plan, viewer, response, action)
    return Permitted(response, story, open_)


def _refused(plan: AccessPlan, viewer: Member, response: Response, action: str) -> ProblemError:
    """Why a visible response can't be changed or moderated."""
    became = BECAME.get(response.status)
    if became and action == "moderate" and plan.action("Response", action) != FALSE:
        return ProblemError(ProblemCode.CONFLICT, f"It was moderated before: it is {became}.", FIELD)
    if became and action in ("edit", "undo") and response.account_id == viewer.account_id:
        message = f"It was moderated, and can't be changed any more: it is {became}."
        return ProblemError(ProblemCode.ALREADY_DONE, message, FIELD)
    return ProblemError(ProblemCode.NOT_ALLOWED, plan.denial("Response", action).partition(" ")[2], FIELD)
