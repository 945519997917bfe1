"""What partial evaluation leaves over, in terms that belong to no engine."""

from dataclasses import dataclass

Value = object


@dataclass(frozen=True, slots=True)
class Variable:
    """Something unknown: the row (`_this`) or a row of a relation."""

    name: str


@dataclass(frozen=True, slots=True)
class Instance:
    """The pattern "any row of this class"."""

    type: str


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator of Polar (And, Or, Not, Isa, Unify, Eq, Neq, Lt …, In, Dot) on its arguments."""

    operator: str
    arguments: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class PartialRow:
    """One answer: the rule at `place` grants these fields under this mask, for a reason, where `expression` holds."""

    fields: tuple[str, ...]
    mask: str
    reason: str
    place: str
    expression: Operation
