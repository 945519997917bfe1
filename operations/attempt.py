"""Attempts: how often something may be tried that a stranger could use to guess or to flood."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from ipaddress import ip_address, ip_network
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Interval, bindparam, delete, exists, func, insert, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.attempt import Attempt, AttemptKind
from models.secret import Keyring
from operations.problem import ProblemCode, ProblemError

Transaction = Callable[[], AbstractAsyncContextManager[AsyncSession]]


class Per(Enum):
    """Which attempts are counted together."""

    SUBJECT = "all for one email or account"
    ADDRESS = "all from one address"
    BOTH = "those for one email or account from one address"
    STRANGER = "those for one email from addresses where it did not sign in of late; others are not stopped"


@dataclass(frozen=True, slots=True)
class Limit:
    """So many attempts within a time; `every` counts those that succeeded, too."""

    most: int
    within: timedelta
    per: Per
    every: bool = False


QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)
FAMILIAR = timedelta(days=90)
"""So long an address counts as the person's own after they signed in there."""
FAILURES = timedelta(days=1)
"""So long failures are kept: longer than any limit looks back."""

_GUESSING = (Limit(10, QUARTER, Per.SUBJECT),)
_FLOODING = (Limit(5, HOUR, Per.SUBJECT, every=True), Limit(20, HOUR, Per.ADDRESS, every=True))
LIMITS: Mapping[AttemptKind, tuple[Limit, ...]] = {
    # SECURITY: no limit for the email alone stops the person's own address, or strangers could lock them out.
    AttemptKind.SIGN_IN: (
        Limit(10, QUARTER, Per.BOTH),
        Limit(50, QUARTER, Per.ADDRESS),
        Limit(100, HOUR, Per.STRANGER),
    ),
    AttemptKind.SECOND_FACTOR: _GUESSING,
    AttemptKind.PASSWORD: _GUESSING,
    AttemptKind.REGISTER: _FLOODING,
    AttemptKind.RESET: _FLOODING,
    AttemptKind.COMPLAIN: _FLOODING,
    AttemptKind.SUBMIT: (Limit(10, HOUR, Per.SUBJECT, every=True), Limit(30, HOUR, Per.ADDRESS, every=True)),
}
ADVICE = {
    AttemptKind.SIGN_IN: " If you don't know your password, ask for an e-mail with which you can set a new one.",
    AttemptKind.RESET: " Look for the e-mails that were sent already: their links still work.",
}


async def attempt(transaction: Transaction, keyring: Keyring, kind: AttemptKind, subject: str, address: str) -> int:
    """Count an attempt before what it costs: its number, by which it can be said to have succeeded.

    `subject` is an email or an account's id, `address` the client's IP address. It is committed at once; an attempt
    that is not said to have succeeded has failed. Raises ProblemError TOO_MANY_ATTEMPTS, the same whether the subject
    is known or not; what was refused is not counted, so that waiting always helps.
    """
    row = Attempt(kind=kind, subject=subject_hash(keyring, subject), address=_address(keyring, address))
    async with transaction() as session:
        # SECURITY: one at a time, in all processes: attempts at once can't each find the last place free.
        await session.exec(select(*map(_locked, sorted((row.subject, row.address)))))  # type: ignore[call-overload]
        limits = LIMITS[kind]
        counts = (await session.exec(select(*(_count(limit, row) for limit in limits)))).one()  # type: ignore[call-overload]
        for limit, count in zip(limits, counts, strict=True):
            if count >= limit.most:
                raise _too_many(kind, limit)
        values = {"kind": kind, "subject": row.subject, "address": row.address}
        number: int = (await session.exec(insert(Attempt).values(**values).returning(col(Attempt.id)))).scalar_one()
    return number


async def succeed(session: AsyncSession, attempt_id: int) -> None:
    """The attempt did what it was for; it counts as a failure no more once the session commits."""
    await session.exec(update(Attempt).where(col(Attempt.id) == attempt_id).values(succeeded=True))


