"""E-mails to the data protection officer about disclosures that are to be reviewed: how many, once a day at most."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account, PlatformRole
from models.disclosure import Disclosure
from models.mail import Mail
from models.secret import Keyring
from operations import mail
from operations.account import email_of, opened
from operations.disclosure.text import length

TEMPLATE = "disclosure_review_due"
TERM = "7 days"
"""So long after its approval a disclosure is reviewed at the latest."""
AHEAD, ONCE = "2 days", "1 day"
"""How long before that it is told of, and how often at most."""


class Due(NamedTuple):
    """A disclosure that is to be reviewed soon: whose data it is of, and whether it is late."""

    account_id: UUID | None
    late: bool


async def remind_officers(session: AsyncSession, keyring: Keyring, url: str) -> int:
    """Queue e-mails to the data protection officers where a review is due; how many. `url` is the site's."""
    due = await _due(session)
    told = 0
    for account in await _officers(session) if due else []:
        # Nobody reviews, or hears of, a disclosure of their own data.
        waiting = [one for one in due if one.account_id != account.id]
        if waiting:
            key = opened(keyring, account)
            numbers = {"open": len(waiting), "late": len([one for one in waiting if one.late])}
            # SECURITY: P09: how many there are, and nothing of any of them.
            said = {name: f"{number:,}" if number else "none" for name, number in numbers.items()}
            to = email_of(key, account)
            link = f"{url}/disclosures"
            mail.queue(session, key, TEMPLATE, to, account_id=account.id, complaint_id=None, link=link, **said)
            told += 1
    await session.flush()
    return told


async def _due(session: AsyncSession) -> Sequence[Due]:
    deadline, now = col(Disclosure.approved_at) + length(TERM), func.statement_timestamp()
    unreviewed = (col(Disclosure.approved_at).is_not(None), col(Disclosure.reviewed_at).is_(None))
    rows = select(Disclosure.account_id, deadline < now).where(*unreviewed, deadline < now + length(AHEAD))
    return [Due(*row) for row in (await session.exec(rows)).all()]


async def _officers(session: AsyncSession) -> Sequence[Account]:
    """Those who were not told today, held; who is being changed or erased at the moment is taken up in the next run."""
    told = select(Mail.id).where(col(Mail.account_id) == col(Account.id), col(Mail.template) == TEMPLATE)
    lately = told.where(col(Mail.queued_at) > func.statement_timestamp() - length(ONCE))
    reachable = (col(Account.email).is_not(None), col(Account.email_verified_at).is_not(None))
    officers = col(Account.roles).contains([PlatformRole.DPO])
    rows = select(Account).where(officers, *reachable, ~lately.exists()).order_by(col(Account.id))
    held = rows.with_for_update(read=True, key_share=True, skip_locked=True, of=Account)
    return (await session.exec(held)).all()
