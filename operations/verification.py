"""Confirming an email by the link that was sent to it."""

from sqlalchemy import func
from sqlmodel import col, update
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account
from models.confirmation import ConfirmationKind
from models.secret import Keyring
from operations import confirmation, email_change, waiting
from operations.email_change import EmailConfirmation

VERIFY = ConfirmationKind.VERIFY_EMAIL


async def verify_email(session: AsyncSession, keyring: Keyring, token: str) -> EmailConfirmation:
    """Use up a link that came with registering, with a change of email, or with a story.

    Raises ProblemError for a token that is unknown, used or expired, and for a story that can't be taken any more.
    """
    kinds = (VERIFY, waiting.SUBMIT, ConfirmationKind.LEAVE_EMAIL, ConfirmationKind.TAKE_EMAIL)
    account, link = await confirmation.consume(session, token, *kinds)
    if link.kind is waiting.SUBMIT:
        await waiting.confirm(session, keyring, account, link)
        await verify(session, account)
        return EmailConfirmation.STORY_SUBMITTED
    if link.kind is not VERIFY:
        return await email_change.confirm(session, keyring, account, link.kind)
    await verify(session, account)
    return EmailConfirmation.VERIFIED


async def verify(session: AsyncSession, account: Account) -> None:
    """The person reads the account's mailbox: from now on they can sign in. The account is held to be changed."""
    first = func.coalesce(Account.email_verified_at, func.statement_timestamp())
    await session.exec(update(Account).where(col(Account.id) == account.id).values(email_verified_at=first))
    await confirmation.retire(session, account.id, VERIFY)
