"""Migrations: what is refused, that the models are all in them, and that they can be run together and again."""

import asyncio
from collections.abc import Iterator

import pytest

from models.database import migration
from models.database.connection import DatabaseError
from models.database.embedded import EmbeddedPostgres


@pytest.fixture(scope="module")
def dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with EmbeddedPostgres(tmp_path_factory.mktemp("migration"), durable=False) as postgres:
        yield postgres.dsn()


async def test_a_database_that_does_not_answer_is_not_migrated() -> None:
    with pytest.raises(DatabaseError):
        await migration.upgrade("postgresql://127.0.0.1:1/name")


async def test_processes_that_start_together_take_turns(dsn: str) -> None:
    assert await migration.current(dsn) is None
    await asyncio.gather(migration.upgrade(dsn), migration.upgrade(dsn))
    assert await migration.current(dsn) == migration.head()


async def test_the_models_are_what_the_migrations_make(dsn: str) -> None:
    await migration.upgrade(dsn)
    await migration.check_models(dsn)


async def test_migrations_can_be_undone_and_done_again(dsn: str) -> None:
    await migration.upgrade(dsn)
    await migration.downgrade(dsn, "base")
    assert await migration.current(dsn) is None
    await migration.upgrade(dsn)
    await migration.check_models(dsn)
