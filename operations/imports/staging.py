"""The good rows of a file in a temporary table, from which one statement each adds and changes what is stored."""

from collections.abc import Iterable, Mapping
from typing import Any

from models.database.connection import Connection
from operations.imports.report import ImportFailedError, Report

TURN = 0x496D706F
"""The advisory lock of imports; the application's other locks use other numbers."""

REPEATED = """
with repeated as (select {key}, min(line) as earliest from incoming_{table} group by {key} having count(*) > 1)
delete from incoming_{table} using repeated
where incoming_{table}.{key} = repeated.{key} and line > earliest
returning line, 'line ' || earliest || ' has the same {key}'
"""
UNROOTED = """
with recursive rooted as (
    select code from incoming_{table} top
    where coalesce(parent, '') = '' or exists (select from {table} where ods_code = parent)
        and not exists (select from incoming_{table} where code = top.parent)
    union
    select child.code from incoming_{table} child join rooted on child.parent = rooted.code
)
delete from incoming_{table} where code not in (select code from rooted)
returning line, 'its parent ‘' || parent || '’ is unknown, was rejected, or lies below it'
"""
KNOWN = "update incoming_{table} set known = true from {table} where {table}.ods_code = code"
CIRCLE = """
with recursive above as (
    select {table}.id as start, parent_id as id from {table} join incoming_{table} on code = ods_code
    union
    select start, parent_id from above join {table} using (id)
)
select (select ods_code from {table} where {table}.id = start) from above where id = start order by 1 limit 1
"""
NEW_SLUG = """
case when row_number() over (partition by new.slug order by new.code collate "C") > 1
    or exists (select from {table} where {table}.slug = new.slug)
    or new.slug in (select slug || '-' || lower(code) from incoming_{table})
then new.slug || '-' || lower(new.code) else new.slug end
"""
"""A free slug for a new row: its name's or, on a clash, its name's and code's. Known rows keep theirs."""


async def begin(connection: Connection) -> None:
    """Make this transaction fit for an import: one at a time, for as long as it takes."""
    await connection.execute("set local statement_timeout = 0")
    await connection.execute("set local work_mem = '64MB'")
    await connection.execute("select pg_advisory_xact_lock($1)", TURN)


async def stage(
    connection: Connection, table: str, columns: Mapping[str, str], records: Iterable[tuple[Any, ...]]
) -> None:
    """Make the temporary table `incoming_…` and copy the records to it as they come, never holding them all."""
    defined = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    await connection.execute(
        f"create temporary table incoming_{table} ({defined}, known bool not null default false) on commit drop"
    )
    await connection.copy_records_to_table(f"incoming_{table}", columns=list(columns), records=records)
    await connection.execute(f"analyze incoming_{table}")


async def reject_repeated(connection: Connection, table: str, key: str, report: Report) -> None:
    """Take out the rows whose key an earlier line has."""
    await reject(connection, REPEATED.format(table=table, key=key), report)


async def reject_unrooted(connection: Connection, table: str, report: Report) -> None:
    """Take out the rows below a parent that is neither stored nor in the file, and those in a circle."""
    await reject(connection, UNROOTED.format(table=table), report)


async def reject(connection: Connection, statement: str, report: Report) -> None:
    """Run a statement that takes rows out and returns their lines and why."""
    async for line, why in connection.cursor(statement):
        report.reject(line, why)


async def mark_known(connection: Connection, table: str) -> None:
    """Note which rows are stored already."""
    await connection.execute(KNOWN.format(table=table))


async def refuse_circle(connection: Connection, table: str, report: Report) -> None:
    """Raise ImportFailedError if this import would put something above itself."""
    # Without statistics of what this import has just added, the planner compares every row with every other.
    await connection.execute(f"analyze {table}")
    code = await connection.fetchval(CIRCLE.format(table=table))
    if code:
        raise ImportFailedError(f"{report.file}: {table} {code} would be above itself")


async def drop(connection: Connection, table: str) -> None:
    """Remove the temporary table, so that the next import of the same transaction can make its own."""
    await connection.execute(f"drop table incoming_{table}")


async def count(connection: Connection, statement: str) -> int:
    """Run a statement and say how many rows it touched."""
    status = await connection.execute(statement)
    return int(status.rsplit(" ", 1)[1])
