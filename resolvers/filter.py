"""Filters: each condition of a filter may only look at fields that the viewer may read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from policies.condition import implies
from policies.sql import to_sql
from resolvers.argument import plain
from resolvers.attempt import denied
from resolvers.build import Build
from resolvers.mapping import Row

Expression = ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """One key of a filter input: the fields that it looks at, and its condition for an argument."""

    looks_at: Sequence[str]
    condition: Callable[[Build, Row, Any], Expression]


def filtered(build: Build, type_name: str, row: Row, known: Mapping[str, Filter], given: Any) -> list[Expression]:
    """The conditions of a filter that is not null; raises FORBIDDEN for a field that is never readable."""
    found: list[Expression] = []
    for name, argument in (given or {}).items():
        if plain(argument) is None:
            continue
        for field in known[name].looks_at:
            found += readable(build, type_name, row, field)
        found.append(known[name].condition(build, row, argument))
    return found


def readable(build: Build, type_name: str, row: Row, field: str) -> list[Expression]:
    """What restricts rows to those where the viewer may read the field in clear.

    SECURITY: a value that may not be read may not be filtered, sorted or counted by either.
    """
    condition = build.plan.condition(type_name, field)
    if condition.is_false:
        raise denied(build.plan, type_name, field)
    return [] if implies(build.plan.row(type_name), condition) else [to_sql(condition, row)]
