"""What the tests of the demo world read from a database: rows, private values in clear, broken references."""

from typing import Any

from models.base import metadata
from models.database.connection import Connection
from models.secret import Keyring

OWNER = {
    "account": "account.id = row.id",
    "ip_address_use": "account.id = row.account_id",
    "story": "account.id = row.author_id",
    "story_original": "account.id = (select author_id from story where story.id = row.story_id)",
}
"""Whose key opens the private columns of a table."""
FOREIGN_KEYS = """
select conrelid::regclass::text, confrelid::regclass::text,
    (select attname from pg_attribute where attrelid = conrelid and attnum = conkey[1]),
    (select attname from pg_attribute where attrelid = confrelid and attnum = confkey[1])
from pg_constraint where contype = 'f' order by 1, 3
"""


def private_columns() -> list[tuple[str, str]]:
    """Table and column of every value that is stored encrypted."""
    return [
        (table.name, column.name)
        for table in metadata.sorted_tables
        for column in table.columns
        if column.info.get("encrypted") and table.name in OWNER
    ]


async def private_values(connection: Connection, keyring: Keyring) -> dict[str, str]:
    """Every private value, by its place; SecretError if one does not open."""
    found = {}
    for table, column in private_columns():
        key = "story_id" if table == "story_original" else "id"
        rows = await connection.fetch(
            f"select row.{key}, row.{column}, account.id, account.key from {table} as row"
            f" join account on {OWNER[table]} where row.{column} is not null"
        )
        for row_key, ciphertext, person, wrapped in rows:
            place = f"{table}.{column}:{row_key}"
            found[place] = keyring.open(wrapped, str(person)).decrypt(ciphertext, place)
    return found


async def readable(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables without what no two worlds share: keys, ciphertexts and hashes."""
    return {table.name: await _rows(connection, table.name) for table in metadata.sorted_tables}


async def _rows(connection: Connection, table: str) -> list[tuple[Any, ...]]:
    columns = metadata.tables[table].columns
    shared = [f'"{c.name}"' for c in columns if str(c.type) != "BLOB" and c.name != "password_hash"]
    found = await connection.fetch(f"select {', '.join(shared)} from {table}")
    return sorted(map(tuple, found), key=repr)


async def broken_references(connection: Connection) -> list[str]:
    """Foreign keys that lead nowhere."""
    broken = []
    for table, target, column, key in await connection.fetch(FOREIGN_KEYS):
        orphans = await connection.fetchval(
            f"select count(*) from {table} as row where {column} is not null"
            f" and not exists (select from {target} as target where target.{key} = row.{column})"
        )
        if orphans:
            broken.append(f"{table}.{column}: {orphans}")
    return broken
