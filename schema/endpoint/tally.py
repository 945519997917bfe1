"""What is counted for the metrics: requests, denied fields, faults and jobs, of one process.

SECURITY: labels are names of the schema and of the code, kinds of viewers, and names of operations, which clients
choose: of those only so many are told apart, so that nobody fills memory with them. No value is ever a label.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from typing import Any

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the times that are told apart, in seconds."""
MOST_NAMES = 100
MOST_SERIES = 5000
LONGEST_NAME = 60
OTHER = "other"

Labels = tuple[str, ...]
Snapshot = dict[str, list[Any]]


class Tally:
    """Counts since the process began, or since the one began whose place it took."""

    def __init__(self) -> None:
        self.requests: dict[Labels, list[float]] = {}
        self.counts: dict[Labels, float] = {}
        self._known: dict[tuple[str | None, object, int], list[float]] = {}
        self._names: set[str] = set()
        self._only: frozenset[str] | None = None

    def only(self, names: Collection[str]) -> None:
        """Tell just these operations apart; without any, the first ones that are executed."""
        self._only = frozenset(names) or None

    def request(self, operation: str | None, viewer: object, status: int, seconds: float) -> None:
        """One request: the name of an operation that was executed, or None, the viewer's kind, if known, the status."""
        key = (operation, viewer, status)
        row = self._known.get(key)
        if row is None:
            row = self._row(key)
        row[0] += seconds
        row[1 + bisect_left(BOUNDS, seconds)] += 1

    def denied(self, fields: Mapping[tuple[str, str], int], viewer: object) -> None:
        """Fields, each as type and name, that were denied so often in one answer."""
        for (type_, field), times in fields.items():
            self.add(("denied", type_, field, str(viewer) if viewer else ""), times)

    def add(self, labels: Labels, number: float = 1) -> None:
        """Count something else; the first label says what. What is too much to be told apart is not counted."""
        if labels in self.counts or len(self.counts) < MOST_SERIES:
            self.counts[labels] = self.counts.get(labels, 0) + number

    def snapshot(self) -> Snapshot:
        """All counts, as JSON can hold them."""
        requests = [[*labels, row] for labels, row in self.requests.items()]
        return {"requests": requests, "counts": [[*labels, number] for labels, number in self.counts.items()]}

    def take_over(self, found: Snapshot) -> None:
        """Go on from what was counted before."""
        for *labels, row in found.get("requests", ()):
            self._merge(tuple(labels), row)
        for *labels, number in found.get("counts", ()):
            self.add(tuple(labels), number)

    def _merge(self, labels: Labels, row: Iterable[float]) -> None:
        before = self.requests.get(labels) or _nothing()
        # In place, for requests hold on to their row.
        before[:] = [old + new for old, new in zip(before, row, strict=True)]
        self.requests[labels] = before

    def _row(self, key: tuple[str | None, object, int]) -> list[float]:
        operation, viewer, status = key
        name, kind = self.name(operation), str(viewer) if viewer else ""
        if (name, kind, str(status)) not in self.requests and len(self.requests) >= MOST_SERIES:
            name = kind = OTHER
        row = self.requests.setdefault((name, kind, str(status)), _nothing())
        # What is told as "other" is looked up each time, so that the keys take no memory.
        if OTHER not in (name, kind):
            self._known[key] = row
        return row

    def name(self, operation: str | None) -> str:
        """How an operation is called where only so many are told apart."""
        if operation is None or operation in self._names:
            return operation or ""
        allowed = operation in self._only if self._only else len(self._names) < MOST_NAMES
        if not allowed or len(operation) > LONGEST_NAME:
            return OTHER
        self._names.add(operation)
        return operation


def _nothing() -> list[float]:
    return [0.0] * (2 + len(BOUNDS))


TALLY = Tally()
"""The counts of this process."""