async def forget(session: AsyncSession, keyring: Keyring, subject: str) -> None:
    """Clear the failures of an email or account, which nothing stops any more; its own addresses stay its own."""
    theirs = col(Attempt.subject) == subject_hash(keyring, subject)
    await session.exec(delete(Attempt).where(theirs, col(Attempt.succeeded).is_(False)))


async def welcome(session: AsyncSession, keyring: Keyring, subject: str, address: str) -> None:
    """The person has proven at this address, in another way, who they are: it counts as their own."""
    values = {"subject": subject_hash(keyring, subject), "address": _address(keyring, address), "succeeded": True}
    await session.exec(insert(Attempt).values(kind=AttemptKind.SIGN_IN, **values))


async def rename(session: AsyncSession, keyring: Keyring, old: str, new: str) -> None:
    """The person's email has changed: what was counted for the old one counts for the new one."""
    theirs = update(Attempt).where(col(Attempt.subject) == subject_hash(keyring, old))
    await session.exec(theirs.values(subject=subject_hash(keyring, new)))


async def erase(session: AsyncSession, keyring: Keyring, subject: str) -> None:
    """Delete every attempt of an email or account that is gone (P18)."""
    await session.exec(delete(Attempt).where(col(Attempt.subject) == subject_hash(keyring, subject)))


async def purge(session: AsyncSession) -> int:
    """Delete what no limit looks at any more: how many rows."""
    kept = or_(_since(FAMILIAR) & col(Attempt.succeeded), _since(FAILURES))
    gone = await session.exec(delete(Attempt).where(~kept))
    return int(gone.rowcount)


def _count(limit: Limit, row: Attempt) -> Any:
    """How many attempts there were that the limit counts, as a subquery that stops at the limit."""
    found = [col(Attempt.kind) == row.kind, _since(limit.within)]
    if limit.per is not Per.ADDRESS:
        found.append(col(Attempt.subject) == row.subject)
    if limit.per in {Per.ADDRESS, Per.BOTH}:
        found.append(col(Attempt.address) == row.address)
    if limit.per is Per.STRANGER:
        found += [~_familiar(row, row.address), ~_familiar(row, Attempt.address)]
    if not limit.every:
        found.append(col(Attempt.succeeded).is_(False))
    few = select(col(Attempt.id)).where(*found).limit(limit.most).subquery()
    return select(func.count()).select_from(few).scalar_subquery()


def _familiar(row: Attempt, address: Any) -> ColumnElement[bool]:
    """Whether the person succeeded at this address of late."""
    known = aliased(Attempt)
    same = [known.kind == row.kind, known.subject == row.subject, known.address == address]
    recent = known.attempted_at > _ago(FAMILIAR)
    return exists().where(*same, recent, col(known.succeeded))


def _since(age: timedelta) -> ColumnElement[bool]:
    return col(Attempt.attempted_at) > _ago(age)


def _ago(age: timedelta) -> ColumnElement[datetime]:
    # SECURITY: the database's clock decides, which all processes share.
    now: ColumnElement[datetime] = func.statement_timestamp()
    return now - bindparam(None, age, Interval)


def _locked(hashed: bytes) -> Any:
    return func.pg_advisory_xact_lock(bindparam(None, int.from_bytes(hashed[:8], signed=True), BigInteger))


def subject_hash(keyring: Keyring, subject: str) -> bytes:
    """Under what an email or an account's id is counted."""
    # SECURITY: folded as an email is when its account is looked for, so that spellings can't be tried in turn.
    return keyring.attempt_hash(f"subject {subject.strip().casefold()}")


def _address(keyring: Keyring, address: str) -> bytes:
    return keyring.attempt_hash(f"address {network(address)}")


def network(address: str) -> str:
    """An IPv6 address counts by its network of 64 bits, which is one customer's; no address at all is one too."""
    if not address or ip_address(address).version == 4:
        return address
    return str(ip_network(f"{address}/64", strict=False))


def _too_many(kind: AttemptKind, limit: Limit) -> ProblemError:
    minutes = round(limit.within.total_seconds() / 60)
    message = f"There were too many attempts. Wait {minutes} minutes and try again.{ADVICE.get(kind, '')}"
    return ProblemError(ProblemCode.TOO_MANY_ATTEMPTS, message)
