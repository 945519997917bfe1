"""Lent connections come back whole, or are replaced."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from models.database.connection import Pool, open_pool


@pytest.fixture
async def pool(empty: str) -> AsyncIterator[Pool]:
    opened = await open_pool(empty, 1)
    yield opened
    await opened.close()


async def test_an_error_of_the_database_keeps_the_connection(pool: Pool) -> None:
    before = await pool.fetchval("select pg_backend_pid()")
    with pytest.raises(asyncpg.PostgresError):
        await pool.fetchval("select 1 / 0")
    assert await pool.fetchval("select pg_backend_pid()") == before


async def test_a_cancelled_statement_gives_its_connection_up(pool: Pool) -> None:
    before = await pool.fetchval("select pg_backend_pid()")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(pool.fetchval("select pg_sleep(30)"), 0.2)
    assert await pool.fetchval("select pg_backend_pid()") != before


async def test_a_lost_connection_is_replaced(pool: Pool, empty: str) -> None:
    pid = await pool.fetchval("select pg_backend_pid()")
    other = await open_pool(empty, 1, readonly=False)
    await other.fetchval("select pg_terminate_backend($1)", pid)
    await other.close()
    await asyncio.sleep(0.1)
    assert await pool.fetchval("select pg_backend_pid()") != pid


async def test_who_comes_later_waits_in_line(pool: Pool) -> None:
    order: list[int] = []

    async def ask(number: int) -> None:
        async with pool.acquire() as connection:
            await connection.fetchval("select pg_sleep(0.01)")
            order.append(number)

    await asyncio.gather(*(ask(number) for number in range(5)))
    assert order == [0, 1, 2, 3, 4]


async def test_who_stops_waiting_takes_no_place(pool: Pool) -> None:
    async with pool.acquire():
        waiting = asyncio.create_task(pool.fetchval("select 1"))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert await pool.fetchval("select 2") == 2
