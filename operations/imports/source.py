"""A CSV file as rows with their line numbers, read a piece at a time so that its size does not matter."""

import csv
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, BinaryIO

from operations.imports.report import ImportFailedError, Report

PIECE_BYTES = 256 * 1024

Row = list[str]
Numbered = tuple[int, Row]
Reader = Callable[[Row], tuple[Any, ...]]
Advance = Callable[[int], None]


class Source:
    """The rows of a file. A row is one line; lines that can't be read as one are rejected in the report."""

    def __init__(self, file: BinaryIO, report: Report, advance: Advance) -> None:
        self._file = file
        self._advance = advance
        self._rest = self._read()
        self.report = report

    def first(self) -> Row:
        """A look at the first row, which stays to be read; ImportFailedError for a file without rows."""
        found = next(self._rest, None)
        if found is None:
            raise ImportFailedError(f"{self.report.file} has no rows")
        self._rest = chain([found], self._rest)
        return found[1]

    def header(self) -> Row:
        """The names of the columns, taken off the rows, in lower case."""
        names = [name.strip().lower() for name in self.first()]
        next(self._rest)
        return names

    def __iter__(self) -> Iterator[Numbered]:
        for numbered in self._rest:
            self.report.read += 1
            yield numbered

    def records(self, read: Reader) -> Iterator[tuple[Any, ...]]:
        """Each row's line and what `read` makes of it; a row of which it raises ValueError is rejected."""
        for line, row in self:
            try:
                yield (line, *read(row))
            except ValueError as error:
                self.report.reject(line, str(error))

    def _read(self) -> Iterator[Numbered]:
        number = 0
        while lines := self._file.readlines(PIECE_BYTES):
            for raw in lines:
                number += 1
                row = self._row(number, raw)
                if row:
                    yield number, row
            self._advance(sum(map(len, lines)))

    def _row(self, number: int, raw: bytes) -> Row:
        """The line's cells; none, and a rejection, for a line that is no row by itself."""
        # What is not UTF-8 becomes unprintable, and its row is rejected by whoever takes the text.
        text = raw.decode("utf-8", "surrogateescape")
        try:
            return next(csv.reader((text.removeprefix("\ufeff"),), strict=True), [])
        except csv.Error as error:
            self.report.read += 1
            self.report.reject(number, f"the line is no row of CSV: {error}")
            return []
