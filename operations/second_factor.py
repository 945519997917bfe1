"""The second factor: codes of an authenticator app (RFC 6238), and recovery codes for who lost it."""

import secrets
from base64 import b32encode
from dataclasses import dataclass
from hmac import compare_digest
from math import floor

from pyotp import TOTP, random_base32
from sqlalchemy import extract, func, insert, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account
from models.attempt import AttemptKind
from models.second_factor import SecondFactor
from models.secret import Keyring, token_hash
from models.session import Session
from operations import attempt, mail, password
from operations.account import email_of, hold, opened
from operations.attempt import Transaction
from operations.problem import ProblemCode, ProblemError
from operations.session import Rules, renew
from policies.viewer import Member

ISSUER = "Candour"
STEP = 30
"""So many seconds a code of the app lasts."""
SKEW = (-1, 0, 1)
"""The codes of the step before and after count too, for the app's clock may be wrong by some seconds."""
RECOVERY_CODES = 10
RECOVERY_BYTES = 10
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks: a person, in the session of this token, from this IP address."""

    member: Member
    token: str
    address: str


@dataclass(frozen=True, slots=True)
class Started:
    """What the app needs, told once: the secret, and the same as an `otpauth://` address for a QR code."""

    secret: str
    uri: str


async def start(transaction: Transaction, keyring: Keyring, asking: Asking, entered: str) -> Started:
    """A new secret, which counts once a code has confirmed it; one that was not confirmed is replaced.

    Raises ProblemError for a wrong password, too many attempts, and where a second factor is on already.
    """
    attempted = await check_password(transaction, keyring, asking.member, entered, asking.address)
    secret = random_base32()
    async with transaction() as session:
        account = await hold(session, asking.member.account_id, change=True)
        if (found := await _factor(session, account)) is not None:
            if found.confirmed_at is not None:
                raise _already_on()
            await session.delete(found)
            await session.flush()
        key = opened(keyring, account)
        sealed = key.encrypt(secret, _place(account))
        row = insert(SecondFactor).values(account_id=account.id, secret=sealed, created_at=func.statement_timestamp())
        await session.exec(row)
        await attempt.succeed(session, attempted)
        return Started(secret, TOTP(secret).provisioning_uri(name=email_of(key, account), issuer_name=ISSUER))


async def confirm(
    transaction: Transaction, keyring: Keyring, rules: Rules, asking: Asking, code: str
) -> tuple[list[str], Member]:
    """Turn the second factor on by the app's first code: the recovery codes, told once, and who the person is now.

    Raises ProblemError for a wrong code, too many attempts, and where none was started or it is on already.
    """
    attempted = await _count(transaction, keyring, asking)
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    async with transaction() as session:
        account = await hold(session, asking.member.account_id, change=True)
        factor = await _factor(session, account)
        if factor is None:
            raise ProblemError(ProblemCode.NOT_FOUND, "Call startSecondFactor first.")
        if factor.confirmed_at is not None:
            raise _already_on()
        await _use_step(session, keyring, account, factor, _plain(code))
        on = update(SecondFactor).where(col(SecondFactor.account_id) == account.id)
        hashes = [token_hash(_plain(made)) for made in codes]
        await session.exec(on.values(confirmed_at=func.statement_timestamp(), recovery_hashes=hashes))
        await _trust(session, account, asking.member)
        await attempt.succeed(session, attempted)
        _tell(session, keyring, account, "second_factor_on")
        return codes, await renew(session, keyring, rules, asking.token)


async def remove(
    transaction: Transaction, keyring: Keyring, rules: Rules, asking: Asking, entered: str, code: str
) -> Member:
    """Turn the second factor off, by the password and one more code: who the person is now.

    No session counts as one with a second factor any more. Raises ProblemError for a wrong password or code, too many
    attempts, and where none is on.
    """
    by_password = await check_password(transaction, keyring, asking.member, entered, asking.address)
    by_code = await _count(transaction, keyring, asking)
    async with transaction() as session:
        account = await hold(session, asking.member.account_id, change=True)
        factor = await use(session, keyring, account, code)
        if factor is None:
            raise ProblemError(ProblemCode.NOT_FOUND, "You have no second factor that could be removed.")
        await session.delete(factor)
        await _trust(session, account, None)
        for attempted in (by_password, by_code):
            await attempt.succeed(session, attempted)
        _tell(session, keyring, account, "second_factor_off")
        await session.flush()
        return await renew(session, keyring, rules, asking.token)


async def use(session: AsyncSession, keyring: Keyring, account: Account, code: str) -> SecondFactor | None:
    """The account's second factor after using the code up; None where none is on. The account is held to be changed.

    Raises ProblemError WRONG_CODE for a code that does not fit, is too old, or was used before.
    """
    factor = await _factor(session, account)
    if factor is None or factor.confirmed_at is None:
        return None
    plain = _plain(code)
    if len(plain) == DIGITS:
        await _use_step(session, keyring, account, factor, plain)
        return factor
    # SECURITY: each recovery code works once; of those that are left only hashes are stored.
    used = token_hash(plain)
    if used not in factor.recovery_hashes:
        raise _wrong_code()
    factor.recovery_hashes = [hashed for hashed in factor.recovery_hashes if hashed != used]
    await session.flush()
    return factor


async def check_password(transaction: Transaction, keyring: Keyring, member: Member, entered: str, address: str) -> int:
    """The number of the attempt to enter one's password again, for `attempt.succeed`.

    Raises ProblemError for a wrong one and for too many attempts.
    """
    # SECURITY: a session that was left open is no way to guess the password.
    kind, account_id = AttemptKind.PASSWORD, member.account_id
    attempted = await attempt.attempt(transaction, keyring, kind, str(account_id), address)
    async with transaction() as session:
        stored = (await hold(session, account_id)).password_hash
    # The database waits for no hash.
    right, _ = await password.fits(stored, entered)
    if not right:
        message = "This is not your password. Check it and try again."
        raise ProblemError(ProblemCode.WRONG_PASSWORD, message, "password")
    return attempted


async def _count(transaction: Transaction, keyring: Keyring, asking: Asking) -> int:
    """Count a code before it is looked at."""
    subject = str(asking.member.account_id)
    return await attempt.attempt(transaction, keyring, AttemptKind.SECOND_FACTOR, subject, asking.address)


async def _factor(session: AsyncSession, account: Account) -> SecondFactor | None:
    """The account's second factor, on or not yet; while the account is held, nobody else uses a code of it."""
    found = select(SecondFactor).where(col(SecondFactor.account_id) == account.id)
    return (await session.exec(found.execution_options(populate_existing=True))).one_or_none()


