"""E-mails about changes that were made, to those who marked the story as a similar experience and asked for them.

A worker reads the events, so that a publication waits for nobody but its author's account.
"""

import asyncio
from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account
from models.change import Change, ChangeKind
from models.event import Event, EventKind
from models.mail import MailTopic
from models.response import ResponseStatus
from models.secret import Keyring
from models.similar import SimilarExperience
from models.story import Story, StoryStatus
from operations import outbox
from operations.attempt import Transaction
from operations.mail.preference import wants
from operations.mail.tell import queue_once, row_of
from operations.outbox import ahead, passed

READER = "similar"
TEMPLATE = "similar_change_made"
BATCH = 200
"""So many marks are looked at in one transaction."""
NAMESPACE = uuid5(NAMESPACE_URL, "candour:similar_change_made")


@dataclass(frozen=True, slots=True)
class Step:
    """What a transaction did: how many e-mails it queued, and the event and person with whom to go on, if any."""

    told: int = 0
    more: bool = False
    after: tuple[int, UUID] | None = None


async def tell_similar(transaction: Transaction, keyring: Keyring, url: str) -> int:
    """Queue the e-mails for all changes that were made since the last time; how many. `url` is the site's.

    A person gets one e-mail an event: where the work was broken off, it is begun again with the event, and an e-mail
    that was queued is known by its id. Several processes don't hinder each other.
    """
    told, step = 0, Step(more=True)
    while step.more:
        async with transaction() as session:
            step = await _step(session, keyring, url, step.after)
        told += step.told
    return told


async def _step(session: AsyncSession, keyring: Keyring, url: str, after: tuple[int, UUID] | None) -> Step:
    place, events = await ahead(session, READER, 1 if after else outbox.BATCH)
    if place is None or not events:
        return Step()
    event = next((event for event in events if event.kind == EventKind.CHANGE_MADE), None)
    if event is None:
        await passed(session, place, events[-1])
        return Step(more=True)
    if event is not events[0]:
        await passed(session, place, events[events.index(event) - 1])
    marks = await _marks(session, event, after[1] if after and after[0] == event.id else None)
    told = await _tell(session, keyring, url, event, marks)
    if len(marks) == BATCH:
        return Step(told, True, (event.id, marks[-1]))
    await passed(session, place, event)
    return Step(told, True)


async def _marks(session: AsyncSession, event: Event, after: UUID | None) -> list[UUID]:
    """The next people whose marks of a story ask for e-mails, as long as its change can be read."""
    # SECURITY: P05, P12: only who asked for it, as their mark says now.
    marks = select(SimilarExperience.account_id).where(*_asking(event.number), _public(event.number))
    if after is not None:
        marks = marks.where(col(SimilarExperience.account_id) > after)
    return list(await session.exec(marks.order_by(col(SimilarExperience.account_id)).limit(BATCH)))


def _asking(number: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(SimilarExperience.story_id) == number, col(SimilarExperience.notify).is_(True)


def _public(number: int) -> ColumnElement[bool]:
    """Whether everybody reads the story, and a change that was made because of it."""
    made = (
        col(Change.story_id) == col(Story.id),
        col(Change.kind) == ChangeKind.MADE,
        col(Change.status) == ResponseStatus.PUBLISHED,
    )
    shown = select(Story.id).where(col(Story.id) == number, col(Story.status) == StoryStatus.PUBLISHED)
    return shown.where(select(Change.id).where(*made).exists()).exists()


async def _tell(session: AsyncSession, keyring: Keyring, url: str, event: Event, marks: list[UUID]) -> int:
    """Queue an e-mail to each of these people who wants it when nobody can change that any more; how many."""
    # SECURITY: P18: nothing is written under the key of somebody who is being erased.
    held = select(Account.id).where(col(Account.id).in_(marks)).order_by(col(Account.id))
    there = (await session.exec(held.with_for_update(read=True, key_share=True))).all()
    asking = select(SimilarExperience.account_id).where(*_asking(event.number))
    wanted = select(Account).where(col(Account.id).in_(there), col(Account.id).in_(asking), wants(MailTopic.SIMILAR))
    found = await session.exec(wanted.execution_options(populate_existing=True))
    # SECURITY: P01: nothing that the story or the response says stands in an e-mail.
    said = {"link": f"{url}/stories/{event.number}", "number": str(event.number)}
    rows = []
    for account in found:
        rows.append(row_of(keyring, _id(event, account), account, TEMPLATE, **said))
        # A server in the same process answers between one person's key and the next.
        await asyncio.sleep(0)
    return await queue_once(session, rows)


def _id(event: Event, account: Account) -> UUID:
    return uuid5(NAMESPACE, f"{event.id} {account.id}")
