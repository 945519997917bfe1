"""Objects and lists in SQL: the columns of a selection, guarded field by field."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, String, case, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.sql import FromClause, Select

from policies.condition import TRUE, Condition, implies
from policies.sql import to_sql
from resolvers.attempt import attempt_of
from resolvers.build import Build, Selected
from resolvers.disclosed import disclosures
from resolvers.error import forbidden
from resolvers.mapping import TYPES, FieldMap, Row, Source
from resolvers.site import SUBJECT, Path, Site, locations_of

Expression = ColumnElement[Any]
EMPTY_LIST = literal_column("'[]'::json", JSON())
LONGEST_NAME = 63
MOST_ARGUMENTS = 100


def as_json(value: Expression) -> Expression:
    """The value as JSON, so that it can stand beside a marker."""
    return value if isinstance(value.type, sqlalchemy.JSON) else func.to_json(value, type_=JSON())


def text_literal(value: str) -> Expression:
    """A constant of our own (a type's name, say) in the statement's text."""
    return literal_column("'" + value.replace("'", "''") + "'", String())


def whole(statement: Select[Any]) -> tuple[FromClause, Expression]:
    """A statement as a source of rows, and the expression of a whole row as an object."""
    return _whole(statement, lambda s: s.subquery())


def lateral(statement: Select[Any]) -> tuple[FromClause, Expression]:
    """The same, as a source that may use the rows of the sources before it."""
    return _whole(statement, lambda s: s.lateral())


def _whole(statement: Select[Any], source: Callable[[Select[Any]], FromClause]) -> tuple[FromClause, Expression]:
    columns = list(statement.selected_columns)
    if not columns:
        # Every field was skipped by a directive.
        rows = source(statement.with_only_columns(literal_column("'{}'::json", JSON()).label("object")))
        return rows, rows.c.object
    if all(len(column.name) <= LONGEST_NAME for column in columns):
        rows = source(statement)
        return rows, rows.table_valued()  # type: ignore[attr-defined]
    # PostgreSQL cuts longer names, so that the keys of the object have to be strings.
    pairs = [part for column in columns for part in (text_literal(column.name), column)]
    rows = source(statement.with_only_columns(built(pairs).label("object")))
    return rows, rows.c.object


def built(pairs: Sequence[Expression]) -> Expression:
    """An object of keys and values in turn, joined as text where there are more than a function takes."""
    parts = [
        func.json_build_object(*pairs[start : start + MOST_ARGUMENTS], type_=JSON())
        for start in range(0, max(len(pairs), 1), MOST_ARGUMENTS)
    ]
    if len(parts) == 1:
        return parts[0]
    insides = [func.left(func.right(cast(part, String), literal_column("-1")), literal_column("-1")) for part in parts]
    joined = func.concat_ws(literal_column("','"), *insides)
    return cast(literal_column("'{'").op("||")(joined).op("||")(literal_column("'}'")), JSON())


def gathered(value: Expression) -> Expression:
    """All rows as a JSON list, in the order in which they come."""
    return func.coalesce(func.json_agg(value), EMPTY_LIST, type_=JSON())


def visible(build: Build, type_name: str, row: Row, known: Condition = TRUE) -> list[Expression]:
    """What restricts a list to the rows that the viewer may see, beside what is known of them."""
    condition = build.plan.row(type_name)
    return [] if implies(known, condition) else [to_sql(condition, row)]


def columns(
    build: Build, type_name: str, row: Row, selected: Selected, path: Path, known: Condition = TRUE
) -> list[Any]:
    """The selected fields of a row, each under its response key and guarded by its grants."""
    mapping = TYPES[type_name]
    found: list[Any] = []
    for below in build.subfields(selected, type_name, path):
        if below.name == "__typename":
            found.append(text_literal(type_name).label(below.key))
        else:
            found.append(guarded(build, mapping.fields[below.name], row, below, known).label(below.key))
    return [*found, *_subject(build, type_name, row, selected, path)]


def _subject(build: Build, type_name: str, row: Row, selected: Selected, path: Path) -> list[Any]:
    """Whose fields the audit log names, if some of them are shown only for the purpose of use or by a disclosure."""
    below = [part for part in build.subfields(selected, type_name, path) if part.name in TYPES[type_name].fields]
    audited = [part for part in below if build.plan.audited(type_name, part.name)]
    if not audited:
        return []
    owed = [grant for part in audited for grant in build.plan.owed(type_name, part.name)]
    reasons, rules = {grant.reason for grant in owed}, {grant.rule.place for grant in owed}
    keys = tuple((part.key, f"{type_name}.{part.name}") for part in audited)
    names = tuple(
        frozenset(name for grant in build.plan.owed(type_name, part.name) for name in grant.named) for part in audited
    )
    why, where = tuple(sorted(reasons)), tuple(sorted(rules))
    site = Site(path, type_name, SUBJECT, audited=keys, reasons=why, rules=where, named=names)
    subject = TYPES[type_name].subject(row)
    if not build.plan.kind.recipient:
        return [build.sites.audited(site, subject)]
    without = build.plan.policies.plan(build.plan.kind.plain)
    known = [to_sql(without.shown(type_name, part.name), row) for part in audited]
    return [build.sites.audited(site, subject, known, disclosures(build, type_name, row))]


def guarded(build: Build, mapping: FieldMap, row: Row, selected: Selected, known: Condition) -> Expression:
    """The field's value for those rows where a grant allows it, else the marker of a denied field."""
    cases: list[tuple[Expression, Expression]] = []
    for mask, condition in build.plan.cases(selected.parent, selected.name):
        value = mapping.value(build, row, selected, mask)
        if implies(known, condition):
            return case(*cases, else_=as_json(value)) if cases else value
        # SECURITY: a value leaves the database only under its grant's own condition.
        cases.append((to_sql(condition, row), as_json(value)))
    site = denied_site(build, selected)
    # Visitors' attempts are counted only, whatever they are about.
    named = site.attempt is not None and build.plan.kind.name == "Member"
    denied = build.sites.denied(site, TYPES[selected.parent].subject(row) if named else None)
    return case(*cases, else_=denied) if cases else denied


def denied_site(build: Build, selected: Selected) -> Site:
    """What is said where the field is denied."""
    reason = build.plan.denial(selected.parent, selected.name)
    said = forbidden(reason)
    error = {"message": said.message, "locations": locations_of(selected.node), "extensions": said.extensions}
    attempt = attempt_of(build.plan, selected.parent, selected.name, reason)
    return Site(selected.path, selected.parent, selected.name, reason=reason, error=error, attempt=attempt)


@dataclass(frozen=True, slots=True)
class One:
    """A field that leads to one row, or to none."""

    type: str
    source: Callable[[Build, Row], Source]

    def value(self, build: Build, row: Row, selected: Selected, mask: str) -> Expression:
        source = self.source(build, row)
        inner = rows_of(build, self.type, source, selected, selected.path)
        rows, value = whole(inner)
        return select(value).select_from(rows).scalar_subquery()


@dataclass(frozen=True, slots=True)
class Many:
    """A field that leads to all the rows of a short list."""

    type: str
    source: Callable[[Build, Row, dict[str, Any]], Source]

    def value(self, build: Build, row: Row, selected: Selected, mask: str) -> Expression:
        source = self.source(build, row, build.arguments(selected))
        inner = rows_of(build, self.type, source, selected, selected.below(None))
        rows, value = whole(inner)
        return select(gathered(value)).select_from(rows).scalar_subquery()


def rows_of(build: Build, type_name: str, source: Source, selected: Selected, path: Path) -> Select[Any]:
    """The visible rows of a source, as objects of a selection."""
    found = columns(build, type_name, source.row, selected, path, source.known)
    return restricted(select(*found), build, type_name, source).order_by(*source.order)


def restricted(statement: Select[Any], build: Build, type_name: str, source: Source) -> Select[Any]:
    """A statement over the visible rows of a source; it may refer to the rows around it."""
    statement = statement.select_from(source.row)
    for entity, on in source.joins:
        statement = statement.join(entity, on)
    own: Sequence[Any] = [source.row, *(entity for entity, _ in source.joins)]
    return statement.where(*source.where, *visible(build, type_name, source.row, source.known)).correlate_except(*own)


@dataclass(frozen=True, slots=True)
class Literal:
    """A field that is the same for every row of a type."""

    of: Callable[[Build], Expression]

    def value(self, build: Build, row: Row, selected: Selected, mask: str) -> Expression:
        return self.of(build)


def named(value: Expression) -> Expression:
    """A value as text."""
    return cast(value, String)
