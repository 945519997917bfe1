"""Connections: what is refused, and what a read pool keeps, returns and forbids."""

from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest
from sqlalchemy import text

from models.database.connection import DatabaseError, Pool, check_server, engine, normalise, open_pool
from models.database.embedded import EmbeddedPostgres


@pytest.fixture(scope="module")
def dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with EmbeddedPostgres(tmp_path_factory.mktemp("connection"), durable=False) as postgres:
        yield postgres.dsn()


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    pool = await open_pool(dsn, 1)
    yield pool
    await pool.close()


def test_another_kind_of_database_is_refused_without_showing_the_password() -> None:
    with pytest.raises(DatabaseError) as refusal:
        normalise("mysql://me:hush@host/name")
    assert "mysql" in str(refusal.value)
    assert "hush" not in str(refusal.value)


async def test_a_database_that_does_not_answer_is_an_error_in_plain_words() -> None:
    with pytest.raises(DatabaseError, match="does not answer") as refusal:
        await check_server("postgresql://me:hush@127.0.0.1:1/name")
    assert "hush" not in str(refusal.value)


async def test_an_old_server_is_refused(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.database.connection.OLDEST_SERVER", 99)
    with pytest.raises(DatabaseError, match="needs 99 or later"):
        await check_server(dsn)
    with pytest.raises(DatabaseError, match="needs 99 or later"):
        await open_pool(dsn, 1)


async def test_a_read_pool_writes_nothing(pool: Pool) -> None:
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await pool.execute("CREATE TABLE t (a int)")


async def test_errors_of_operations_do_not_repeat_parameters(dsn: str) -> None:
    own = engine(dsn)
    with pytest.raises(Exception, match="hidden") as failure:
        async with own.connect() as connection:
            await connection.execute(text("SELECT 1 / (length(:a) - 4)"), {"a": "hush"})
    await own.dispose()
    assert "hush" not in str(failure.value)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        (
            "postgres://me:p%40ss@host:1/name?sslmode=require",
            "postgresql://me:p%40ss@host:1/name?sslmode=require&application_name=candour",
        ),
        ("postgresql+asyncpg:///name?host=/tmp/x", "postgresql:///name?host=%2Ftmp%2Fx&application_name=candour"),
        ("postgresql://host/name?pgbouncer=true", "postgresql://host/name?application_name=candour"),
    ],
)
def test_the_usual_forms_of_an_address_are_taken(given: str, used: str) -> None:
    """P18: and the name without which the database shows no person's key."""
    assert normalise(given) == used


async def test_json_arrives_as_the_bytes_of_the_server(pool: Pool) -> None:
    assert await pool.fetchval("SELECT row_to_json(t) FROM (SELECT 'é' AS a) t") == '{"a":"é"}'.encode()


async def test_a_released_connection_keeps_its_session_but_no_transaction(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await connection.execute("SET application_name = 'kept'")
        async with connection.transaction():
            await connection.execute("SET LOCAL work_mem = '64MB'")
    assert await pool.fetchval("SHOW application_name") == "kept"
    assert await pool.fetchval("SHOW work_mem") != "64MB"


async def test_a_pooler_in_transaction_mode_gets_no_named_statements(dsn: str) -> None:
    own = engine(f"{dsn}&pgbouncer=true")
    async with own.connect() as connection:
        for number in (1, 2):
            assert await connection.scalar(text("SELECT CAST(:n AS int)"), {"n": number}) == number
    await own.dispose()
    pool = await open_pool(f"{dsn}&pgbouncer=true", 1)
    assert await pool.fetchval("SELECT count(*) FROM pg_prepared_statements") == 0
    await pool.close()
