"""New passwords: by a link for who forgot theirs, or by the present one."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account
from models.attempt import AttemptKind
from models.confirmation import ConfirmationKind
from models.secret import Keyring, PersonKey
from models.session import Session
from operations import attempt, confirmation, decoy, email_change, form, mail, password
from operations.account import email_of, hold, opened, pen_name_of
from operations.attempt import Transaction
from operations.problem import ProblemCode, ProblemError
from operations.verification import verify
from policies.viewer import Member

LIFETIME = timedelta(hours=1)
RESET = ConfirmationKind.RESET_PASSWORD
STATEMENTS = 3
"""So many statements follow after an account was looked for, whether there was one or not."""


async def request_reset(transaction: Transaction, keyring: Keyring, email: str, address: str, url: str) -> None:
    """Send a link with which a new password can be set, if there is an account; `url` is the site's address.

    Raises ProblemError for what is no email, and for too many attempts: the same whether it is known or not.
    """
    typed = form.email(email)
    await attempt.attempt(transaction, keyring, AttemptKind.RESET, typed, address)
    # SECURITY: P01: neither the number of statements nor what they cost here tells whether the email was known.
    async with decoy.even(), transaction() as session:
        await _send(session, keyring, typed, url)


async def _send(session: AsyncSession, keyring: Keyring, email: str, url: str) -> None:
    found = await session.exec(select(Account.id).where(col(Account.email_hash) == keyring.email_hash(email)))
    account_id = found.one_or_none()
    if account_id is None:
        await decoy.write(session, STATEMENTS)
        return
    account = await hold(session, account_id)
    key = opened(keyring, account)
    link = confirmation.link(url, "reset", await confirmation.issue(session, account_id, RESET, LIFETIME))
    # SECURITY: to the address that is known, not as it was typed: two spellings may be two mailboxes.
    mail.queue(session, key, "reset_password", email_of(key, account), account_id=account_id, link=link)
    await session.flush()


async def reset(transaction: Transaction, keyring: Keyring, token: str, new: str, address: str) -> None:
    """Set the password by a link. Raises ProblemError for the link or the password; then the link still works."""
    async with transaction() as session:
        link = await confirmation.find(session, token, RESET)
        words = _words(keyring, await hold(session, link.account_id))
    # The database waits for no hash: what was read is asked for again.
    await password.accept(new, words)
    stored = await password.hashed(new)
    async with transaction() as session:
        account, _ = await confirmation.consume(session, token, RESET)
        key = opened(keyring, account)
        account.password_hash = stored
        await _start_afresh(session, keyring, key, account)
        # SECURITY: whoever reads the mailbox is at home here, so that strangers can't lock them out again.
        await attempt.welcome(session, keyring, email_of(key, account), address)


async def change(
    transaction: Transaction, keyring: Keyring, member: Member, present: str, new: str, address: str
) -> None:
    """Set the password of who knows the present one; their other sessions end.

    Raises ProblemError for a wrong present password, too many attempts, and a new one that is too easy.
    """
    account_id = member.account_id
    # SECURITY: a session that was left open is no way to guess the password.
    attempted = await attempt.attempt(transaction, keyring, AttemptKind.PASSWORD, str(account_id), address)
    async with transaction() as session:
        account = await hold(session, account_id)
    right, _ = await password.fits(account.password_hash, present)
    if not right:
        raise _wrong()
    async with transaction() as session:
        await attempt.succeed(session, attempted)
    await password.accept(new, _words(keyring, account), "new")
    stored = await password.hashed(new)
    async with transaction() as session:
        held = await hold(session, account_id, change=True)
        # SECURITY: whoever reset the password meanwhile keeps theirs.
        if held.password_hash != account.password_hash:
            raise _wrong()
        key = opened(keyring, held)
        held.password_hash = stored
        await _end_sessions(session, account_id, member.session_id)
        await confirmation.retire(session, account_id, RESET)
        _tell(session, key, held)


async def _start_afresh(session: AsyncSession, keyring: Keyring, key: PersonKey, account: Account) -> None:
    """What may be an intruder's is worth nothing any more: sessions, links, a change of email that waits."""
    await verify(session, account)
    await confirmation.retire(session, account.id, RESET)
    await email_change.cancel(session, account.id)
    await _end_sessions(session, account.id, None)
    for subject in (email_of(key, account), str(account.id)):
        await attempt.forget(session, keyring, subject)
    _tell(session, key, account)


async def _end_sessions(session: AsyncSession, account_id: UUID, but: UUID | None) -> None:
    theirs = delete(Session).where(col(Session.account_id) == account_id)
    await session.exec(theirs.where(col(Session.id) != but) if but else theirs)


def _tell(session: AsyncSession, key: PersonKey, account: Account) -> None:
    mail.queue(session, key, "password_changed", email_of(key, account), account_id=account.id)


def _words(keyring: Keyring, account: Account) -> list[str | None]:
    """What a guesser knows of the person."""
    key = opened(keyring, account)
    return [email_of(key, account), pen_name_of(key, account)]


def _wrong() -> ProblemError:
    message = "This is not your present password. Check it and try again."
    return ProblemError(ProblemCode.WRONG_PASSWORD, message, "current")
