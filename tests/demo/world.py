"""What the tests of the demo world read from a database: rows, private values in clear, broken references."""

from typing import Any

from models.base import metadata
from models.database.connection import Connection
from models.secret import Keyring

OWNER = {
    "account": "row.id",
    "ip_address_use": "row.account_id",
    "story": "row.author_id",
    "story_original": "(select author_id from story where story.id = row.story_id)",
    "session": "row.account_id",
    "second_factor": "row.account_id",
    "email_change": "row.account_id",
    "data_export": "row.account_id",
    "data_export_part": "(select account_id from data_export where data_export.id = row.export_id)",
    "complaint": "coalesce(row.account_id, row.id)",
    "mail": "coalesce(row.account_id, row.complaint_id)",
    "waiting_story": "row.account_id",
    "disclosure": "row.account_id",
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
        if column.info.get("encrypted")
    ]


async def private_values(connection: Connection, keyring: Keyring) -> dict[str, str]:
    """Every private value, by its place; SecretError if one does not open."""
    found = {}
    for table, column in private_columns():
        key = ", ".join(f"row.{part.name}" for part in metadata.tables[table].primary_key)
        rows = await connection.fetch(
            f"select concat_ws(':', {key}), row.{column}, person_key.id, wrapped"
            f" from {table} as row join person_key on person_key.id = {OWNER[table]} where row.{column} is not null"
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
