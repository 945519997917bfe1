"""Conditions of plans and needs of viewers, as sentences."""

import re
from collections.abc import Iterator, Mapping

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
from policies.registry import Relation, attributes
from policies.viewer import Kind

CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")
LATER = re.compile(r"_(\w)")


class _Rows:
    """The rows that a sentence speaks of: the type of each, and what it is called."""

    def __init__(self, types: Mapping[str, str], nouns: Mapping[str, str]) -> None:
        self.types = types
        self.nouns = nouns

    def also(self, variable: str, type_name: str, called: str) -> "_Rows":
        return _Rows({**self.types, variable: type_name}, {**self.nouns, variable: called})


def sentence(condition: Condition, type_name: str) -> str:
    """What has to hold of a row of this type, e.g. `the story's status is PUBLISHED`."""
    return _said(condition, _Rows({ROW: type_name}, {ROW: f"the {noun(type_name)}"}))


def noun(type_name: str) -> str:
    """A type's name in the middle of a sentence: `AccessLogEntry` becomes `access log entry`."""
    return CAPITAL.sub(" ", type_name).lower()


def camel(column: str) -> str:
    """A column's name as the API writes names: `answered_at` becomes `answeredAt`."""
    return LATER.sub(lambda found: found[1].upper(), column)


def needs(kind: Kind) -> Iterator[tuple[str, Kind]]:
    """What it takes to be of this kind, one by one, each with the least kind that has it."""
    if kind.name == "System":
        yield "the viewer is Candour itself, at work without a person", Kind("System")
    if kind.name == "Member":
        yield "the viewer is signed in", Kind("Member")
    for role in kind.roles:
        yield f"the viewer has the role {role.value}", Kind("Member", (role,))
    if kind.staff:
        yield "the viewer works for an organisation", Kind("Member", staff=True)
    if kind.recipient:
        yield "something is disclosed to an organisation that the viewer manages", Kind("Member", recipient=True)
    if kind.purpose:
        yield f"the request states the purpose {kind.purpose.value}", Kind("Member", purpose=kind.purpose)


def _said(condition: Condition, rows: _Rows) -> str:
    match condition:
        case And(parts):
            return " and ".join(_within(part, rows) for part in parts)
        case Or(parts):
            return " or ".join(_within(part, rows) for part in parts)
        case Not(Missing(path)):
            return f"{_named(path, rows)} is not empty"
        case Not(part):
            return f"not ({_said(part, rows)})"
        case Some():
            return _related(condition, rows)
    return _compared(condition, rows)


def _within(part: Condition, rows: _Rows) -> str:
    """A part beside others, in brackets where it could be read as going on."""
    said = _said(part, rows)
    return f"({said})" if isinstance(part, And | Or) or " where " in said else said


def _related(some: Some, rows: _Rows) -> str:
    found = attributes(rows.types[some.source])[some.relation]
    assert isinstance(found, Relation)
    source, what = rows.nouns[some.source], noun(found.target)
    if not found.many:
        called = f"{source}'s {camel(some.relation)}"
        within = rows.also(some.variable, found.target, called)
        return f"{source} has {_a(camel(some.relation))}" if some.where.is_true else _said(some.where, within)
    if some.where.is_true:
        return f"{source} has {camel(some.relation)}"
    again = found.target in rows.types.values()
    one, called = (f"another {what}", f"the other {what}") if again else (_a(what), f"the {what}")
    return f"{source} has {one} where {_said(some.where, rows.also(some.variable, found.target, called))}"


def _a(what: str) -> str:
    return f"an {what}" if what[0] in "aeiou" else f"a {what}"


def _compared(condition: Condition, rows: _Rows) -> str:
    match condition:
        case Compare("=" | "!=" as operator, Path() as left, Param()):
            return _about_viewer(left, operator == "=", rows)
        case Compare("=", Path() as left, Const(bool() as value)):
            return f"{rows.nouns[left.variable]} is {'' if value else 'not '}{camel(left.column)}"
        case Compare(operator, left, right):
            word = {"=": "is", "!=": "is not"}.get(operator, operator)
            return f"{_named(left, rows)} {word} {_named(right, rows)}"
        case In(path, values):
            listed = [str(value) for value in values]
            return f"{_named(path, rows)} is {', '.join(listed[:-1])} or {listed[-1]}"
        case Missing(path):
            return f"{_named(path, rows)} is empty"
        case Contains(path, value):
            return f"{_named(path, rows)} include {_named(value, rows)}"
    return condition.text


def _about_viewer(path: Path, same: bool, rows: _Rows) -> str:
    whose = rows.nouns[path.variable]
    is_ = "is" if same else "is not"
    if path.column == "id":
        return f"{whose} {is_} the viewer's own"
    return f"{whose}'s {camel(path.column.removesuffix('_id'))} {is_} the viewer"


def _named(term: Term, rows: _Rows) -> str:
    match term:
        case Path(variable, column):
            return f"{rows.nouns[variable]}'s {camel(column)}"
        case Const(value):
            return str(value)
        case Param(name):
            return f"the viewer's {camel(name)}"
