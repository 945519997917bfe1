"""Conditions of access plans asked about a row in memory: a second reading of what they mean, beside SQL."""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from policies.condition import (
    ROW,
    And,
    Compare,
    Condition,
    Const,
    Contains,
    In,
    Missing,
    Not,
    Or,
    Param,
    Path,
    Some,
    Term,
)
from policies.sql import VIEWER

COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip

Rows = Mapping[str, Any]
Parameters = Mapping[str, Any]
"""A viewer's parameters."""


def holds(condition: Condition, row: object, viewer: Parameters) -> bool:
    """Whether the condition holds for an object whose relations are objects, and a viewer with these parameters."""
    return _holds(condition, {ROW: row}, viewer)


def _holds(condition: Condition, rows: Rows, viewer: Parameters) -> bool:
    match condition:
        case And(parts):
            return all(_holds(part, rows, viewer) for part in parts)
        case Or(parts):
            return any(_holds(part, rows, viewer) for part in parts)
        case Not(part):
            return not _holds(part, rows, viewer)
        case Some(variable, source, relation, where):
            related = getattr(rows[source], relation)
            found = related if isinstance(related, list) else [related] if related is not None else []
            return any(_holds(where, {**rows, variable: one}, viewer) for one in found)
    return _compares(condition, rows, viewer)


def _compares(condition: Condition, rows: Rows, viewer: Parameters) -> bool:
    match condition:
        case Compare("!=", left, right):
            return bool(_value(left, rows, viewer) != _value(right, rows, viewer))
        case Compare(sign, left, right):
            sides = _value(left, rows, viewer), _value(right, rows, viewer)
            return None not in sides and COMPARE[sign](*sides)
        case In(path, values):
            return _value(path, rows, viewer) in values
        case Missing(path):
            return _value(path, rows, viewer) is None
        case Contains(path, wanted):
            return _value(wanted, rows, viewer) in (_value(path, rows, viewer) or ())
    raise TypeError(f"a condition that examples can't be asked about: {condition}")


def _value(term: Term, rows: Rows, viewer: Parameters) -> Any:
    match term:
        case Const(constant):
            return constant
        case Param(name):
            return viewer[VIEWER + name]
        case Path(variable, column):
            return getattr(rows[variable], column)
