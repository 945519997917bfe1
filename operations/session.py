"""Sessions: signing in with email and password, signing out, and whose token this is."""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, cast
from uuid import UUID

from asyncpg import Record
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account, PlatformRole
from models.database.connection import Connection, Pool
from models.secret import Keyring, token_hash
from models.session import Session
from policies.viewer import Member

LIFETIME = timedelta(hours=12)
LONGEST_TOKEN = 128

# Argon2id as OWASP advises for servers: 19 MiB a hash, so that a worker's memory stays small.
PASSWORDS = PasswordHash((Argon2Hasher(memory_cost=19_456, time_cost=2, parallelism=1),))
# SECURITY: one hash at a time in a process; a flood of sign-ins waits instead of taking all memory.
_HASHING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="argon2")

WHOSE = """
select account.id, account.roles::text[] as roles, person_key.wrapped as key, account.demographics_id,
       exists (select from membership where membership.account_id = account.id) as staff,
       session.id as session_id, session.second_factor
from session join account on account.id = session.account_id join person_key on person_key.id = account.id
where session.token_hash = $1 and session.expires_at > statement_timestamp()
"""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: the token, which is told once and stored nowhere, and who it makes of its bearer."""

    token: str
    viewer: Member
    expires_at: datetime


def hash_password(password: str) -> str:
    """What is stored of a password (takes some 30 ms of CPU)."""
    return PASSWORDS.hash(password)


async def sign_in(
    session: AsyncSession, keyring: Keyring, email: str, password: str, lifetime: timedelta = LIFETIME
) -> SignedIn | None:
    """Start a session; None for a wrong password and for an unknown email alike."""
    found = await session.exec(select(Account).where(col(Account.email_hash) == keyring.email_hash(email)))
    account = found.one_or_none()
    if not await _verified(account, password) or account is None:
        return None
    # SECURITY: 256 random bits; only their hash is stored, so a copy of the database signs nobody in.
    token = secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    ended = delete(Session).where(col(Session.account_id) == account.id, col(Session.expires_at) <= now)
    await session.exec(ended)
    expires_at = now + lifetime
    session.add(Session(token_hash=token_hash(token), account_id=account.id, created_at=now, expires_at=expires_at))
    await session.flush()
    member = await authenticate(await _driver(session), keyring, token)
    return SignedIn(token, member, expires_at) if member else None


async def sign_out(session: AsyncSession, token: str) -> None:
    """End the token's session at once; an unknown token is left as it is."""
    await session.exec(delete(Session).where(col(Session.token_hash) == token_hash(token)))


async def authenticate(database: Connection | Pool, keyring: Keyring, token: str) -> Member | None:
    """Whose token this is, in one statement; None for an unknown and for an expired one."""
    if not 0 < len(token) <= LONGEST_TOKEN:
        return None
    row = await database.fetchrow(WHOSE, token_hash(token))
    return _member(row, keyring) if row else None


def _member(row: Record, keyring: Keyring) -> Member:
    account_id: UUID = row["id"]
    sealed: bytes | None = row["demographics_id"]
    return Member(
        account_id,
        roles=frozenset(map(PlatformRole, row["roles"])),
        staff=row["staff"],
        key=row["key"],
        session_id=row["session_id"],
        demographics_id=_opened(sealed, row["key"], account_id, keyring) if sealed else None,
    )


def _opened(sealed: bytes, key: bytes, account_id: UUID, keyring: Keyring) -> UUID:
    """Which demographics row is theirs: only their own key can tell (P07)."""
    person = str(account_id)
    return UUID(keyring.open(key, person).decrypt(sealed, f"account.demographics_id:{person}"))


async def _verified(account: Account | None, password: str) -> bool:
    """Whether the password is the account's; costs one hash in every case."""
    loop = asyncio.get_running_loop()
    # SECURITY: an unknown email is checked against a hash of nothing, so that time tells nobody who is known.
    nobodys = await loop.run_in_executor(_HASHING, _nobodys_hash)
    known = account.password_hash if account else None
    right, better = await loop.run_in_executor(_HASHING, PASSWORDS.verify_and_update, password, known or nobodys)
    if account is None or known is None:
        return False
    if right and better:
        account.password_hash = better
    return right


@cache
def _nobodys_hash() -> str:
    return PASSWORDS.hash(secrets.token_urlsafe(32))


async def _driver(session: AsyncSession) -> Connection:
    """The asyncpg connection below a session, in the session's transaction."""
    raw: Any = await (await session.connection()).get_raw_connection()
    return cast(Connection, raw.driver_connection)
