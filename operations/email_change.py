"""Changing one's email: it counts once the present and the new address have both confirmed it (P15)."""

from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Interval, bindparam, delete, exists, func, insert, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account
from models.confirmation import ConfirmationKind, EmailChange
from models.correction import Correction
from models.secret import Keyring, PersonKey
from models.story import Story
from operations import attempt, complaint, confirmation, mail
from operations.account import email_of, opened
from operations.problem import ProblemCode, ProblemError
from operations.registration import lock

LIFETIME = timedelta(days=7)
LEAVE, TAKE = ConfirmationKind.LEAVE_EMAIL, ConfirmationKind.TAKE_EMAIL


class EmailConfirmation(StrEnum):
    """What a link confirmed."""

    VERIFIED = "VERIFIED"
    HALF_CHANGED = "HALF_CHANGED"
    CHANGED = "CHANGED"
    STORY_SUBMITTED = "STORY_SUBMITTED"


async def ask(session: AsyncSession, keyring: Keyring, key: PersonKey, account: Account, email: str, url: str) -> None:
    """Write to both addresses; an older change that waits is off, and so is this one where nothing would change.

    The account is held to be changed. `url` is the site's address.
    """
    await cancel(session, account.id)
    present = email_of(key, account)
    if email == present:
        return
    hash_ = keyring.email_hash(email)
    taken = await _taken(session, hash_, account.id)
    now = func.statement_timestamp()
    sealed = key.encrypt(email, _place(account.id))
    row = insert(EmailChange).values(account_id=account.id, email=sealed, email_hash=hash_, requested_at=now)
    await session.exec(row.values(expires_at=now + bindparam(None, LIFETIME, Interval)))
    leave = confirmation.link(url, "email", await confirmation.issue(session, account.id, LEAVE, LIFETIME))
    take = confirmation.link(url, "email", await confirmation.issue(session, account.id, TAKE, LIFETIME))
    mail.queue(session, key, "leave_email", present, account_id=account.id, link=leave)
    # SECURITY: P01: whoever asks is told the same, and does not learn that the address is another person's. That person
    # gets no link, for with it they would hand their address over; so the change never comes about.
    if not taken:
        mail.queue(session, key, "take_email", email, account_id=account.id, link=take)
    await session.flush()


async def cancel(session: AsyncSession, account_id: UUID) -> None:
    """A change that waits is off, and its links are worth nothing."""
    await session.exec(delete(EmailChange).where(col(EmailChange.account_id) == account_id))
    await confirmation.retire(session, account_id, LEAVE, TAKE)


async def confirm(
    session: AsyncSession, keyring: Keyring, account: Account, kind: ConfirmationKind
) -> EmailConfirmation:
    """One of the two addresses has confirmed; with the second the email moves. The account is held to be changed.

    Raises ProblemError where another person has confirmed the address for an account of theirs meanwhile.
    """
    now = func.statement_timestamp()
    side = EmailChange.left_at if kind is LEAVE else EmailChange.taken_at
    waiting = update(EmailChange).where(col(EmailChange.account_id) == account.id, col(EmailChange.expires_at) > now)
    found = await session.exec(waiting.values({side: now}).returning(EmailChange))
    change = found.scalar_one_or_none()
    if change is None:
        message = "This change of email is too old. Ask for it again."
        raise ProblemError(ProblemCode.TOKEN_EXPIRED, message, confirmation.FIELD)
    if change.left_at is None or change.taken_at is None:
        return EmailConfirmation.HALF_CHANGED
    await _move(session, keyring, account, change)
    return EmailConfirmation.CHANGED


async def _move(session: AsyncSession, keyring: Keyring, account: Account, change: EmailChange) -> None:
    key = opened(keyring, account)
    old, new = email_of(key, account), key.decrypt(change.email, _place(account.id))
    await _vacate(session, change.email_hash, account.id)
    account.email = key.encrypt(new, f"account.email:{account.id}")
    account.email_hash = change.email_hash
    await attempt.rename(session, keyring, old, new)
    await complaint.readdress(session, key, account.id, old, new)
    # P15: that the email was changed is recorded, never from what to what.
    session.add(Correction(account_id=account.id, field="email"))
    for address in (old, new):
        mail.queue(session, key, "email_changed", address, account_id=account.id)
    await session.flush()
    await cancel(session, account.id)
    # SECURITY: links that went to the old address open nothing any more.
    await confirmation.retire(session, account.id, ConfirmationKind.RESET_PASSWORD, ConfirmationKind.SUBMIT_STORY)


async def _vacate(session: AsyncSession, email_hash: bytes, mover: UUID) -> None:
    """Take the address from an account that never confirmed it: the mover did, by the link that was sent there."""
    await lock(session, email_hash)
    authored = exists().where(col(Story.author_id) == col(Account.id))
    theirs = [col(Account.email_hash) == email_hash, col(Account.id) != mover]
    await session.exec(delete(Account).where(*theirs, col(Account.email_verified_at).is_(None), ~authored))
    if await session.scalar(select(exists().where(*theirs))):
        message = "Another account has this email by now, so yours keeps the one it has. Choose another new email."
        raise ProblemError(ProblemCode.NOT_ALLOWED, message, confirmation.FIELD)


async def _taken(session: AsyncSession, email_hash: bytes, mover: UUID) -> bool:
    """Whether somebody else has confirmed that the address is theirs."""
    others = [col(Account.email_hash) == email_hash, col(Account.id) != mover]
    return bool(await session.scalar(select(exists().where(*others, col(Account.email_verified_at).is_not(None)))))


def _place(account_id: UUID) -> str:
    return f"email_change.email:{account_id}"
