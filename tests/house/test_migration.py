"""The database says itself why a column is private (that it matches the models, tests/database says)."""

import asyncpg
import pytest
from sqlalchemy import Column, LargeBinary

from models.base import metadata
from models.database import migration

COMMENT = "select col_description(attrelid, attnum) from pg_attribute where attrelid = $1::regclass and attname = $2"
PRIVATE = {
    f"{table.name}.{column.name}": column
    for table in metadata.tables.values()
    for column in table.columns
    if "promise" in column.info
}


def test_there_is_one_newest_revision() -> None:
    assert migration.head()


@pytest.mark.parametrize("place", PRIVATE)
async def test_a_private_column_says_why_it_is_private(connection: asyncpg.Connection, place: str) -> None:
    column: Column[object] = PRIVATE[place]
    comment = await connection.fetchval(COMMENT, f'"{column.table.name}"', column.name)
    assert comment == column.comment
    assert column.info["promise"] in comment


@pytest.mark.parametrize("place", [place for place, column in PRIVATE.items() if column.info.get("encrypted")])
def test_what_is_encrypted_is_bytes(place: str) -> None:
    assert isinstance(PRIVATE[place].type, LargeBinary)
