"""The journal: many requests' entries in one commit, and each request waits for its own."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from models.audit import AuditKind
from models.database.connection import open_pool
from models.secret import Keyring
from operations.audit import Entry, Journal
from operations.audit.verify import verify
from tests.audit.tamper import entry


async def test_oneentry_that_the_database_refuses_takes_no_other_answer_away(aged: str, keyring: Keyring) -> None:
    """A journal commits many requests' entries together; each succeeds or fails by itself."""
    pool = await open_pool(aged, 1, readonly=False)
    journal, bad = Journal(pool, keyring), Entry(AuditKind.READ, uuid4(), subject="Story:\0")
    outcomes = await asyncio.gather(
        *(journal.write([entry]) for entry in (entry(1), bad, entry(2))), return_exceptions=True
    )
    assert [isinstance(outcome, Exception) for outcome in outcomes] == [False, True, False]
    assert await pool.fetchval("select count(*) from audit_event") == 2
    await pool.close()


async def test_a_log_that_is_away_fails_every_request_and_comes_back(aged: str, keyring: Keyring) -> None:
    pool = await open_pool(aged, 1, readonly=False)
    only_reads = await open_pool(aged, 1)
    away = Journal(only_reads, keyring)
    outcomes = await asyncio.gather(*(away.write([entry(n)]) for n in range(3)), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {asyncpg.ReadOnlySQLTransactionError}
    away._pool = pool
    await away.write([entry(1)])
    assert await pool.fetchval("select count(*) from audit_event") == 1
    await only_reads.close()
    await pool.close()


async def test_what_many_write_at_once_takes_few_commits_and_is_whole(aged: str, keyring: Keyring) -> None:
    """Several processes, each with a journal; a request that is given up takes nothing of the others away."""
    pools = [await open_pool(aged, 1, readonly=False) for _ in range(3)]
    journals = [Journal(pool, keyring) for pool in pools]
    tasks = [asyncio.create_task(journals[n % 3].write([entry(n), entry(n)])) for n in range(300)]
    await asyncio.sleep(0)
    tasks[7].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    async with pools[0].acquire() as connection:
        verdict = await verify(connection, keyring)
        commits = await connection.fetchval("select count(distinct xmin::text) from audit_event")
    assert (verdict.events, verdict.faults) == (600, [])
    assert commits < 30
    for pool in pools:
        await pool.close()


async def test_reading_ones_own_data_is_no_entry(aged: str, keyring: Keyring) -> None:
    pool, who = await open_pool(aged, 1, readonly=False), uuid4()
    mine = Entry(AuditKind.READ, who, subject=f"Account:{who}", fields=("Account.email",))
    others = Entry(AuditKind.READ, who, subject=f"Account:{uuid4()}", fields=("Account.email",))
    await Journal(pool, keyring).write([mine, others, mine])
    assert await pool.fetchval("select array_agg(person_id::text) from audit_event") == [
        str(others.subject).partition(":")[2]
    ]
    await pool.close()


@pytest.mark.parametrize("held", [1, 64])
async def test_writers_pass_over_a_lane_that_is_held(aged: str, keyring: Keyring, held: int) -> None:
    """Only where all are held somebody waits: for the transaction that ends first."""
    pool, other = await open_pool(aged, 1, readonly=False), await open_pool(aged, 1, readonly=False)
    async with other.acquire() as connection:
        turn = connection.transaction()
        await turn.start()
        await connection.execute("select from audit_lane where lane < $1 for update", held)
        writing = asyncio.create_task(Journal(pool, keyring).write([entry(1)]))
        if held == 1:
            await writing
        else:
            await _waited(connection)
        await turn.rollback()
    await writing
    assert await pool.fetchval("select count(*) from audit_event") == 1
    await pool.close()
    await other.close()


async def _waited(connection: asyncpg.Connection) -> None:
    """Until somebody waits for a lock."""
    waits = "select exists (select from pg_locks where not granted)"
    while not await connection.fetchval(waits):
        await connection.execute("select pg_sleep(0.01)")
