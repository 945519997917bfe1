"""Decision tables: who sees which field of a row in which state, as text that reads like ACCESS."""

from collections.abc import Iterator
from typing import NamedTuple

from tests.policies.people import CLEAR, COLUMNS, HIDDEN, VIEWERS, by_plan, settled, settled_by_oso, with_purpose

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


def assert_decided(cell: Cell, name: str, status: str = "PUBLISHED", answer: str = "PUBLISHED") -> None:
    """Oso and the plan both decide on a row as the cell says, without a purpose and with each one that fits.

    `name`, `status` and `answer` say which row of which world (see `people.world`).
    """
    without = HIDDEN if cell.decision == PURPOSE else cell.decision
    expected = CLEAR if cell.decision == PURPOSE else without
    decisions = [(VIEWERS[cell.viewer], without), *((viewer, expected) for viewer in with_purpose(cell.viewer))]
    for viewer, decision in decisions:
        assert settled_by_oso(viewer, status, answer, name, cell.field) == decision, viewer
        assert by_plan(viewer, getattr(settled(status, answer), name), cell.field) == decision, viewer
