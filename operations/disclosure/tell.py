"""Who is told of a disclosure by e-mail: its number and where to read it, never what it is about."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, String, func, literal
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account, PlatformRole
from models.disclosure import Disclosure
from models.membership import Membership, MembershipRole
from operations import mail
from operations.account import email_of, opened
from operations.moderation import Desk

ZONE = "Europe/London"


async def managers(session: AsyncSession, organisation: ColumnElement[int]) -> Sequence[Account]:
    """Those who can read what is disclosed to an organisation, and be told so; nobody erases them meanwhile."""
    manage = select(Membership.id).where(
        col(Membership.account_id) == col(Account.id),
        col(Membership.organisation_id) == organisation,
        col(Membership.role) == MembershipRole.MANAGER,
    )
    return await _held(session, manage.exists())


async def safeguarding(session: AsyncSession) -> Sequence[Account]:
    """Those who ask for disclosures and approve them."""
    return await _held(session, col(Account.roles).contains([PlatformRole.SAFEGUARDING]))


async def _held(session: AsyncSession, which: ColumnElement[bool]) -> Sequence[Account]:
    reachable = (col(Account.email).is_not(None), col(Account.email_verified_at).is_not(None))
    rows = select(Account).where(which, *reachable).order_by(col(Account.id))
    return (await session.exec(rows.with_for_update(read=True, key_share=True, of=Account))).all()


async def tell(desk: Desk, people: Iterable[Account], template: str, disclosure_id: UUID) -> None:
    """Queue an e-mail to each of these people, who are held, but the person that it is about and who does it."""
    number, account_id, until = (
        await desk.session.exec(
            select(Disclosure.number, Disclosure.account_id, _words()).where(col(Disclosure.id) == disclosure_id)
        )
    ).one()
    # SECURITY: P09: no private value in an e-mail; what is disclosed is read signed in, and on the audit log.
    said = {"number": str(number), "until": until or "", "link": f"{desk.url}/disclosures/{number}"}
    for account in people:
        if account.id not in (account_id, desk.who):
            key = opened(desk.keyring, account)
            to = email_of(key, account)
            mail.queue(desk.session, key, template, to, account_id=account.id, complaint_id=None, **said)
    await desk.session.flush()


def _words() -> ColumnElement[str]:
    """When it ends, e.g. 4 May 2026 at 17:30."""
    local = func.timezone(literal(ZONE, String), col(Disclosure.expires_at))
    words: ColumnElement[str] = func.to_char(local, 'FMDD FMMonth YYYY "at" HH24:MI')
    return words
