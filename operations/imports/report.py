"""What became of a file's rows, and the list of those that were not taken."""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

EXAMPLES = 20

Sink = Callable[[str, int, str], None]


class ImportFailedError(ValueError):
    """A file can't be imported at all; nothing of it was."""


@dataclass(slots=True)
class Report:
    """Counts of one file's rows; of the rejected ones, the first few with their line and why."""

    file: str
    sink: Sink | None = None
    read: int = 0
    added: int = 0
    changed: int = 0
    rejected: int = 0
    examples: list[tuple[int, str]] = field(default_factory=list)

    @property
    def unchanged(self) -> int:
        """Rows that say what was known already."""
        return self.read - self.rejected - self.added - self.changed

    def reject(self, line: int, why: str) -> None:
        """Note that the row on this line (the first is 1) is not taken."""
        self.rejected += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append((line, why))
        if self.sink:
            self.sink(self.file, line, why)

    def __str__(self) -> str:
        counts = {
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
        }
        told = ", ".join(f"{number:,} {name}" for name, number in counts.items() if number)
        return f"{self.file}: {self.read:,} rows: {told or 'nothing in it'}"


@contextmanager
def rejects(path: Path | None) -> Iterator[Sink | None]:
    """Write every rejected row to a CSV file with the columns file, line and why."""
    if path is None:
        yield None
        return
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", "line", "why"])
        yield lambda name, line, why: writer.writerow([name, line, why])
