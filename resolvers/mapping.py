"""How each field of each type is found: the vocabulary in which resolvers/<concept>.py speak."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import ColumnElement

from policies.condition import TRUE, Condition
from policies.reach import fresh

__all__ = ["TYPES", "Column", "Expression", "FieldMap", "Key", "Row", "Source", "TypeMap", "fresh", "register"]

if TYPE_CHECKING:
    from resolvers.build import Build, Selected

Row = Any
Expression = ColumnElement[Any]


class FieldMap(Protocol):
    """Turns a selected field of a row into SQL; `mask` names the mask that a grant asks for."""

    def value(self, build: "Build", row: Row, selected: "Selected", mask: str) -> Expression: ...


@dataclass(frozen=True, slots=True)
class Source:
    """Rows that belong to another row (or to nothing): which, joined with what, in which order.

    `time` stands for the rows' own time where a join repeats it beside an index; `rank` is how well they fit a search;
    `known` is what surely holds of them, so that the policies' conditions need not ask it again.
    """

    row: Row
    where: Sequence[Expression] = ()
    joins: Sequence[tuple[Row, Expression]] = ()
    order: Sequence[Expression] = ()
    time: Expression | None = None
    rank: Expression | None = None
    known: Condition = TRUE


@dataclass(frozen=True, slots=True)
class TypeMap:
    """A GraphQL type on a table: its fields, and the global id under which the audit log names a row or its owner."""

    model: Any
    fields: Mapping[str, FieldMap]
    subject: Callable[[Row], Expression]
    row_field: str = "id"
    connection: str = ""
    """The name of its pages, where that is not the type's own with `Connection`."""


@dataclass(frozen=True, slots=True)
class Column:
    """A field that is one SQL expression over the row."""

    of: Callable[[Row], Expression]

    def value(self, build: "Build", row: Row, selected: "Selected", mask: str) -> Expression:
        return self.of(row)


@dataclass(frozen=True, slots=True)
class Key:
    """A sort key of a list: its expression, and how its text in a cursor is read."""

    of: Callable[[Source], Expression]
    parse: Callable[[str], Any]
    text: Callable[[Expression], Expression] = field(default=lambda expression: expression)


TYPES: dict[str, TypeMap] = {}


def register(name: str, mapping: TypeMap) -> None:
    """Makes a type known to the planner."""
    TYPES[name] = mapping