async def _use_step(session: AsyncSession, keyring: Keyring, account: Account, factor: SecondFactor, code: str) -> None:
    """Use up the time step that the code belongs to, so that neither it nor an earlier one works again."""
    secret = opened(keyring, account).decrypt(factor.secret, _place(account))
    # SECURITY: the database's clock decides: processes whose clocks differ accept the same codes.
    now = (await session.exec(select(extract("epoch", func.statement_timestamp())))).one()
    factor.last_step = _step(secret, code, floor(float(now) / STEP), factor.last_step)
    await session.flush()


def _step(secret: str, code: str, now: int, last: int | None) -> int:
    """The time step that the code belongs to. Raises ProblemError WRONG_CODE where there is none, or it was used."""
    app = TOTP(secret, digits=DIGITS, interval=STEP)
    # SECURITY: all are compared, each in constant time, so that the clock tells nothing of them.
    fitting = [now + skew for skew in SKEW if compare_digest(app.generate_otp(now + skew).encode(), code.encode())]
    unused = [step for step in fitting if last is None or step > last]
    if not unused:
        raise _wrong_code()
    return unused[0]


async def _trust(session: AsyncSession, account: Account, member: Member | None) -> None:
    """Count the member's present session as one with a second factor, and no other."""
    theirs = update(Session).where(col(Session.account_id) == account.id)
    await session.exec(theirs.values(second_factor=col(Session.id) == member.session_id if member else False))


def _tell(session: AsyncSession, keyring: Keyring, account: Account, template: str) -> None:
    key = opened(keyring, account)
    mail.queue(session, key, template, email_of(key, account), account_id=account.id)


def _recovery_code() -> str:
    """Four groups of four letters and digits: 80 random bits, too many to be found from their hash."""
    text = b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _plain(code: str) -> str:
    """A code as people may type it, without spaces and dashes."""
    return "".join(code.split()).replace("-", "").lower()


def _place(account: Account) -> str:
    return f"second_factor.secret:{account.id}"


def _wrong_code() -> ProblemError:
    message = "This code does not fit, or was used before. Wait for the app's next code and try that one."
    return ProblemError(ProblemCode.WRONG_CODE, message, "code")


def _already_on() -> ProblemError:
    message = "A second factor is on already. Remove it first to set up another."
    return ProblemError(ProblemCode.ALREADY_DONE, message)
