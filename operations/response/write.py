"""Writing responses and replies: they can be changed or undone for half an hour, and are shown to nobody else until
they were moderated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, delete, func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account
from models.area import Area
from models.change import Change, ChangeKind
from models.event import EventKind
from models.membership import Membership, MembershipRole
from models.response import Response, ResponseStatus
from models.service import Service, StoryService
from models.story import StoryArea
from operations.account import hold
from operations.outbox import emit
from operations.permission import permitted_story
from operations.problem import ProblemCode, ProblemError
from operations.response import text
from operations.response.permission import FIELD, Permitted, permitted_response
from policies.plan import AccessPlan
from policies.viewer import Member

CHANGEABLE = timedelta(minutes=30)
"""How long what was written can be changed or undone."""
RESPONDING = (MembershipRole.RESPONDER, MembershipRole.MANAGER)


@dataclass(frozen=True, slots=True)
class Claim:
    """A change that an organisation promises or made."""

    kind: ChangeKind
    description: str


@dataclass(frozen=True, slots=True)
class Written:
    """What a responder wrote, for which organisation, in whose name; None where they did not say."""

    body: str
    change: Claim | None = None
    on_behalf_of: UUID | None = None
    organisation_id: int | None = None
    staff_name: str | None = None
    job_title: str | None = None


async def respond(session: AsyncSession, plan: AccessPlan, viewer: Member, number: int, written: Written) -> int:
    """Respond to a story for one of the viewer's organisations; the response's id.

    Raises ProblemError: NOT_FOUND, NOT_ALLOWED (also for an organisation or a colleague that is not theirs); INVALID,
    TOO_LONG for what was written, or where it is not clear for whom.
    """
    given = _checked(written)
    await hold(session, viewer.account_id)
    writer = given.on_behalf_of or viewer.account_id
    # SECURITY: P18: a colleague who is being erased is waited for before any story is locked.
    colleague = select(Account.id).where(col(Account.id) == writer).with_for_update(read=True, key_share=True)
    await session.exec(colleague)
    await permitted_story(session, plan, viewer, number, "respond")
    organisation = await _organisation(session, viewer, number, given)
    await _check_colleague(session, organisation, writer, viewer.account_id)
    name, title = await _signature(session, writer, organisation.organisation_id, given)
    shown = {"organisation_id": organisation.organisation_id, "staff_name": name, "job_title": title}
    return await _submit(session, number, writer, {"body": given.body, **shown}, given.change)


async def reply_to_response(
    session: AsyncSession, plan: AccessPlan, viewer: Member, response_id: int, body: str
) -> int:
    """Reply to an organisation's response to the viewer's own story; the reply's id. It is always moderated.

    Raises ProblemError: NOT_FOUND, NOT_ALLOWED, INVALID, TOO_LONG.
    """
    given = text.body(body)
    await hold(session, viewer.account_id)
    found = await permitted_response(session, plan, viewer, response_id, "reply")
    return await _submit(session, found.story.id, viewer.account_id, {"body": given, "reply_to_id": response_id})


async def edit_response(session: AsyncSession, plan: AccessPlan, viewer: Member, response_id: int, body: str) -> int:
    """Change what a response or reply says, while that is possible; its id.

    Raises ProblemError: NOT_FOUND, NOT_ALLOWED, ALREADY_DONE where it was moderated; INVALID, TOO_LONG.
    """
    given = text.body(body)
    await hold(session, viewer.account_id)
    response = (await _changeable(session, plan, viewer, response_id, "edit")).response
    response.body, response.edited_at = given, _now()
    await session.flush()
    return response_id


async def undo_response(session: AsyncSession, plan: AccessPlan, viewer: Member, response_id: int) -> int:
    """Delete a response or reply, while that is possible, with the change that it claims; the story's number.

    Raises ProblemError: NOT_FOUND, NOT_ALLOWED, ALREADY_DONE where it was moderated.
    """
    await hold(session, viewer.account_id)
    found = await _changeable(session, plan, viewer, response_id, "undo")
    number = found.story.id
    await session.exec(delete(Change).where(col(Change.response_id) == response_id))
    await session.exec(delete(Response).where(col(Response.id) == response_id))
    return number


async def _changeable(
    session: AsyncSession, plan: AccessPlan, viewer: Member, response_id: int, action: str
) -> Permitted:
    found = await permitted_response(session, plan, viewer, response_id, action)
    # SECURITY: P10: what a moderator decides on is what they read.
    if not found.open:
        message = "It can't be changed any more: that was possible for 30 minutes. It waits for a moderator."
        raise ProblemError(ProblemCode.NOT_ALLOWED, message, FIELD)
    return found


def _checked(written: Written) -> Written:
    """In the form in which it is kept."""
    claim = written.change
    if claim is not None:
        description = text.passage(claim.description, "change.description", text.LONGEST_DESCRIPTION)
        claim = Claim(claim.kind, description)
    return replace(
        written,
        body=text.body(written.body),
        change=claim,
        staff_name=None if written.staff_name is None else text.line(written.staff_name, "staffName"),
        job_title=None if written.job_title is None else text.line(written.job_title, "jobTitle"),
    )


async def _organisation(session: AsyncSession, viewer: Member, number: int, given: Written) -> Membership:
    """The viewer's membership in the organisation for which they respond."""
    theirs = await _memberships(session, viewer, number)
    if given.organisation_id is not None:
        theirs = [found for found in theirs if found.organisation_id == given.organisation_id]
    if not theirs:
        # SECURITY: one answer, whether an organisation is somebody else's, not concerned, or not there.
        message = "You do not respond to this story for that organisation."
        raise ProblemError(ProblemCode.NOT_ALLOWED, message, "organisationId")
    if len(theirs) > 1:
        message = "Several of your organisations answer for this story: say for which one you respond."
        raise ProblemError(ProblemCode.INVALID, message, "organisationId")
    return theirs[0]


