"""The good rows of a file in a temporary table, from which one statement each adds and changes what is stored."""

from collections.abc import Iterable, Mapping
from typing import Any

from models.database.connection import Connection
from operations.imports.report import Report

Columns = Mapping[str, str]
TURN = 0x496D706F
"""The advisory lock of imports; the application's other locks use other numbers."""

TWICE = """
with twice as (select {key} as key, min(line) as line from {table} group by {key} having count(*) > 1)
delete from {table} using twice where {table}.{key} = twice.key and {table}.line > twice.line
returning {table}.line, twice.line
"""
CIRCLE = """
with recursive above as (
    select {table}.id as start, {table}.parent_id as id from {table}
    join incoming_{table} on incoming_{table}.code = {table}.ods_code
    union
    select above.start, {table}.parent_id from above join {table} on {table}.id = above.id
)
select {table}.ods_code from above join {table} on {table}.id = above.start where above.id = above.start
order by 1 limit 1
"""
NEW_SLUG = """
case when row_number() over (partition by new.slug order by new.code collate "C") > 1
    or exists (select from {table} where {table}.slug = new.slug)
    or exists (select from incoming_{table} other where other.slug || '-' || lower(other.code) = new.slug)
then new.slug || '-' || lower(new.code) else new.slug end
"""
"""A free slug: the name's, or on a clash the name's and the code's; rows that have one keep it."""


async def begin(connection: Connection) -> None:
    """Make this transaction fit for an import: one at a time, as long as it takes."""
    await connection.execute("set local statement_timeout = 0")
    await connection.execute("set local work_mem = '64MB'")
    await connection.execute("select pg_advisory_xact_lock($1)", TURN)


async def stage(connection: Connection, table: str, columns: Columns, records: Iterable[tuple[Any, ...]]) -> None:
    """Make the temporary `table` and copy the records into it as they come, never holding them all."""
    defined = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    await connection.execute(f"create temporary table {table} ({defined}) on commit drop")
    await connection.copy_records_to_table(table, columns=list(columns), records=records)
    await connection.execute(f"analyze {table}")


async def reject_repeated(connection: Connection, table: str, key: str, report: Report) -> None:
    """Take out rows whose key an earlier line has."""
    statement = TWICE.format(table=table, key=key)
    async for line, earlier in connection.cursor(statement):
        report.reject(line, f"line {earlier} has the same {key}")


async def circle(connection: Connection, table: str) -> str | None:
    """The code of a row of this import that would be above itself, if any."""
    found: str | None = await connection.fetchval(CIRCLE.format(table=table))
    return found


async def drop(connection: Connection, *tables: str) -> None:
    """Remove temporary tables, so that the next import of the same transaction can make its own."""
    await connection.execute(f"drop table {', '.join(tables)}")


async def count(connection: Connection, statement: str) -> int:
    """Run a statement and say how many rows it added or changed."""
    status = await connection.execute(statement)
    return int(status.rsplit(" ", 1)[1])
