"""Conditions evaluated on loaded rows in plain Python: a second reading of what they mean, beside SQL."""

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

OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def holds(condition: Condition, row: object, viewer: Mapping[str, Any]) -> bool:
    """Whether a condition holds for a row and a viewer, given as the viewer's parameters."""
    return _holds(condition, {ROW: row}, viewer)


def _holds(condition: Condition, rows: Mapping[str, Any], viewer: Mapping[str, Any]) -> bool:
    match condition:
        case And(parts):
            return all(_holds(part, rows, viewer) for part in parts)
        case Or(parts):
            return any(_holds(part, rows, viewer) for part in parts)
        case Not(part):
            return not _holds(part, rows, viewer)
        case Some(variable, source, relation, where):
            found = getattr(rows[source], relation)
            there = found if isinstance(found, list) else [found] if found is not None else []
            return any(_holds(where, {**rows, variable: one}, viewer) for one in there)
    return _leaf(condition, rows, viewer)


def _leaf(condition: Condition, rows: Mapping[str, Any], viewer: Mapping[str, Any]) -> bool:
    match condition:
        case In(path, values):
            return _value(path, rows, viewer) in values
        case Missing(path):
            return _value(path, rows, viewer) is None
        case Contains(path, value):
            return _value(value, rows, viewer) in (_value(path, rows, viewer) or [])
        case Compare(sign, left, right):
            return _compared(sign, _value(left, rows, viewer), _value(right, rows, viewer))
    raise AssertionError(condition)


def _compared(sign: str, left: Any, right: Any) -> bool:
    if sign == "!=":
        return bool(left != right)
    if left is None or right is None:
        return False
    return bool(left == right) if sign == "=" else OPERATORS[sign](left, right)


def _value(term: Term, rows: Mapping[str, Any], viewer: Mapping[str, Any]) -> Any:
    match term:
        case Const(value):
            return value
        case Param(name):
            return viewer[f"viewer_{name}"]
        case Path(variable, column):
            return getattr(rows[variable], column)
