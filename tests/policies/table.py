"""Decision tables: who sees which field of a row in which state, as text that reads like the access table."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tests.policies.decision import by_plan, settled_by_oso
from tests.policies.people import CLEAR, COLUMNS, HIDDEN, VIEWERS, settled, with_purpose

PURPOSE = "p"


class Line(NamedTuple):
    """A field, and what each viewer gets of it without a purpose of use."""

    field: str
    decisions: Mapping[str, str]

    def __str__(self) -> str:
        return self.field


def lines(table: str, columns: Sequence[str] = COLUMNS) -> Iterator[Line]:
    """The lines of a table: fields, separated by commas, then one decision for each column.

    `Y` is clear, `·` denied, `m:x` masked by x, `p` clear with a fitting purpose only.
    """
    for line in table.strip().splitlines():
        names, *decisions = line.split()
        for name in names.split(","):
            # Denied ones come first.
            decided = sorted(zip(columns, decisions, strict=True), key=lambda column: column[1] != HIDDEN)
            yield Line(name, dict(decided))


def assert_decided(line: Line, name: str, status: str = "PUBLISHED", answer: str = "PUBLISHED") -> None:
    """Oso and the plan both decide on a row as the line says, without a purpose and with each one that fits.

    `name`, `status` and `answer` say which row of which world (see `people.world`).
    """
    for column, decision in line.decisions.items():
        without = HIDDEN if decision == PURPOSE else decision
        expected = CLEAR if decision == PURPOSE else without
        for viewer, wanted in ((VIEWERS[column], without), *((v, expected) for v in with_purpose(column))):
            assert settled_by_oso(viewer, status, answer, name, line.field) == wanted, viewer
            assert by_plan(viewer, getattr(settled(status, answer), name), line.field) == wanted, viewer
