"""Publication of a response and the change that it claims, whether a moderator or the clock publishes them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import union
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account
from models.change import Change, ChangeKind
from models.event import EventKind
from models.response import Response, ResponseStatus
from models.secret import Keyring
from models.similar import SimilarExperience
from models.story import Story, StoryProgress
from operations import mail
from operations.account import email_of, opened
from operations.outbox import emit
from operations.publication import now

FURTHER = list(StoryProgress)
CLAIMED = {ChangeKind.PLANNED: StoryProgress.CHANGE_PLANNED, ChangeKind.MADE: StoryProgress.CHANGE_MADE}
People = Mapping[UUID, Account]


async def hold_people(session: AsyncSession, responses: Sequence[int], *, wait: bool = True) -> People:
    """The accounts of all who may have to be told when these responses are published, held before any story is locked.

    Without `wait` those are left out that are being erased or changed at the moment.
    """
    authors = select(Story.author_id).join(Response, col(Response.story_id) == col(Story.id))
    marks = (
        select(SimilarExperience.account_id)
        .join(Change, col(Change.story_id) == col(SimilarExperience.story_id))
        .where(col(Change.response_id).in_(responses), col(Change.kind) == ChangeKind.MADE)
        .where(col(SimilarExperience.notify))
    )
    told: Any = union(authors.where(col(Response.id).in_(responses)), marks)
    # SECURITY: P18: nothing is written under the key of somebody who is being erased.
    locked = select(Account).where(col(Account.id).in_(told)).order_by(col(Account.id))
    locked = locked.with_for_update(read=True, key_share=True, skip_locked=not wait, of=Account)
    found = await session.exec(locked.execution_options(populate_existing=True))
    return {account.id: account for account in found}


async def publish(
    session: AsyncSession, keyring: Keyring, url: str, story: Story, response: Response, people: People
) -> None:
    """Publish a locked response to a locked story with the change that it claims, and tell those `people` of it."""
    response.status, response.settles_at = ResponseStatus.PUBLISHED, None
    response.published_at = now()
    emit(session, EventKind.RESPONSE_PUBLISHED, [story.id])
    claimed = await _publish_changes(session, story.id, response.id)
    if response.organisation_id is not None:
        steps = [StoryProgress.RESPONDED, *(CLAIMED[kind] for kind in claimed)]
        story.progress = max(story.progress, *steps, key=FURTHER.index)
        author = people.get(story.author_id) if story.author_id else None
        tell = [(author, "response_published")]
        if ChangeKind.MADE in claimed:
            tell.append((author, "change_made"))
            tell += [(account, "similar_change_made") for account in await _asked(session, story, people)]
        for account, template in tell:
            _tell(session, keyring, url, story.id, account, template)
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
    emit(session, EventKind.CHANGE_PUBLISHED, [number for _ in changes])
    return [change.kind for change in changes]


async def _asked(session: AsyncSession, story: Story, people: People) -> list[Account]:
    """Who marked the story and wants to hear of changes now, when nobody can mark or unmark it."""
    # SECURITY: P05, P12: only who asked for it, as their mark says now.
    marks = select(SimilarExperience.account_id).where(col(SimilarExperience.story_id) == story.id)
    wanted = await session.exec(marks.where(col(SimilarExperience.notify)))
    return [people[id_] for id_ in wanted if id_ in people]


def _tell(
    session: AsyncSession, keyring: Keyring, url: str, number: int, account: Account | None, template: str
) -> None:
    """An e-mail with the story's number and address; to nobody whose address is not confirmed."""
    if account is None or account.email is None or account.email_verified_at is None:
        return
    key = opened(keyring, account)
    link = f"{url}/stories/{number}"
    # SECURITY: P01: nothing that the story or the response says stands in an e-mail.
    mail.queue(session, key, template, email_of(key, account), account_id=account.id, link=link, number=str(number))
