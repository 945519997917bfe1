"""Sessions: where a person is signed in, and whose token this is."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from asyncpg import Record
from sqlalchemy import Interval, bindparam, delete, func, insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account, PlatformRole
from models.audit import AuditKind
from models.database.connection import Connection, Pool
from models.membership import Membership, MembershipRole
from models.secret import Keyring, token_hash
from models.session import Session
from operations.account import opened
from operations.audit import Entry, record_event, request_reference
from operations.problem import ProblemCode, ProblemError
from policies.viewer import Member

LONGEST_TOKEN = 128
REASONS = ("P14 whoever may see or decide about others answers for it",)

BEARER = """
select account.id, account.roles::text[] as roles, person_key.wrapped as key, account.demographics_id,
       exists (select from membership where membership.account_id = account.id) as staff,
       exists (
           select from membership join disclosure using (organisation_id)
           where membership.account_id = account.id and role = 'MANAGER' and approved_at is not null
               and revoked_at is null and disclosure.expires_at > statement_timestamp()
       ) as recipient,
       session.id as session_id, session.second_factor, session.token_hash
from session join account on account.id = session.account_id join person_key on person_key.id = account.id
where session.expires_at > statement_timestamp() and
"""
WHOSE = f"{BEARER} session.token_hash = $1"
WHOSE_ALL = f"{BEARER} session.token_hash = any($1::bytea[])"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a deployment decides: how long a session lasts, and whether roles need a second factor."""

    lifetime: timedelta = timedelta(hours=12)
    second_factor: bool = True


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: the token, which is told once and stored nowhere, and who it makes of its bearer.

    `setup_required` tells that the person's roles wait for a second factor, which they have not set up.
    """

    token: str
    viewer: Member
    setup_required: bool = False


async def start(
    session: AsyncSession, keyring: Keyring, rules: Rules, account: Account, client: str | None, second_factor: bool
) -> SignedIn:
    """A new session of somebody who has proven to be the account's person; theirs that are over are deleted."""
    now = func.statement_timestamp()
    ended = delete(Session).where(col(Session.account_id) == account.id, col(Session.expires_at) <= now)
    await session.exec(ended)
    # SECURITY: 256 random bits; only their hash is stored, so a copy of the database signs nobody in.
    token, id_ = secrets.token_urlsafe(32), uuid4()
    row = insert(Session).values(
        id=id_,
        token_hash=token_hash(token),
        account_id=account.id,
        created_at=now,
        # SECURITY: begin and end are the database's: a session lasts as long whatever this machine's clock says.
        expires_at=now + bindparam(None, rules.lifetime, Interval),
        client=opened(keyring, account).encrypt(client, f"session.client:{id_}") if client else None,
        second_factor=second_factor,
    )
    await session.exec(row)
    await _record(session, keyring, account)
    return SignedIn(token, await renew(session, keyring, rules, token))


async def _record(session: AsyncSession, keyring: Keyring, account: Account) -> None:
    """SECURITY: who may act for the site or for an organisation is on the audit log as soon as they sign in."""
    managing = (col(Membership.account_id) == account.id, col(Membership.role) == MembershipRole.MANAGER)
    manages = (await session.exec(select(Membership.id).where(*managing).limit(1))).first() is not None
    roles = (*sorted(account.roles), *(["MANAGER"] if manages else []))
    if roles:
        entry = Entry(AuditKind.SIGN_IN, account.id, roles, reasons=REASONS, request=request_reference.get())
        await record_event(session, keyring, entry)


async def renew(session: AsyncSession, keyring: Keyring, rules: Rules, token: str) -> Member:
    """Who the token's bearer is from now on, by what the session's transaction has changed."""
    raw: Any = await (await session.connection()).get_raw_connection()
    member = await authenticate(cast(Connection, raw.driver_connection), keyring, rules, token)
    if member is None:
        raise _over()
    return member


async def authenticate(database: Connection | Pool, keyring: Keyring, rules: Rules, token: str) -> Member | None:
    """Whose token this is, in one statement; None for an unknown and for an expired one."""
    if not 0 < len(token) <= LONGEST_TOKEN:
        return None
    row = await database.fetchrow(WHOSE, token_hash(token))
    if row is None:
        return None
    sealed: bytes | None = row["demographics_id"]
    return _member(row, rules, _demographics(sealed, row["key"], row["id"], keyring) if sealed else None)


class Bearers:
    """Tells again and again whose tokens these are; what a person's key opened once is not opened anew."""

    def __init__(self, keyring: Keyring, rules: Rules) -> None:
        self._keyring = keyring
        self._rules = rules
        self._answers: dict[tuple[UUID, bytes], UUID] = {}

    async def now(self, database: Pool, hashes: Sequence[bytes]) -> dict[bytes, Member]:
        """Who bears the tokens with these hashes, by hash, in one statement; sessions that are over are left out."""
        if not hashes:
            return {}
        async with database.acquire() as connection:
            rows = await connection.fetch(WHOSE_ALL, hashes)
        # Forgotten with the session, so that no more is kept than is asked for.
        before, self._answers = self._answers, {}
        return {row["token_hash"]: self._member(row, before) for row in rows}

    def _member(self, row: Record, before: Mapping[tuple[UUID, bytes], UUID]) -> Member:
        if (sealed := row["demographics_id"]) is None:
            return _member(row, self._rules, None)
        place = row["id"], sealed
        answers = before.get(place) or _demographics(sealed, row["key"], row["id"], self._keyring)
        self._answers[place] = answers
        return _member(row, self._rules, answers)


async def sign_out(session: AsyncSession, token: str) -> None:
    """End the token's session at once; an unknown token is left as it is."""
    await session.exec(delete(Session).where(col(Session.token_hash) == token_hash(token)))


async def end(session: AsyncSession, member: Member, session_id: UUID) -> None:
    """End one session of the person. Raises ProblemError where they have none with this id."""
    # SECURITY: another person's session is answered as one that does not exist.
    theirs = delete(Session).where(col(Session.account_id) == member.account_id, col(Session.id) == session_id)
    if not (await session.exec(theirs)).rowcount:
        message = "You have no session with this id; it may have ended already."
        raise ProblemError(ProblemCode.NOT_FOUND, message, "sessionId")


async def end_others(session: AsyncSession, member: Member) -> None:
    """End all sessions of the person but the one in which they ask."""
    theirs = delete(Session).where(col(Session.account_id) == member.account_id)
    await session.exec(theirs.where(col(Session.id) != member.session_id))


def _member(row: Record, rules: Rules, demographics_id: UUID | None) -> Member:
    # SECURITY: where a second factor is required, a password alone opens nothing that belongs to a role.
    trusted = row["second_factor"] or not rules.second_factor
    return Member(
        row["id"],
        roles=frozenset(map(PlatformRole, row["roles"])) if trusted else frozenset(),
        staff=row["staff"],
        key=row["key"],
        session_id=row["session_id"],
        demographics_id=demographics_id,
        recipient=row["recipient"],
    )


def _demographics(sealed: bytes, key: bytes, account_id: UUID, keyring: Keyring) -> UUID:
    """Which demographics row is theirs: only their own key can tell (P07)."""
    person = str(account_id)
    return UUID(keyring.open(key, person).decrypt(sealed, f"account.demographics_id:{person}"))


def _over() -> ProblemError:
    return ProblemError(ProblemCode.NOT_SIGNED_IN, "This session has ended. Sign in again.")
