"""Signing in: a password, and a code where the person has a second factor."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account
from models.attempt import AttemptKind
from models.second_factor import SecondFactor
from models.secret import Keyring
from operations import password, second_factor
from operations.account import hold
from operations.attempt import Transaction, attempt, succeed
from operations.problem import ProblemCode, ProblemError
from operations.session import Rules, SignedIn, start


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody sent to sign in, and from where."""

    email: str
    password: str
    code: str | None = None
    address: str = ""
    client: str | None = None


@dataclass(frozen=True, slots=True)
class _Proof:
    """An account whose password was given; `stored` is what it was checked against, `better` its newer hash.

    The code is the one whose attempt was counted.
    """

    account_id: UUID
    stored: str | None
    better: str | None
    code: str
    attempts: tuple[int, ...]


async def sign_in(transaction: Transaction, keyring: Keyring, rules: Rules, sent: Credentials) -> SignedIn:
    """Start a session.

    Raises ProblemError: TOO_MANY_ATTEMPTS and WRONG_CREDENTIALS, the same for known and unknown emails; and to who
    knows the password EMAIL_NOT_VERIFIED, SECOND_FACTOR_NEEDED and WRONG_CODE.
    """
    proof = await _prove(transaction, keyring, sent)
    async with transaction() as session:
        account = await _held(session, proof)
        if proof.better:
            account.password_hash = proof.better
        factor = await second_factor.use(session, keyring, account, proof.code)
        for attempted in proof.attempts:
            await succeed(session, attempted)
        await session.flush()
        signed_in = await start(session, keyring, rules, account, sent.client, factor is not None)
        setup = rules.second_factor and bool(account.roles) and factor is None
        return replace(signed_in, setup_required=setup)


async def _prove(transaction: Transaction, keyring: Keyring, sent: Credentials) -> _Proof:
    """Whoever sent this knows the password; a code is counted, and not yet checked."""
    # SECURITY: every attempt is counted before the password is looked at.
    attempts = [await attempt(transaction, keyring, AttemptKind.SIGN_IN, sent.email, sent.address)]
    async with transaction() as session:
        account, has_factor = await _found(session, keyring, sent.email)
    stored = account.password_hash if account else None
    # The database waits for no hash.
    right, better = await password.fits(stored, sent.password)
    # SECURITY: one answer, after the same work, for an unknown email and a wrong password: neither tells who is known.
    if account is None or not right:
        raise _wrong()
    if account.email_verified_at is None:
        message = "Your email is not confirmed yet. Follow the link in the e-mail that was sent to you, then sign in."
        raise ProblemError(ProblemCode.EMAIL_NOT_VERIFIED, message)
    if has_factor:
        if not sent.code:
            message = "Sign in again with a code of your authenticator app as well, or with a recovery code."
            raise ProblemError(ProblemCode.SECOND_FACTOR_NEEDED, message, "code")
        kind = AttemptKind.SECOND_FACTOR
        attempts.append(await attempt(transaction, keyring, kind, str(account.id), sent.address))
    return _Proof(account.id, stored, better, sent.code or "" if has_factor else "", tuple(attempts))


async def _found(session: AsyncSession, keyring: Keyring, email: str) -> tuple[Account | None, bool]:
    """The account of an email, and whether it has a second factor."""
    on = (col(SecondFactor.account_id) == col(Account.id)) & col(SecondFactor.confirmed_at).is_not(None)
    statement = select(Account, SecondFactor.account_id).outerjoin(SecondFactor, on)
    found = await session.exec(statement.where(col(Account.email_hash) == keyring.email_hash(email)))
    account, factor = found.one_or_none() or (None, None)
    return account, factor is not None


async def _held(session: AsyncSession, proof: _Proof) -> Account:
    """The account, if it is still the one whose password was given."""
    try:
        account = await hold(session, proof.account_id, change=True)
    except ProblemError:
        raise _wrong() from None
    # SECURITY: a password that was changed meanwhile is worth nothing.
    if account.password_hash != proof.stored:
        raise _wrong()
    return account


def _wrong() -> ProblemError:
    message = "No account has this email and password. Check both and try again."
    return ProblemError(ProblemCode.WRONG_CREDENTIALS, message)
