"""What a person wants to be told of by e-mail: everything, without those topics that they refused."""

from uuid import UUID

from sqlalchemy import ColumnElement, delete, literal
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account
from models.mail import MailRefusal, MailTopic
from operations.account import hold
from policies.viewer import Member


async def set_preference(session: AsyncSession, viewer: Member, topic: MailTopic, wanted: bool) -> None:
    """From now on the viewer gets e-mails on a topic, or none; saying it again changes nothing."""
    await hold(session, viewer.account_id)
    if not wanted:
        await refuse(session, viewer.account_id, topic)
        return
    theirs = (col(MailRefusal.account_id) == viewer.account_id, col(MailRefusal.topic) == topic)
    await session.exec(delete(MailRefusal).where(*theirs))


async def refuse(session: AsyncSession, account_id: UUID, topic: MailTopic) -> None:
    """Stop e-mails on a topic to an account, if there (still) is one; doing it again changes nothing."""
    kind = MailRefusal.__table__.c.topic.type  # type: ignore[attr-defined]
    # SECURITY: P18: of somebody who is being erased nothing is written; their erasure is waited for.
    there = select(Account.id, literal(topic, kind)).where(col(Account.id) == account_id)
    rows = there.with_for_update(read=True, key_share=True)
    await session.exec(insert(MailRefusal).from_select(["account_id", "topic"], rows).on_conflict_do_nothing())


async def refused(session: AsyncSession, account_id: UUID, topic: MailTopic) -> bool:
    """Whether a person wants no e-mails on a topic, as of now."""
    rows = select(MailRefusal.topic).where(col(MailRefusal.account_id) == account_id, col(MailRefusal.topic) == topic)
    return (await session.exec(rows)).one_or_none() is not None


def wants(topic: MailTopic) -> ColumnElement[bool]:
    """Whether the person of a row of `account` can get e-mails on a topic now, and has not refused them."""
    rows = select(MailRefusal.topic).where(col(MailRefusal.account_id) == col(Account.id))
    reachable = col(Account.email).is_not(None) & col(Account.email_verified_at).is_not(None)
    return reachable & ~rows.where(col(MailRefusal.topic) == topic).exists()
