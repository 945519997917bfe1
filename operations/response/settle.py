"""Responses settle when the time to change them is over: some are published then, the others wait for a moderator."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, all_, func, literal
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.change import Change
from models.membership import Membership, MembershipRole
from models.response import Response, ResponseStatus
from models.secret import Keyring
from models.story import Story, StoryStatus
from operations.attempt import Transaction
from operations.response.publication import hold_authors, publish

BATCH = 50
ENOUGH, LATEST, GRAVE = 10, 10, 3
"""Published responses that the fast track needs, how many were not turned down lately; criticality that forbids it."""


async def settle_responses(transaction: Transaction, keyring: Keyring, url: str) -> int:
    """Settle all that are due, a batch in each transaction; how many. Several processes share the work."""
    done, after = 0, 0
    while True:
        async with transaction() as session:
            due = await _due(session, after)
            done += await _settle(session, keyring, url, due) if due else 0
        if len(due) < BATCH:
            return done
        after = due[-1]


async def _due(session: AsyncSession, after: int) -> list[int]:
    """The next responses that nobody can change any more."""
    passed = col(Response.settles_at) <= func.statement_timestamp()
    wanted = select(Response.id).where(passed, col(Response.id) > after).order_by(col(Response.id))
    return list((await session.exec(wanted.limit(BATCH))).all())


async def _settle(session: AsyncSession, keyring: Keyring, url: str, due: list[int]) -> int:
    """Settle those of a batch that nobody else works on: accounts are locked first, then stories, then responses."""
    people = await hold_authors(session, due, wait=False)
    about = select(Response.story_id).where(col(Response.id).in_(due))
    stories = select(Story).where(col(Story.id).in_(about)).order_by(col(Story.id))
    locked = await session.exec(stories.with_for_update(key_share=True, skip_locked=True))
    # An author whose account is held by others, perhaps to be erased, is waited for until the next time.
    ready = {story.id: story for story in locked if story.author_id is None or story.author_id in people}
    responses = select(Response).where(
        col(Response.id).in_(due), col(Response.story_id).in_(ready), col(Response.status) == ResponseStatus.PENDING
    )
    ordered = responses.order_by(col(Response.id)).with_for_update(skip_locked=True)
    found = (await session.exec(ordered.execution_options(populate_existing=True))).all()
    fast = await _fast(session, [response.id for response in found])
    for response in found:
        response.settles_at = None
        if response.id in fast:
            await publish(session, keyring, url, ready[response.story_id], response, people)
    await session.flush()
    return len(found)


async def _fast(session: AsyncSession, responses: Sequence[int]) -> set[int]:
    """Those that are published without a moderator (see docs/response.md)."""
    claim = select(Change.id).where(col(Change.response_id) == col(Response.id)).exists()
    still = (
        select(Membership.id)
        .where(col(Membership.account_id) == col(Response.account_id))
        .where(col(Membership.organisation_id) == col(Response.organisation_id))
        .where(col(Membership.role).in_([MembershipRole.RESPONDER, MembershipRole.MANAGER]))
        .exists()
    )
    # SECURITY: P10: authors' replies, claims of changes, grave stories and what is not public wait for a moderator.
    wanted = (
        select(Response.id)
        .join(Story, col(Story.id) == col(Response.story_id))
        .where(col(Response.id).in_(responses), col(Response.organisation_id).is_not(None))
        .where(col(Story.status) == StoryStatus.PUBLISHED, func.coalesce(Story.criticality, 0) < GRAVE)
        .where(~claim, still, *_trusted())
    )
    return set((await session.exec(wanted)).all())


def _trusted() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Whether who wrote a row of `response` has enough published, and none turned down among the latest."""
    other = aliased(Response)
    theirs: tuple[Any, ...] = (other.account_id == Response.account_id, col(other.organisation_id).is_not(None))
    published = col(other.status) == ResponseStatus.PUBLISHED
    count = select(func.count()).select_from(other).where(*theirs, published).correlate(Response).scalar_subquery()
    decided = func.coalesce(other.moderated_at, other.published_at, other.created_at)
    latest = (
        select(other.status)
        .where(*theirs, col(other.status) != ResponseStatus.PENDING)
        .order_by(decided.desc(), col(other.id).desc())
        .limit(LATEST)
        .correlate(Response)
        .scalar_subquery()
    )
    kind: Any = Response.__table__.c.status.type  # type: ignore[attr-defined]
    return count >= ENOUGH, literal(ResponseStatus.REJECTED, kind) != all_(latest)
