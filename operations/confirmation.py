"""Confirmations: links that are sent by e-mail, work once and for a time, and show who reads a mailbox."""

import secrets
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import Interval, bindparam, delete, func, insert, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account
from models.confirmation import Confirmation, ConfirmationKind
from models.secret import token_hash
from operations.account import hold
from operations.problem import ProblemCode, ProblemError

FIELD = "token"


def link(url: str, page: str, token: str) -> str:
    """The address in the e-mail; `page` is what is confirmed: verify, reset or email."""
    # SECURITY: what follows the # is never sent to a server, so that no log has a token.
    return f"{url}/confirm#{page}={token}"


async def issue(session: AsyncSession, account_id: UUID, kind: ConfirmationKind, lifetime: timedelta) -> str:
    """A new link's token, in one statement; it is stored nowhere but in the e-mail, until that is sent."""
    # SECURITY: 256 random bits; only their hash is stored, so a copy of the database confirms nothing.
    token = secrets.token_urlsafe(32)
    now = func.statement_timestamp()
    row = insert(Confirmation).values(
        id=uuid4(),
        account_id=account_id,
        kind=kind,
        token_hash=token_hash(token),
        created_at=now,
        expires_at=now + bindparam(None, lifetime, Interval),
    )
    await session.exec(row)
    return token


async def retire(session: AsyncSession, account_id: UUID, *kinds: ConfirmationKind) -> None:
    """Unused links of these kinds are worth nothing from now on."""
    links = [col(Confirmation.account_id) == account_id, col(Confirmation.kind).in_(kinds)]
    await session.exec(delete(Confirmation).where(*links, col(Confirmation.used_at).is_(None)))


async def find(session: AsyncSession, token: str, *kinds: ConfirmationKind) -> Confirmation:
    """The link of this token, which would work now.

    Raises ProblemError: TOKEN_UNKNOWN (or of another kind), TOKEN_USED, TOKEN_EXPIRED.
    """
    # SECURITY: the database's clock decides, whatever this process takes the time to be.
    late = col(Confirmation.expires_at) <= func.statement_timestamp()
    known = [col(Confirmation.token_hash) == token_hash(token), col(Confirmation.kind).in_(kinds)]
    found = await session.exec(select(Confirmation, late).where(*known).execution_options(populate_existing=True))
    row = found.one_or_none()
    if row is None:
        raise _unknown()
    confirmation, is_late = row
    if confirmation.used_at is not None:
        message = "This link was used before, and works only once. Ask for a new one if you still need one."
        raise ProblemError(ProblemCode.TOKEN_USED, message, FIELD)
    if is_late:
        raise ProblemError(ProblemCode.TOKEN_EXPIRED, "This link is too old. Ask for a new one.", FIELD)
    return confirmation


async def consume(session: AsyncSession, token: str, *kinds: ConfirmationKind) -> tuple[Account, Confirmation]:
    """Use the link up: its account, held to be changed, and the link. Raises ProblemError as `find` does."""
    confirmation = await find(session, token, *kinds)
    try:
        account = await hold(session, confirmation.account_id, change=True)
    except ProblemError:
        raise _unknown() from None
    # SECURITY: of two who use one link at once, the second waited for the account, and finds the link used.
    confirmation = await find(session, token, *kinds)
    used = update(Confirmation).where(col(Confirmation.id) == confirmation.id)
    await session.exec(used.values(used_at=func.statement_timestamp()))
    return account, confirmation


def _unknown() -> ProblemError:
    message = (
        "This link is not known: it is incomplete, or a newer e-mail has replaced it. "
        "Copy the whole link from the newest e-mail, or ask for a new one."
    )
    return ProblemError(ProblemCode.TOKEN_UNKNOWN, message, FIELD)
