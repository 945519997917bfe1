"""The ZIP file: one JSON document, a CSV table each, and a README, written row by row."""

import csv
from collections.abc import Sequence
from datetime import datetime
from io import StringIO
from typing import IO, Any, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import orjson

from models.secret import PersonKey
from operations.data_export.cell import cell, named, opened
from operations.data_export.sink import Sink
from operations.data_export.table import Table

FORMAT = 1
"""The version of the document's layout; it goes up when something is renamed or removed."""
DOCUMENT, README = "candour.json", "README.txt"
OURS_ALONE = 0o600 << 16
MARK = "\ufeff"
"""Tells spreadsheets that a CSV file is UTF-8."""


class Archive:
    """Writes one ZIP file to a sink; one file in it is open at a time."""

    def __init__(self, sink: Sink, key: PersonKey, made_at: datetime) -> None:
        self.counts: dict[str, int] = {}
        self._key = key
        self._made_at = made_at
        self._zip = ZipFile(cast(IO[bytes], sink), "w", ZIP_DEFLATED)
        self._file: IO[bytes] | None = None

    def begin_document(self, site: str) -> None:
        """Open the JSON document."""
        self._begin(DOCUMENT)
        about = {"site": site, "made_at": self._made_at.isoformat().replace("+00:00", "Z"), "format": FORMAT}
        self._write(b'{\n"candour": ' + orjson.dumps(about))

    def begin_list(self, table: Table) -> None:
        """A table's place in the document."""
        self.counts[table.name] = 0
        self._write(b",\n" + orjson.dumps(table.name) + b": [")

    def add_list(self, table: Table, rows: Sequence[Any]) -> None:
        """More rows of the table, a line each."""
        lines = [orjson.dumps(named(table, values)) for values in opened(table, rows, self._key)]
        before = b",\n" if self.counts[table.name] else b"\n"
        self.counts[table.name] += len(lines)
        self._write(before + b",\n".join(lines))

    def end_list(self) -> None:
        """The table is complete."""
        self._write(b"]")

    def end_document(self) -> None:
        """The document is complete."""
        self._write(b"\n}\n")
        self._end()

    def begin_table(self, table: Table) -> None:
        """Open a CSV file, with the names of its columns."""
        self._begin(f"csv/{table.name}.csv")
        self._write((MARK + _lines([[column.name for column in table.columns]])).encode())

    def add_table(self, table: Table, rows: Sequence[Any]) -> None:
        """More rows of the CSV file."""
        found = opened(table, rows, self._key)
        self._write(_lines([[cell(value) for value in values] for values in found]).encode())

    def end_table(self) -> None:
        """The CSV file is complete."""
        self._end()

    def finish(self, readme: str) -> None:
        """Add the README and what a ZIP file ends with."""
        self._begin(README)
        self._write((MARK + readme.replace("\n", "\r\n")).encode())
        self._end()
        self._zip.close()

    def _begin(self, name: str) -> None:
        member = ZipInfo(name, self._made_at.timetuple()[:6])
        member.compress_type = ZIP_DEFLATED
        member.external_attr = OURS_ALONE
        self._file = self._zip.open(member, "w")

    def _write(self, data: bytes) -> None:
        assert self._file is not None
        self._file.write(data)

    def _end(self) -> None:
        assert self._file is not None
        self._file.close()
        self._file = None


def _lines(rows: Sequence[Sequence[Any]]) -> str:
    text = StringIO()
    csv.writer(text, quoting=csv.QUOTE_MINIMAL).writerows(rows)
    return text.getvalue()
