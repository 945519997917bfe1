"""What is due to be told: matches whose time has come, checked again by what their owner may see now."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account
from models.alert import Alert, AlertFrequency, AlertMatch
from models.story import Story
from operations.alert.condition import readable, visible

LOOKED_AT = 100
"""How many matches are looked at for each person that is wanted: those of one person usually come together."""


@dataclass(frozen=True, slots=True)
class Due:
    """What one e-mail tells one person: the numbers of stories, in order, and the names of the alerts that they met."""

    account_id: UUID
    frequency: AlertFrequency
    stories: list[int]
    alerts: list[str]


async def due(session: AsyncSession, limit: int) -> list[Due]:
    """What at most `limit` people are to be told now, all of it; it counts as told once the transaction commits.

    Several processes share the work: their accounts are locked, and who is locked by others is left to the next time.
    What the owner may not see any more is told to nobody, then or later.
    """
    people = await _hold(session, limit)
    return _grouped(await _settle(session, people)) if people else []


def _passed() -> list[Any]:
    return [col(AlertMatch.told_at).is_(None), col(AlertMatch.due_at) <= func.statement_timestamp()]


async def _hold(session: AsyncSession, limit: int) -> list[UUID]:
    """The people to whom the oldest matches belong, locked. Order of locks: accounts first, as everywhere."""
    oldest = select(AlertMatch.alert_id).where(*_passed()).order_by(col(AlertMatch.due_at)).limit(limit * LOOKED_AT)
    owners = select(Alert.account_id).where(col(Alert.id).in_(oldest))
    wanted = select(Account.id).where(col(Account.id).in_(owners)).limit(limit)
    return list((await session.exec(wanted.with_for_update(key_share=True, skip_locked=True))).all())


async def _settle(session: AsyncSession, people: list[UUID]) -> list[Any]:
    """All that is due to these people becomes told; what they may still see, as owner, frequency, alert and story."""
    mine = select(Alert.id).where(col(Alert.account_id).in_(people))
    told = update(AlertMatch).where(col(AlertMatch.alert_id).in_(mine), *_passed())
    settled = (
        told.values(told_at=func.statement_timestamp()).returning(col(AlertMatch.alert_id), col(AlertMatch.story_id))
    ).cte("settled")
    alert, story = aliased(Alert), aliased(Story)
    # SECURITY: between the match and now, roles, memberships and stories may have changed.
    rows = (
        select(alert.account_id, alert.frequency, alert.name, story.id)
        .select_from(settled)
        .join(alert, alert.id == settled.c.alert_id)  # type: ignore[arg-type]
        .join(story, story.id == settled.c.story_id)  # type: ignore[arg-type]
        .where(visible(story, alert), readable(story, alert))
    )
    return list((await session.exec(rows)).all())


def _grouped(rows: Iterable[tuple[UUID, AlertFrequency, str, int]]) -> list[Due]:
    told: dict[tuple[UUID, AlertFrequency], tuple[set[int], set[str]]] = {}
    for account_id, frequency, name, number in rows:
        stories, alerts = told.setdefault((account_id, frequency), (set(), set()))
        stories.add(number)
        alerts.add(name)
    return [Due(*key, sorted(stories), sorted(alerts)) for key, (stories, alerts) in sorted(told.items())]
