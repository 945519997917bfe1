"""Moderation (P10): what moderators do with stories, each step decided on the locked row, logged and told as an event.

Whoever comes second is told what happened and when, not who did it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import String, func, literal
from sqlmodel import col, desc, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account
from models.event import EventKind
from models.moderation import ModerationAction, ModerationEntry
from models.secret import Keyring
from models.story import Story, StoryStatus
from models.transition import become
from operations import publication
from operations.account import hold, opened
from operations.edit import Edit, apply, checked
from operations.outbox import emit
from operations.permission import permitted_story
from operations.problem import ProblemCode, ProblemError
from operations.publication import PREVIEW, log, now, tell
from policies.condition import FALSE
from policies.plan import AccessPlan
from policies.viewer import Member

LONGEST_REASON = 2_000
RESTRICTED_BY = "The moderation team"
ZONE = "Europe/London"
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
FIELD = "storyId"
HAPPENED: Mapping[ModerationAction, str] = {
    ModerationAction.SUBMITTED: "submitted",
    ModerationAction.ASSIGNED: "taken by a moderator",
    ModerationAction.UNASSIGNED: "given back by a moderator",
    ModerationAction.EDITED: "changed",
    ModerationAction.PREVIEWED: "put into preview",
    ModerationAction.HELD: "held in preview",
    ModerationAction.RELEASED: "released in preview",
    ModerationAction.PUBLISHED: "published",
    ModerationAction.REJECTED: "turned down",
    ModerationAction.RESTRICTED: "restricted",
    ModerationAction.UNRESTRICTED: "shown again",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """Who moderates, by what plan; `url` is the address of the site, for links to authors."""

    session: AsyncSession
    keyring: Keyring
    plan: AccessPlan
    viewer: Member
    url: str

    @property
    def who(self) -> UUID:
        return self.viewer.account_id


@dataclass(frozen=True, slots=True)
class Taken:
    """A story that nobody else changes until the transaction ends, and its author, who stays that long."""

    story: Story
    author: Account | None


async def assign(desk: Desk, number: int) -> int:
    """Take a story to moderate it, from another moderator too; having it already changes nothing. Its number."""
    story = (await _take(desk, number, "assign")).story
    if story.moderator_id == desk.who:
        return number
    note = None if story.moderator_id is None else "Taken over from another moderator."
    if story.status == StoryStatus.SUBMITTED:
        become(story, StoryStatus.IN_REVIEW)
    story.moderator_id, story.assigned_at = desk.who, now()
    return await _done(desk, story, ModerationAction.ASSIGNED, EventKind.STORY_ASSIGNED, note)


async def unassign(desk: Desk, number: int) -> int:
    """Give a story back, so that it waits for any moderator again. Its number."""
    story = (await _take(desk, number, "unassign")).story
    become(story, StoryStatus.SUBMITTED)
    return await _done(desk, story, ModerationAction.UNASSIGNED, EventKind.STORY_ASSIGNED)


async def preview(desk: Desk, number: int, edit: Edit) -> int:
    """Show a story, with these changes, to the organisations that it is about; published 72 hours later (P08)."""
    edit = checked(edit)
    taken = await _take(desk, number, "preview")
    await _check_consent(desk, taken)
    await _edit(desk, taken, edit)
    become(taken.story, StoryStatus.PREVIEW, preview_until=now() + PREVIEW)
    return await _done(desk, taken.story, ModerationAction.PREVIEWED, EventKind.STORY_PREVIEWED)


async def hold_preview(desk: Desk, number: int) -> int:
    """Let a preview not end by itself. Raises ProblemError ALREADY_DONE where it is held."""
    story = (await _take(desk, number, "hold")).story
    if story.preview_until is None:
        raise ProblemError(ProblemCode.ALREADY_DONE, "This preview is held already.", FIELD)
    story.preview_until = None
    return await _done(desk, story, ModerationAction.HELD, EventKind.STORY_HELD)


async def release_preview(desk: Desk, number: int) -> int:
    """Let a held preview end by itself again, 72 hours from now; ALREADY_DONE where it is not held."""
    taken = await _take(desk, number, "hold")
    if taken.story.preview_until is not None:
        raise ProblemError(ProblemCode.ALREADY_DONE, "This preview is not held.", FIELD)
    await _check_consent(desk, taken)
    taken.story.preview_until = now() + PREVIEW
    return await _done(desk, taken.story, ModerationAction.RELEASED, EventKind.STORY_RELEASED)


async def publish(desk: Desk, number: int, edit: Edit) -> int:
    """Show a story, with these changes, to everybody (P06, P10), and tell its author (P21). Its number.

    Raises ProblemError: NOT_FOUND, NOT_ALLOWED (also without the author's consent), CONFLICT, INVALID, TOO_LONG.
    """
    edit = checked(edit)
    taken = await _take(desk, number, "publish")
    await _check_consent(desk, taken)
    await _edit(desk, taken, edit)
    await publication.publish(desk.session, desk.keyring, desk.url, taken.story, taken.author, desk.who)
    return number


async def reject(desk: Desk, number: int, reason: str) -> int:
    """Turn a story down; its author is told, and reads the reason in its log. Its number."""
    why = _reason(reason)
    taken = await _take(desk, number, "reject")
    become(taken.story, StoryStatus.REJECTED)
    await publication.keep_original(desk.session, number, now())
    await tell(desk.session, desk.keyring, desk.url, taken.story, taken.author, "story_rejected")
    return await _done(desk, taken.story, ModerationAction.REJECTED, EventKind.STORY_REJECTED, why)


async def restrict(desk: Desk, number: int, reason: str) -> int:
    """Hide a published story's text; that it is there, and the reason, stay public (P06). Its number."""
    why = _reason(reason)
    story = (await _take(desk, number, "restrict")).story
    become(story, StoryStatus.RESTRICTED, restriction_reason=why, restriction_by=RESTRICTED_BY)
    return await _done(desk, story, ModerationAction.RESTRICTED, EventKind.STORY_RESTRICTED, why)


async def unrestrict(desk: Desk, number: int) -> int:
    """Show a restricted story's text again. Its number."""
    story = (await _take(desk, number, "unrestrict")).story
    become(story, StoryStatus.PUBLISHED)
    return await _done(desk, story, ModerationAction.UNRESTRICTED, EventKind.STORY_UNRESTRICTED)


async def _take(desk: Desk, number: int, action: str) -> Taken:
    """A story with which the viewer may do this now. Order of locks: the viewer, the author, the story.

    Raises ProblemError: NOT_FOUND, NOT_ALLOWED, CONFLICT where what happened meanwhile is the reason.
    """
    await hold(desk.session, desk.who)
    author = await _author(desk, number)
    try:
        await permitted_story(desk.session, desk.plan, desk.viewer, number, action)
    except ProblemError as error:
        # SECURITY: P10: what happened is told only to those who moderate, and reads the log anyway.
        if error.code is ProblemCode.NOT_ALLOWED and desk.plan.action("Story", action) != FALSE:
            raise await _refused(desk, number) from None
        raise
    found = await desk.session.exec(select(Story).where(col(Story.id) == number))
    return Taken(found.one(), author)


async def _author(desk: Desk, number: int) -> Account | None:
    """The author, who neither takes consent back nor is erased meanwhile (P12, P18)."""
    whose = select(Story.author_id).where(col(Story.id) == number).scalar_subquery()
    held = select(Account).where(col(Account.id) == whose).with_for_update(read=True, key_share=True, of=Account)
    return (await desk.session.exec(held)).one_or_none()


async def _refused(desk: Desk, number: int) -> ProblemError:
    """Why a moderator can't do with a visible story what moderators do."""
    row = select(Story.author_id).where(col(Story.id) == number)
    if (await desk.session.exec(row)).one() == desk.who:
        message = "This story is your own: another moderator has to decide on it."
        return ProblemError(ProblemCode.NOT_ALLOWED, message, FIELD)
    when = func.to_char(
        func.timezone(literal(ZONE, String), col(ModerationEntry.done_at)), 'FMDD FMMonth YYYY "at" HH24:MI'
    )
    steps = select(ModerationEntry.action, when).where(col(ModerationEntry.story_id) == number)
    last = steps.order_by(desc(col(ModerationEntry.done_at)), desc(col(ModerationEntry.id))).limit(1)
    step = (await desk.session.exec(last)).one_or_none()
    what = f"It was {HAPPENED[ModerationAction(step[0])]} on {step[1]}" if step else "It is in another state"
    return ProblemError(ProblemCode.CONFLICT, f"{what}: this can't be done now. Look at it again.", FIELD)


async def _check_consent(desk: Desk, taken: Taken) -> None:
    # SECURITY: P12: nobody's story is shown to others unless they agree, as of now.
    if taken.author is None:
        message = "Its author's account is gone, and with it the consent to publication: this story can't be shown."
        raise ProblemError(ProblemCode.NOT_ALLOWED, message, FIELD)
    if not await publication.agreed(desk.session, taken.story):
        message = "Its author's consent to publication does not stand, so this story can't be shown."
        raise ProblemError(ProblemCode.NOT_ALLOWED, message, FIELD)


async def _edit(desk: Desk, taken: Taken, edit: Edit) -> None:
    key = opened(desk.keyring, taken.author) if taken.author else None
    changed = await apply(desk.session, key, taken.story, edit)
    if changed:
        log(desk.session, taken.story, desk.who, ModerationAction.EDITED, f"Changed: {', '.join(changed)}.")


async def _done(desk: Desk, story: Story, action: ModerationAction, event: EventKind, note: str | None = None) -> int:
    """Log the step, and write the event."""
    log(desk.session, story, desk.who, action, note)
    emit(desk.session, event, [story.id])
    await desk.session.flush()
    return story.id


def _reason(text: str) -> str:
    """Why, without surrounding space; ProblemError for what is empty, too long or no text."""
    reason = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(reason) > LONGEST_REASON:
        message = f"This reason is too long: write at most {LONGEST_REASON:,} characters."
        raise ProblemError(ProblemCode.TOO_LONG, message, "reason")
    if not reason or CONTROL.search(reason):
        message = "Give a reason of at least one character, and none that can't be shown."
        raise ProblemError(ProblemCode.INVALID, message, "reason")
    return reason
