"""Decision tables: who sees which field of a row in which state, as text that reads like ACCESS."""

from collections.abc import Iterator
from typing import NamedTuple

from policies.viewer import Viewer
from tests.policies.people import CLEAR, COLUMNS, HIDDEN, VIEWERS, by_oso, by_plan, with_purpose

PURPOSE = "p"


class Cell(NamedTuple):
    """One decision: what a viewer gets of a field, without a purpose of use."""

    field: str
    viewer: str
    decision: str

    def __str__(self) -> str:
        return f"{self.field}-{self.viewer}-{self.decision}"


def cells(table: str) -> list[Cell]:
    """The decisions of a table: a line has the fields, separated by commas, then one decision for each column.

    `Y` is clear, `·` denied, `m:x` masked by x, `p` clear with a fitting purpose only. Denied ones come first.
    """
    found = [cell for line in table.strip().splitlines() for cell in _cells(line)]
    return sorted(found, key=lambda cell: cell.decision != HIDDEN)


def _cells(line: str) -> Iterator[Cell]:
    names, *decisions = line.split()
    assert len(decisions) == len(COLUMNS), line
    for name in names.split(","):
        yield from (Cell(name, viewer, decision) for viewer, decision in zip(COLUMNS, decisions, strict=True))


def assert_decided(cell: Cell, row: object) -> None:
    """Oso and the plan both decide as the cell says, without a purpose and with each one that fits."""
    without = HIDDEN if cell.decision.startswith(PURPOSE) else cell.decision
    _assert_shown(VIEWERS[cell.viewer], row, cell.field, without)
    expected = CLEAR if cell.decision == PURPOSE else without
    for viewer in with_purpose(cell.viewer):
        _assert_shown(viewer, row, cell.field, expected)


def _assert_shown(viewer: Viewer, row: object, field: str, expected: str) -> None:
    assert by_oso(viewer, row, field) == expected, viewer
    assert by_plan(viewer, row, field) == expected, viewer
