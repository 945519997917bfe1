"""How a stored value is written: exactly in JSON, harmlessly in CSV."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from models.secret import PersonKey
from operations.data_export.table import Table

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""With these a spreadsheet takes a text for a formula."""
BETWEEN = "; "
EXACT = frozenset({int, str, bool, float, type(None)})
"""What JSON has as it is; most values are of these."""


def opened(table: Table, rows: Sequence[Any], key: PersonKey) -> list[list[Any]]:
    """The values of rows of `table.statement` as JSON has them, in clear.

    Raises SecretError where one does not open under the person's key.
    """
    width = len(table.columns)
    sealed = [(n, column.place) for n, column in enumerate(table.columns) if column.place]
    found = []
    for row in rows:
        values = list(row[:width])
        for place, (position, column) in enumerate(sealed):
            if values[position] is not None:
                values[position] = key.decrypt(values[position], f"{column}:{row[width + place]}")
        found.append([plain(value) for value in values])
    return found


def plain(value: Any) -> Any:
    """A value as JSON has it; times in UTC as `2026-11-24T10:30:00.000000Z`."""
    if type(value) in EXACT:
        return value
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case str():
            return str(value)
        case list() | tuple():
            return [plain(one) for one in value]
    return value


def cell(value: Any) -> Any:
    """A value as a CSV cell has it: nothing that a spreadsheet would compute."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return guarded(BETWEEN.join(map(str, value)))
        case str():
            return guarded(value)
    return value


def guarded(text: str) -> str:
    """The text, with a quote in front where a spreadsheet would take it for a formula."""
    # SECURITY: what others wrote (an answer to a story, say) must not run as a formula when its reader opens it.
    return f"'{text}" if text.lstrip(" ").startswith(DANGEROUS) else text


def named(table: Table, values: Sequence[Any]) -> Mapping[str, Any]:
    """One row as a JSON object."""
    return {column.name: value for column, value in zip(table.columns, values, strict=True)}