async def _memberships(session: AsyncSession, viewer: Member, number: int) -> Sequence[Membership]:
    """Those of the viewer that let them respond to the story: by its services, and by the areas it was routed to."""
    services = select(Service.organisation_id).join(StoryService, col(StoryService.service_id) == col(Service.id))
    areas = select(Area.organisation_id).join(StoryArea, col(StoryArea.area_id) == col(Area.id))
    answering = or_(
        col(Membership.organisation_id).in_(services.where(col(StoryService.story_id) == number)),
        col(Membership.organisation_id).in_(areas.where(col(StoryArea.story_id) == number)),
    )
    mine = select(Membership).where(col(Membership.account_id) == viewer.account_id, answering)
    return (await session.exec(mine.where(col(Membership.role).in_(RESPONDING)))).all()


async def _check_colleague(session: AsyncSession, own: Membership, writer: UUID, viewer: UUID) -> None:
    """Managers write in the name of a colleague who may respond for the same organisation."""
    if writer == viewer:
        return
    there = select(Membership.id).where(
        col(Membership.account_id) == writer,
        col(Membership.organisation_id) == own.organisation_id,
        col(Membership.role).in_(RESPONDING),
    )
    # SECURITY: one answer, whether the account is a stranger's or there is none.
    if own.role != MembershipRole.MANAGER or (await session.exec(there)).one_or_none() is None:
        message = "Only managers respond on behalf of somebody, who must be a colleague who responds, too."
        raise ProblemError(ProblemCode.NOT_ALLOWED, message, "onBehalfOf")


async def _signature(session: AsyncSession, writer: UUID, organisation: int, given: Written) -> tuple[str, str]:
    """The name and job title to be shown: as given, or else as in the writer's latest response for the organisation."""
    before = select(Response.staff_name, Response.job_title).where(
        col(Response.account_id) == writer, col(Response.organisation_id) == organisation
    )
    latest = (await session.exec(before.order_by(col(Response.id).desc()).limit(1))).one_or_none() or (None, None)
    name, title = given.staff_name or latest[0], given.job_title or latest[1]
    for value, field in ((name, "staffName"), (title, "jobTitle")):
        if not value:
            message = "Name and job title are shown with a response: give both the first time."
            raise ProblemError(ProblemCode.INVALID, message, field)
    return name or "", title or ""


async def _submit(
    session: AsyncSession, number: int, writer: UUID, said: Mapping[str, Any], claim: Claim | None = None
) -> int:
    """Write what settles in half an hour; its id."""
    times = {"created_at": _now(), "settles_at": _now() + CHANGEABLE}
    row = Response(story_id=number, account_id=writer, status=ResponseStatus.PENDING, **said, **times)
    session.add(row)
    await session.flush()
    if claim is not None:
        kept: dict[str, Any] = {"organisation_id": said["organisation_id"], "response_id": row.id}
        kept |= {"kind": claim.kind, "description": claim.description, "status": ResponseStatus.PENDING}
        session.add(Change(story_id=number, **kept))
    emit(session, EventKind.RESPONSE_SUBMITTED, [number])
    id_ = row.id
    await session.flush()
    return id_


def _now() -> Any:
    # SECURITY: the database's clock, which all processes share.
    return func.statement_timestamp(type_=DateTime(timezone=True))
