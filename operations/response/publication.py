"""Publication of a response and the change that it claims, whether a moderator or the clock publishes them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account
from models.change import Change, ChangeKind
from models.event import EventKind
from models.response import Response, ResponseStatus
from models.secret import Keyring
from models.story import Story, StoryProgress
from operations.outbox import emit
from operations.publication import now, tell

FURTHER = list(StoryProgress)
CLAIMED = {ChangeKind.PLANNED: StoryProgress.CHANGE_PLANNED, ChangeKind.MADE: StoryProgress.CHANGE_MADE}
TOLD = {ChangeKind.PLANNED: EventKind.CHANGE_PUBLISHED, ChangeKind.MADE: EventKind.CHANGE_MADE}
People = Mapping[UUID, Account]


async def hold_authors(session: AsyncSession, responses: Sequence[int], *, wait: bool = True) -> People:
    """The authors of the stories, who are told when these responses are published, held before any story is locked.

    Without `wait` those are left out that are being erased or changed at the moment.
    """
    authors = select(Story.author_id).join(Response, col(Response.story_id) == col(Story.id))
    # SECURITY: P18: nothing is written under the key of somebody who is being erased.
    locked = select(Account).where(col(Account.id).in_(authors.where(col(Response.id).in_(responses))))
    locked = locked.order_by(col(Account.id))
    locked = locked.with_for_update(read=True, key_share=True, skip_locked=not wait, of=Account)
    found = await session.exec(locked.execution_options(populate_existing=True))
    return {account.id: account for account in found}


async def publish(
    session: AsyncSession, keyring: Keyring, url: str, story: Story, response: Response, people: People
) -> None:
    """Publish a locked response to a locked story with the change that it claims, and tell its author (P21).

    `people` has the author, held. Whoever marked the story hears of a change from a worker (`operations.mail.similar`).
    """
    response.status, response.settles_at = ResponseStatus.PUBLISHED, None
    response.published_at = now()
    emit(session, EventKind.RESPONSE_PUBLISHED, [story.id])
    claimed = await _publish_changes(session, story.id, response.id)
    if response.organisation_id is not None:
        steps = [StoryProgress.RESPONDED, *(CLAIMED[kind] for kind in claimed)]
        story.progress = max(story.progress, *steps, key=FURTHER.index)
        author = people.get(story.author_id) if story.author_id else None
        templates = ["response_published", *(["change_made"] if ChangeKind.MADE in claimed else [])]
        for template in templates:
            await tell(session, keyring, url, story, author, template)
    await session.flush()


async def reject(session: AsyncSession, story: Story, response: Response, reason: str) -> None:
    """Turn a locked response down, with the change that it claims."""
    response.status, response.settles_at, response.rejection = ResponseStatus.REJECTED, None, reason
    for change in await _changes(session, response.id):
        change.status = ResponseStatus.REJECTED
    emit(session, EventKind.RESPONSE_REJECTED, [story.id])
    await session.flush()


async def _changes(session: AsyncSession, response_id: int) -> Sequence[Change]:
    pending = col(Change.status) == ResponseStatus.PENDING
    claims = select(Change).where(col(Change.response_id) == response_id, pending).order_by(col(Change.id))
    return (await session.exec(claims.with_for_update())).all()


async def _publish_changes(session: AsyncSession, number: int, response_id: int) -> list[ChangeKind]:
    """What kinds of changes were published with a response."""
    changes = await _changes(session, response_id)
    for change in changes:
        change.status = ResponseStatus.PUBLISHED
        change.published_at = now()
        emit(session, TOLD[change.kind], [number])
    return [change.kind for change in changes]
