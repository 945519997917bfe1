"""One statement for many: a compiled statement's parameters become the columns of a table of subscribers.

What differs from one subscriber to the next are values only (whose account, which words): a kind of viewer and a shape
of variables have one statement. Its text is put, as it is, into `select (…) from unnest(…)`, and each `$n::TYPE` in it
becomes a column.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from models.database.connection import Connection
from resolvers.statement import Statement

TABLE = "live_subscriber"
TYPE = (
    r"UUID|VARCHAR|TEXT|INTEGER|BIGINT|SMALLINT|BOOLEAN|DATE|FLOAT|NUMERIC|"
    r"TIMESTAMP WITH TIME ZONE|TIMESTAMP WITHOUT TIME ZONE"
)
# SECURITY: what stands in quotes is text or a name, never a parameter.
PART = re.compile(rf"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$(?P<place>\d+)(?:::(?P<type>{TYPE})\b(?!\[|\())?")

Values = tuple[Any, ...]


class Batch:
    """A statement that answers one event for several subscribers."""

    def __init__(self, statement: Statement) -> None:
        self._single = statement.sql
        types = _types(statement)
        self._sql = None if types is None else _joined(statement.sql, types)
        self._whole = bool(types)

    def key(self, values: Values) -> object:
        """What two subscribers with the same answer have in common."""
        # Lists, which only statements that can't be joined have, are no keys.
        return values if self._sql is not None else repr(values)

    async def run(self, connection: Connection, rows: Sequence[Values]) -> list[bytes | None]:
        """The JSON for each of these values of the parameters, in their order."""
        if self._sql is None or len(rows) == 1 or not self._whole:
            return [await connection.fetchval(self._single, *values) for values in rows]
        found = await connection.fetch(self._sql, *map(list, zip(*rows, strict=True)))
        return [record[0] for record in found]


def _types(statement: Statement) -> list[str] | None:
    """The type of each parameter; None where one has no type, or one that no column can have (a list, say)."""
    types: dict[int, str] = {}
    for found in PART.finditer(statement.sql):
        if found["place"] is None:
            continue
        if found["type"] is None:
            return None
        types[int(found["place"])] = found["type"]
    places: Iterable[int] = range(1, len(statement.parameters) + 1)
    return [types[place] for place in places] if set(places) == set(types) else None


def _joined(sql: str, types: Sequence[str]) -> str:
    def column(found: re.Match[str]) -> str:
        return f"{TABLE}.c{found['place']}::{found['type']}" if found["place"] else found[0]

    arrays = ", ".join(f"${place}::{type_}[]" for place, type_ in enumerate(types, start=1))
    columns = ", ".join(f"c{place}" for place in range(1, len(types) + 1))
    table = f"unnest({arrays}) with ordinality as {TABLE}({columns}, place)"
    return f"select ({PART.sub(column, sql)}) from {table} order by {TABLE}.place"
