"""E-mails to moderators about stories whose deadline is near or over: how many, and a link, once a day at most."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account, PlatformRole
from models.mail import Mail, MailTopic
from models.secret import Keyring
from models.story import Story, StoryStatus
from operations.mail.preference import wants
from operations.mail.tell import tell

TEMPLATE = "moderation_due"
AHEAD = timedelta(hours=12)
"""How long before its deadline a story is told of."""
ONCE = timedelta(hours=24)


class Due(NamedTuple):
    """A story to be decided about soon: who has it, if anybody does who moderates, whose it is, and if it is late."""

    holder: UUID | None
    author_id: UUID | None
    late: bool


async def remind_moderators(session: AsyncSession, keyring: Keyring, url: str, hours: int) -> int:
    """Queue e-mails to those who have a story that is due, or to all where nobody has it; how many.

    A story is to be moderated `hours` after it was sent; `url` is the site's. One process at a time does this.
    """
    due = await _due(session, timedelta(hours=hours))
    told = 0
    for account in await _moderators(session) if due else []:
        # Nobody moderates a story of their own.
        waiting = [one for one in due if one.holder in (account.id, None) and one.author_id != account.id]
        if waiting:
            told += await tell(session, keyring, account, TEMPLATE, **_said(waiting), link=f"{url}/moderation")
    await session.flush()
    return told


async def _due(session: AsyncSession, allowed: timedelta) -> Sequence[Due]:
    # SECURITY: who moderates by now, not who did when they took a story: else it waited for nobody.
    moderators = select(Account.id).where(_moderates()).scalar_subquery()
    holder = case((col(Story.moderator_id).in_(moderators), col(Story.moderator_id)))
    undecided = col(Story.status).in_([StoryStatus.SUBMITTED, StoryStatus.IN_REVIEW])
    held = and_(col(Story.status) == StoryStatus.PREVIEW, col(Story.preview_until).is_(None))
    deadline, now = col(Story.submitted_at) + allowed, func.statement_timestamp()
    rows = select(holder, Story.author_id, deadline < now).where(or_(undecided, held), deadline < now + AHEAD)
    return [Due(*row) for row in (await session.exec(rows)).all()]


async def _moderators(session: AsyncSession) -> Sequence[Account]:
    """Those who can be told now, held; who is being changed or erased at the moment is taken up in the next run."""
    told = select(Mail.id).where(col(Mail.account_id) == col(Account.id), col(Mail.template) == TEMPLATE)
    lately = told.where(col(Mail.queued_at) > func.statement_timestamp() - ONCE)
    rows = select(Account).where(_moderates(), wants(MailTopic.MODERATION), ~lately.exists()).order_by(col(Account.id))
    held = rows.with_for_update(read=True, key_share=True, skip_locked=True, of=Account)
    return (await session.exec(held)).all()


def _moderates() -> ColumnElement[bool]:
    return col(Account.roles).contains([PlatformRole.MODERATOR])


def _said(waiting: Sequence[Due]) -> dict[str, str]:
    # SECURITY: P10: how many there are, and nothing of any of them.
    mine = [one for one in waiting if one.holder]
    late = [one for one in waiting if one.late]
    numbers = {"mine": len(mine), "free": len(waiting) - len(mine), "late": len(late)}
    written = {name: f"{number:,}" if number else "none" for name, number in numbers.items()}
    return {"hours": f"{AHEAD // timedelta(hours=1)}", **written}
