"""The database is what the models say, and says itself why a column is private."""

import asyncpg
import pytest
from sqlalchemy import Column

from models.base import metadata
from models.database import migration
from models.database.connection import normalise

COMMENT = """
select col_description(attrelid, attnum) from pg_attribute where attrelid = $1::regclass and attname = $2
"""
PRIVATE = {
    f"{table.name}.{column.name}": column
    for table in metadata.tables.values()
    for column in table.columns
    if "promise" in column.info
}


def test_there_is_one_newest_revision() -> None:
    assert migration.head()


async def test_migrations_match_the_models(database: str) -> None:
    await migration.check_models(database)


@pytest.mark.parametrize("place", PRIVATE)
async def test_a_private_column_says_why_it_is_private(connection: asyncpg.Connection, place: str) -> None:
    column: Column[object] = PRIVATE[place]
    comment = await connection.fetchval(COMMENT, f'"{column.table.name}"', column.name)
    assert comment == column.comment
    assert column.info["promise"] in comment


async def test_what_is_encrypted_is_bytes(connection: asyncpg.Connection) -> None:
    assert normalise
    plain = [p for p, column in PRIVATE.items() if column.info.get("encrypted") and column.type.python_type is not bytes]
    assert plain == []
