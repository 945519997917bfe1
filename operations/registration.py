"""Registering: an account for whoever reads the mailbox of an email, and the same answer for every email."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, Interval, bindparam, delete, exists, func, insert, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account, IpAddressUse
from models.attempt import AttemptKind
from models.confirmation import Confirmation, ConfirmationKind
from models.secret import Keyring, PersonKey
from models.story import Story
from operations import confirmation, decoy, form, mail, password
from operations.account import email_of, opened
from operations.attempt import Transaction, attempt
from operations.key import new_key
from operations.privacy_notice import check_shown

LIFETIME, KEPT = timedelta(hours=24), timedelta(days=7)
"""How long the link works, and how long an account is kept that nobody confirms."""
USE = "register"
STATEMENTS = 6
"""So many statements follow after an account was looked for, whether there was one or not."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed in, and which privacy notice the form showed."""

    email: str
    password: str
    pen_name: str | None = None
    notice_version: str | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """What was typed in, checked; `address` is the IP address, empty where none is known."""

    email: str
    password_hash: str
    pen_name: str | None
    address: str


async def register(transaction: Transaction, keyring: Keyring, typed: Typed, address: str, url: str) -> None:
    """Make an account, or let its person know that there is one. `url` is the site's address.

    Raises ProblemError for what was typed in, and for too many attempts: the same whether the email is known or not.
    """
    email, pen_name = form.email(typed.email), None if typed.pen_name is None else form.pen_name(typed.pen_name)
    # It is no consent, so the ledger keeps nothing of it.
    check_shown(typed.notice_version)
    await password.accept(typed.password, [email, pen_name])
    # Who only looks for a good password is not held up.
    await attempt(transaction, keyring, AttemptKind.REGISTER, email, address)
    registration = Registration(email, await password.hashed(typed.password), pen_name, address)
    # SECURITY: P01: neither the number of statements nor what they cost here tells whether the email was known.
    async with decoy.even(), transaction() as session:
        await enter(session, keyring, registration, url)


async def enter(session: AsyncSession, keyring: Keyring, registration: Registration, url: str) -> None:
    """Write what registering leaves. An unverified account is nobody's yet: the newest registration takes its place."""
    hash_ = keyring.email_hash(registration.email)
    await lock(session, hash_)
    found = await session.exec(select(Account).where(col(Account.email_hash) == hash_).with_for_update())
    account = found.one_or_none()
    if account is None:
        await _begin(session, keyring, registration, hash_, url)
    elif account.email_verified_at is None:
        await _begin_again(session, opened(keyring, account), account.id, registration, url)
    else:
        await _tell_of_account(session, opened(keyring, account), account, url)


async def lock(session: AsyncSession, email_hash: bytes) -> None:
    """Until this transaction ends, nobody else gives this email to an account."""
    number = int.from_bytes(email_hash[:8], signed=True)
    await session.exec(select(func.pg_advisory_xact_lock(bindparam(None, number, BigInteger))))


async def _begin(session: AsyncSession, keyring: Keyring, registration: Registration, hash_: bytes, url: str) -> None:
    account_id = uuid4()
    key = new_key(session, keyring, account_id)
    row = insert(Account).values(
        id=account_id, created_at=func.statement_timestamp(), email_hash=hash_, **_typed(key, account_id, registration)
    )
    await session.flush()
    await session.exec(row)
    await decoy.write(session, 1)
    await _ask(session, key, account_id, registration, url)


async def _begin_again(
    session: AsyncSession, key: PersonKey, account_id: UUID, registration: Registration, url: str
) -> None:
    # SECURITY: whoever registered before may be a stranger: their password, their links and what else they left go.
    await confirmation.retire(session, account_id, ConfirmationKind.VERIFY_EMAIL)
    before = delete(IpAddressUse).where(col(IpAddressUse.account_id) == account_id, col(IpAddressUse.use) == USE)
    await session.exec(before)
    row = update(Account).where(col(Account.id) == account_id)
    await session.exec(row.values(**_typed(key, account_id, registration)))
    await _ask(session, key, account_id, registration, url)


async def _tell_of_account(session: AsyncSession, key: PersonKey, account: Account, url: str) -> None:
    # SECURITY: to the address that is known, not as it was typed: two spellings may be two mailboxes.
    mail.queue(session, key, "already_registered", email_of(key, account), account_id=account.id, link=url)
    await session.flush()
    await decoy.write(session, STATEMENTS - 1)


def _typed(key: PersonKey, account_id: UUID, registration: Registration) -> dict[str, bytes | str | None]:
    """The columns of an account that registering fills."""
    name = registration.pen_name
    return {
        "password_hash": registration.password_hash,
        "email": key.encrypt(registration.email, f"account.email:{account_id}"),
        "pen_name": None if name is None else key.encrypt(name, f"account.pen_name:{account_id}"),
    }


async def _ask(session: AsyncSession, key: PersonKey, account_id: UUID, registration: Registration, url: str) -> None:
    """The e-mail with the link, and the address from which it was asked for (P03)."""
    token = await confirmation.issue(session, account_id, ConfirmationKind.VERIFY_EMAIL, LIFETIME)
    link = confirmation.link(url, "verify", token)
    mail.queue(session, key, "verify_email", registration.email, account_id=account_id, link=link)
    await session.flush()
    if not registration.address:
        await decoy.write(session, 1)
        return
    id_ = uuid4()
    sealed = key.encrypt(registration.address, f"ip_address_use.address:{id_}")
    now = func.statement_timestamp()
    row = insert(IpAddressUse).values(id=id_, account_id=account_id, address=sealed, used_at=now, use=USE)
    await session.exec(row)


async def forget_unconfirmed(session: AsyncSession) -> int:
    """Delete accounts whose email nobody confirmed in a week, and how many: whose address it is was never known."""
    now = func.statement_timestamp()
    linked = exists().where(col(Confirmation.account_id) == col(Account.id), col(Confirmation.expires_at) > now)
    authored = exists().where(col(Story.author_id) == col(Account.id))
    nobodys = col(Account.email_verified_at).is_(None), col(Account.created_at) < now - bindparam(None, KEPT, Interval)
    gone = await session.exec(delete(Account).where(*nobodys, ~linked, ~authored))
    return int(gone.rowcount)
