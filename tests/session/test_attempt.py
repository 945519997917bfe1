"""Attempts: neither guessing nor flooding gets far, and nobody is locked out by strangers."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import repeat

import pytest
from sqlalchemy import Interval, Text, bindparam, cast, func, insert, literal_column, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.attempt import Attempt, AttemptKind
from models.secret import Keyring
from operations.attempt import (
    LIMITS,
    Per,
    Transaction,
    _address,
    attempt,
    erase,
    forget,
    purge,
    rename,
    subject_hash,
    succeed,
    welcome,
)
from operations.problem import ProblemCode, ProblemError

OWNER = "owner@candour.example"
HOME = "192.0.2.1"
STRANGERS = [f"198.51.100.{number}" for number in range(256)]
PEOPLE = [f"p{number}@candour.example" for number in range(100)]
GUESSED = (AttemptKind.SECOND_FACTOR, AttemptKind.PASSWORD)
FLOODED = (AttemptKind.REGISTER, AttemptKind.RESET, AttemptKind.COMPLAIN)


class Tries:
    """Attempts one after the other."""

    def __init__(self, transaction: Transaction, keyring: Keyring) -> None:
        self.transaction, self.keyring = transaction, keyring

    async def fail(self, kind: AttemptKind, subject: str, address: str, times: int = 1) -> None:
        for _ in range(times):
            await attempt(self.transaction, self.keyring, kind, subject, address)

    async def fail_everywhere(self, kind: AttemptKind, subjects: Iterable[str], addresses: Iterable[str]) -> None:
        """Attempts side by side, written at once."""
        hashed = [
            {"kind": kind, "subject": subject_hash(self.keyring, subject), "address": _address(self.keyring, address)}
            for subject, address in zip(subjects, addresses, strict=False)
        ]
        async with self.transaction() as session:
            await session.exec(insert(Attempt).values(hashed))

    async def succeed(self, kind: AttemptKind, subject: str, address: str) -> None:
        number = await attempt(self.transaction, self.keyring, kind, subject, address)
        async with self.transaction() as session:
            await succeed(session, number)

    async def refused(self, kind: AttemptKind, subject: str, address: str) -> str:
        with pytest.raises(ProblemError) as caught:
            await attempt(self.transaction, self.keyring, kind, subject, address)
        assert caught.value.code is ProblemCode.TOO_MANY_ATTEMPTS
        return caught.value.message

    async def age(self, by: timedelta) -> None:
        """Let time pass for all that was attempted."""
        async with self.transaction() as session:
            older = col(Attempt.attempted_at) - bindparam(None, by, Interval)
            await session.exec(update(Attempt).values(attempted_at=older))

    async def count(self) -> int:
        async with self.transaction() as session:
            return (await session.exec(select(func.count()).select_from(Attempt))).one()


@pytest.fixture
def tries(transaction: Transaction, keyring: Keyring) -> Tries:
    return Tries(transaction, keyring)


async def test_the_eleventh_wrong_password_from_one_address_waits(tries: Tries) -> None:
    await tries.fail(AttemptKind.SIGN_IN, OWNER, HOME, 10)
    message = await tries.refused(AttemptKind.SIGN_IN, OWNER, HOME)
    assert message.startswith("There were too many attempts. Wait 15 minutes and try again.")
    assert OWNER not in message
    for spelling in (OWNER.upper(), f"  {OWNER} ", OWNER.title()):
        await tries.refused(AttemptKind.SIGN_IN, spelling, HOME)
    await tries.fail(AttemptKind.SIGN_IN, OWNER, STRANGERS[1])


async def test_one_address_cannot_try_many_emails(tries: Tries) -> None:
    await tries.fail_everywhere(AttemptKind.SIGN_IN, PEOPLE[:49], repeat(HOME))
    await tries.fail(AttemptKind.SIGN_IN, PEOPLE[49], HOME)
    await tries.refused(AttemptKind.SIGN_IN, "another@candour.example", HOME)


async def test_a_network_of_ipv6_is_one_address(tries: Tries) -> None:
    await tries.fail_everywhere(AttemptKind.SIGN_IN, PEOPLE[:49], (f"2001:db8::{n:x}" for n in range(1, 50)))
    await tries.fail(AttemptKind.SIGN_IN, PEOPLE[49], "2001:db8::1:1")
    await tries.refused(AttemptKind.SIGN_IN, "another@candour.example", "2001:db8::ffff:1")
    await tries.fail(AttemptKind.SIGN_IN, "another@candour.example", "2001:db8:0:1::1")


async def test_no_address_is_an_address_too(tries: Tries) -> None:
    await tries.fail(AttemptKind.SIGN_IN, OWNER, "", 10)
    await tries.refused(AttemptKind.SIGN_IN, OWNER, "")


async def test_strangers_everywhere_are_stopped_and_the_owner_is_not(tries: Tries) -> None:
    await tries.succeed(AttemptKind.SIGN_IN, OWNER, HOME)
    await tries.fail_everywhere(AttemptKind.SIGN_IN, repeat(OWNER), STRANGERS[:99])
    await tries.fail(AttemptKind.SIGN_IN, OWNER, STRANGERS[99])
    await tries.refused(AttemptKind.SIGN_IN, OWNER, STRANGERS[101])
    await tries.succeed(AttemptKind.SIGN_IN, OWNER, HOME)
    # Failures at the person's own address are none of the strangers'.
    await tries.fail(AttemptKind.SIGN_IN, OWNER, HOME, 10)
    await tries.refused(AttemptKind.SIGN_IN, OWNER, HOME)


async def test_the_owners_own_failures_do_not_count_as_strangers(tries: Tries) -> None:
    await tries.succeed(AttemptKind.SIGN_IN, OWNER, HOME)
    await tries.fail_everywhere(AttemptKind.SIGN_IN, repeat(OWNER), [*STRANGERS[:99], HOME, HOME])
    await tries.fail(AttemptKind.SIGN_IN, OWNER, STRANGERS[100])
    await tries.refused(AttemptKind.SIGN_IN, OWNER, STRANGERS[101])


async def test_an_address_is_the_owners_for_ninety_days(tries: Tries) -> None:
    await tries.succeed(AttemptKind.SIGN_IN, OWNER, HOME)
    await tries.age(timedelta(days=90, seconds=1))
    await tries.fail_everywhere(AttemptKind.SIGN_IN, repeat(OWNER), STRANGERS[:99])
    await tries.fail(AttemptKind.SIGN_IN, OWNER, STRANGERS[99])
    await tries.refused(AttemptKind.SIGN_IN, OWNER, HOME)
    async with tries.transaction() as session:
        await forget(session, tries.keyring, OWNER)
    await tries.fail(AttemptKind.SIGN_IN, OWNER, HOME)


async def test_success_elsewhere_makes_no_address_familiar(tries: Tries) -> None:
    await tries.succeed(AttemptKind.SIGN_IN, "stranger@candour.example", STRANGERS[200])
    await tries.succeed(AttemptKind.RESET, OWNER, STRANGERS[200])
    await tries.fail_everywhere(AttemptKind.SIGN_IN, repeat(OWNER), STRANGERS[:99])
    await tries.fail(AttemptKind.SIGN_IN, OWNER, STRANGERS[99])
    await tries.refused(AttemptKind.SIGN_IN, OWNER, STRANGERS[200])


@pytest.mark.parametrize("kind", GUESSED)
async def test_passwords_and_codes_are_counted_wherever_they_come_from(tries: Tries, kind: AttemptKind) -> None:
    for number in range(10):
        await tries.fail(kind, OWNER, STRANGERS[number])
    await tries.refused(kind, OWNER, HOME)
    await tries.fail(kind, "another", HOME)
    await tries.fail(next(other for other in GUESSED if other != kind), OWNER, HOME)


@pytest.mark.parametrize("kind", FLOODED)
async def test_what_sends_mail_is_counted_whether_it_succeeds_or_not(tries: Tries, kind: AttemptKind) -> None:
    for number in range(5):
        await tries.succeed(kind, OWNER, STRANGERS[number])
    await tries.refused(kind, OWNER, HOME)
    for number in range(20):
        await tries.succeed(kind, f"p{number}@candour.example", HOME)
    await tries.refused(kind, "another@candour.example", HOME)


@pytest.mark.parametrize("kind", AttemptKind)
async def test_attempts_at_once_share_one_limit(tries: Tries, kind: AttemptKind) -> None:
    once = (attempt(tries.transaction, tries.keyring, kind, OWNER, HOME) for _ in range(16))
    results = await asyncio.gather(*once, return_exceptions=True)
    most = min(limit.most for limit in LIMITS[kind] if limit.per in {Per.SUBJECT, Per.BOTH})
    assert sum(isinstance(result, int) for result in results) == most
    assert sum(isinstance(result, ProblemError) for result in results) == 16 - most


async def test_attempts_at_once_for_many_emails_share_the_limit_of_their_address(tries: Tries) -> None:
    kind = AttemptKind.REGISTER
    await tries.fail_everywhere(kind, PEOPLE[:19], repeat(HOME))

    @asynccontextmanager
    async def slow() -> AsyncIterator[AsyncSession]:
        """A transaction that is not committed at once, so that others would not see what it wrote."""
        async with tries.transaction() as session:
            yield session
            await asyncio.sleep(0.3)

    once = (attempt(slow, tries.keyring, kind, person, HOME) for person in PEOPLE[20:24])
    results = await asyncio.gather(*once, return_exceptions=True)
    assert sum(isinstance(result, int) for result in results) == 1
    assert sum(isinstance(result, ProblemError) for result in results) == 3


async def test_waiting_helps_and_refusals_do_not_prolong_it(tries: Tries) -> None:
    await tries.fail(AttemptKind.SIGN_IN, OWNER, HOME, 10)
    await tries.age(timedelta(minutes=14))
    await tries.refused(AttemptKind.SIGN_IN, OWNER, HOME)
    await tries.age(timedelta(minutes=1))
    await tries.fail(AttemptKind.SIGN_IN, OWNER, HOME)


async def test_successes_are_no_failures(tries: Tries) -> None:
    for _ in range(12):
        await tries.succeed(AttemptKind.SIGN_IN, OWNER, HOME)
        await tries.succeed(AttemptKind.PASSWORD, OWNER, HOME)


async def test_forgetting_clears_one_subjects_failures(tries: Tries) -> None:
    await tries.succeed(AttemptKind.SIGN_IN, OWNER, HOME)
    await tries.fail(AttemptKind.SIGN_IN, OWNER, HOME, 10)
    await tries.fail(AttemptKind.SIGN_IN, "another@candour.example", HOME)
    async with tries.transaction() as session:
        await forget(session, tries.keyring, OWNER.upper())
    await tries.fail(AttemptKind.SIGN_IN, OWNER, HOME)
    assert await tries.count() == 3


async def test_an_address_that_proved_itself_otherwise_is_the_persons_own(tries: Tries) -> None:
    async with tries.transaction() as session:
        await welcome(session, tries.keyring, OWNER, HOME)
    await tries.fail_everywhere(AttemptKind.SIGN_IN, repeat(OWNER), STRANGERS[:100])
    await tries.refused(AttemptKind.SIGN_IN, OWNER, STRANGERS[101])
    await tries.succeed(AttemptKind.SIGN_IN, OWNER, HOME)


async def test_a_new_email_keeps_what_was_counted_for_the_old_one(tries: Tries) -> None:
    await tries.succeed(AttemptKind.SIGN_IN, OWNER, HOME)
    async with tries.transaction() as session:
        await rename(session, tries.keyring, OWNER, "new@candour.example")
    await tries.fail_everywhere(AttemptKind.SIGN_IN, repeat("new@candour.example"), STRANGERS[:100])
    await tries.succeed(AttemptKind.SIGN_IN, "new@candour.example", HOME)
    async with tries.transaction() as session:
        await erase(session, tries.keyring, "new@candour.example")
    assert await tries.count() == 0


async def test_nothing_is_left_of_an_erased_subject_p18(tries: Tries) -> None:
    await tries.succeed(AttemptKind.SIGN_IN, OWNER, HOME)
    await tries.fail(AttemptKind.PASSWORD, OWNER, HOME)
    async with tries.transaction() as session:
        await erase(session, tries.keyring, OWNER)
    assert await tries.count() == 0


async def test_a_purge_keeps_what_limits_look_at(tries: Tries) -> None:
    await tries.succeed(AttemptKind.SIGN_IN, OWNER, HOME)
    await tries.fail(AttemptKind.SIGN_IN, OWNER, HOME)
    await tries.age(timedelta(hours=23))
    async with tries.transaction() as session:
        assert await purge(session) == 0
    await tries.age(timedelta(hours=1))
    async with tries.transaction() as session:
        assert await purge(session) == 1
    await tries.age(timedelta(days=89))
    async with tries.transaction() as session:
        assert await purge(session) == 1


async def test_neither_email_nor_address_is_stored_p03(tries: Tries, keyring: Keyring) -> None:
    await tries.fail(AttemptKind.SIGN_IN, OWNER, HOME)
    async with tries.transaction() as session:
        (stored,) = (await session.exec(select(Attempt))).all()
        everything = (await session.exec(select(cast(literal_column("attempt"), Text)).select_from(Attempt))).one()
    for clear in (OWNER, HOME):
        assert clear not in everything
        assert clear.encode().hex() not in everything
    # The index of attempts can't be joined with the index of emails.
    assert keyring.email_hash(OWNER) not in {stored.subject, stored.address}
    assert keyring.attempt_hash(OWNER) not in {stored.subject, stored.address, keyring.email_hash(OWNER)}
