"""Conditions as SQL: predicates and EXISTS, never a join, never NULL taken for a value."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, false, literal_column, or_, true
from sqlalchemy.types import TypeEngine

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
)
from policies.error import PolicyError
from policies.reach import exists, mapper_of, reached, way

Expression = ColumnElement[Any]
PLAIN = re.compile(r"[A-Za-z0-9_. -]*")
VIEWER = "viewer_"


def to_sql(condition: Condition, entity: Any, viewer: Mapping[str, Expression] | None = None) -> ColumnElement[bool]:
    """The condition on a row of `entity`, a model or an alias of one; it is true, or else false or NULL.

    The viewer's ids are the parameters `viewer_account_id` and `viewer_demographics_id` (see `Viewer.parameters`).
    Where a statement asks for many viewers, row by row, `viewer` has expressions for them under these names.
    """
    return _sql(condition, {ROW: reached(entity), **(viewer or {})})


def _sql(condition: Condition, rows: dict[str, Any]) -> ColumnElement[bool]:
    match condition:
        case And(parts):
            return and_(true(), *(_sql(part, rows) for part in parts))
        case Or(parts):
            return or_(false(), *(_sql(part, rows) for part in parts))
        case Not(part) if not isinstance(part, Missing):
            # SECURITY: the opposite of NULL is NULL: without this, what is not known would hide a row, or show it.
            return _sql(part, rows).is_not(true())
        case Some(variable, source, relation, where):
            return _exists(rows[source], relation, variable, where, rows)
    found: ColumnElement[bool] = _leaf(condition, rows)
    return found


def _leaf(condition: Condition, rows: dict[str, Any]) -> Any:
    match condition:
        case Compare(operator, left, right):
            return _compare(operator, left, right, rows)
        case In(path, values):
            column = _column(path, rows)
            return column.in_([_literal(value, column.type) for value in values])
        case Missing(path):
            return _column(path, rows).is_(None)
        case Not(Missing(path)):
            return _column(path, rows).is_not(None)
        case Contains(path, value):
            column = _column(path, rows)
            return _value(value, column.type.item_type, rows) == column.any_()
    raise PolicyError(f"a condition that SQL does not have: {condition}")


def _exists(entity: Any, relation: str, variable: str, where: Condition, rows: dict[str, Any]) -> ColumnElement[bool]:
    target, link, tied = way(entity, relation)
    return exists([target.rows, *link], and_(tied, _sql(where, {**rows, variable: target})))


def _compare(operator: str, left: Any, right: Any, rows: dict[str, Any]) -> Any:
    column = _column(left, rows)
    other = _value(right, column.type, rows)
    match operator:
        case "=":
            return column == other
        case "!=":
            return column != other if _always_there(left, right, rows) else column.is_distinct_from(other)
        case "<":
            return column < other
        case "<=":
            return column <= other
        case ">":
            return column > other
        case ">=":
            return column >= other
    raise PolicyError(f"an operator that SQL does not have: {operator}")


def _always_there(left: Path, right: Any, rows: dict[str, Any]) -> bool:
    """Whether neither side can be NULL, so that the plain operator, which indexes know, is right."""
    sides = [left, *([right] if isinstance(right, Path) else [])]
    return not isinstance(right, Param) and not any(
        mapper_of(rows[side.variable]).columns[side.column].nullable for side in sides
    )


def _column(path: Path, rows: dict[str, Any]) -> Any:
    return getattr(rows[path.variable], path.column)


def _value(term: Any, type_: TypeEngine[Any], rows: dict[str, Any]) -> Expression:
    match term:
        case Const(value):
            return _literal(value, type_)
        case Param(name):
            asked: Expression = rows.get(VIEWER + name, bindparam(VIEWER + name, type_=type_, required=False))
            return asked
    return _column(term, rows)  # type: ignore[no-any-return]


def _literal(value: str | int | bool, type_: TypeEngine[Any]) -> Expression:
    """A constant in the statement's text, so that partial indexes and the planner know it."""
    if isinstance(value, bool):
        return true() if value else false()
    # SECURITY: only the simplest texts go into a statement's text; policies need no others.
    if isinstance(value, str) and not PLAIN.fullmatch(value):
        raise PolicyError(f"a constant with characters other than letters, digits, space, _, . and -: {value!r}")
    return literal_column(str(value) if isinstance(value, int) else f"'{value}'", type_)
