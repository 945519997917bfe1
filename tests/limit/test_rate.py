"""How much a client may ask for within a minute, in all processes together."""

import asyncio
from collections.abc import AsyncIterator
from time import monotonic
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from models.database.connection import Pool, open_pool
from models.secret import Keyring
from operations.rate import (
    MOST_CLIENTS,
    SHARE,
    WINDOW,
    Bucket,
    ExceededError,
    Rates,
    of_account,
    of_address,
    rate_hash,
)

QUOTA = 6_000
"""A hundred a second."""
PLACES = ("203.0.113.7", "2001:db8:1:2::1")


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def pool(empty: str) -> AsyncIterator[Pool]:
    """Connections that may write."""
    opened = await open_pool(empty, 2, readonly=False)
    yield opened
    await opened.execute("delete from rate")
    await opened.close()


@pytest.fixture
def processes(pool: Pool, keyring: Keyring, clock: Clock) -> list[Rates]:
    """The rates of two processes."""
    return [Rates(pool, keyring, clock), Rates(pool, keyring, clock)]


def _alone(clock: Clock) -> Bucket:
    return Bucket("address x", QUOTA, clock, lambda _: None)


def _refused(bucket: Bucket, cost: int) -> int:
    with pytest.raises(ExceededError) as raised:
        bucket.charge(cost)
    return raised.value.seconds


def test_what_would_run_over_is_refused_until_there_is_room(clock: Clock) -> None:
    bucket = _alone(clock)
    bucket.charge(QUOTA)
    assert (_refused(bucket, 1), _refused(bucket, 150), bucket.left[0]) == (1, 2, 0)
    clock.now += 1
    assert bucket.left[0] == QUOTA // WINDOW
    assert _refused(bucket, 101) == 1
    bucket.charge(100)
    assert _refused(bucket, 100) == 1


def test_what_was_refused_fills_nothing(clock: Clock) -> None:
    bucket = _alone(clock)
    bucket.charge(QUOTA - 10)
    for _ in range(100):
        _refused(bucket, 11)
    bucket.charge(10)


def test_what_fits_in_no_bucket_finds_room_in_an_empty_one(clock: Clock) -> None:
    bucket = _alone(clock)
    bucket.charge(10 * QUOTA)
    assert _refused(bucket, 1) == 540 + 1
    assert _refused(bucket, 10 * QUOTA) == 600


def test_a_bucket_empties_within_a_minute(clock: Clock) -> None:
    bucket = _alone(clock)
    bucket.charge(QUOTA)
    assert bucket.left == (0, WINDOW)
    clock.now += WINDOW
    assert (bucket.left, bucket.tell()) == ((QUOTA, 0), 0)


async def test_two_processes_give_one_client_little_more_than_one(processes: list[Rates], clock: Clock) -> None:
    spent, began = 0, monotonic()
    one, other = (rates.bucket(of_address(PLACES[0]), QUOTA) for rates in processes)
    for _ in range(2 * QUOTA // 100):
        for bucket, rates in zip((one, other), processes, strict=True):
            try:
                bucket.charge(100)
                spent += 100
            except ExceededError:
                continue
            await rates.close()
    # Each process may be ahead of the others by one share.
    emptied = (monotonic() - began) * QUOTA / WINDOW
    assert QUOTA <= spent <= QUOTA + 2 * (QUOTA // SHARE + 100) + emptied + 100


async def test_other_clients_are_counted_apart(processes: list[Rates]) -> None:
    names = [of_address(PLACES[0]), of_address(PLACES[1]), of_account(uuid4()), of_account(uuid4())]
    for name in names:
        processes[0].bucket(name, QUOTA).charge(QUOTA)
    await processes[0].close()
    for name in names:
        _refused(processes[0].bucket(name, QUOTA), 1)


async def test_who_asks_for_little_is_not_in_the_database(processes: list[Rates], pool: Pool) -> None:
    bucket = processes[0].bucket(of_address(PLACES[0]), QUOTA)
    bucket.charge(QUOTA // SHARE - 1)
    await processes[0].close()
    assert await pool.fetchval("select count(*) from rate") == 0
    bucket.charge(1)
    await processes[0].close()
    assert await pool.fetchval("select level from rate") == QUOTA // SHARE


async def test_the_database_holds_hashes_alone(processes: list[Rates], pool: Pool, keyring: Keyring) -> None:
    """P03: no address, and nothing by which attempts and rates of one address could be joined."""
    processes[0].bucket(of_address(PLACES[0]), QUOTA).charge(QUOTA)
    await processes[0].close()
    stored = await pool.fetchval("select subject from rate")
    assert stored == rate_hash(keyring, of_address(PLACES[0]))
    assert PLACES[0].encode() not in stored
    assert stored != keyring.attempt_hash(f"address {PLACES[0]}")


def test_an_ipv6_customer_has_one_bucket() -> None:
    assert of_address("2001:db8:1:2::1") == of_address("2001:db8:1:2:ffff::9")
    assert of_address("2001:db8:1:2::1") != of_address("2001:db8:1:3::1")
    assert of_address("203.0.113.7") != of_address("203.0.113.8")


async def test_the_level_in_the_database_falls_too(processes: list[Rates], pool: Pool, clock: Clock) -> None:
    bucket = processes[0].bucket(of_address(PLACES[0]), QUOTA)
    bucket.charge(QUOTA)
    await processes[0].close()
    await pool.execute("update rate set counted_at = counted_at - interval '30 seconds'")
    clock.now += 30
    bucket.charge(QUOTA // SHARE)
    await processes[0].close()
    expected = QUOTA // 2 + QUOTA // SHARE
    assert expected - 1_000 <= await pool.fetchval("select level from rate") <= expected


class Broken:
    """A database that is gone."""

    async def fetchval(self, *_: Any) -> None:
        raise asyncpg.ConnectionDoesNotExistError("gone")


async def test_without_the_database_each_process_counts_for_itself(keyring: Keyring, clock: Clock) -> None:
    rates = Rates(Broken(), keyring, clock)  # type: ignore[arg-type]
    bucket = rates.bucket(of_address(PLACES[0]), QUOTA)
    for _ in range(60):
        bucket.charge(100)
        await asyncio.sleep(0)
    assert _refused(bucket, 100) == 1
    await rates.close()


def test_ever_new_addresses_fill_no_memory(keyring: Keyring, clock: Clock) -> None:
    rates = Rates(Broken(), keyring, clock)  # type: ignore[arg-type]
    for number in range(MOST_CLIENTS + 500):
        rates.bucket(f"address {number}", QUOTA)
    assert len(rates) == MOST_CLIENTS
