"""Conditions as alternatives of single facts, so that two that are written differently can be compared.

`implies` compares conditions by their form. Here each is spread out first: `status != 'WITHDRAWN'` becomes one
alternative for each other label, `a and (b or c)` becomes `a and b` or `a and c`. What can't be seen is never taken for
granted: a condition that stays unclear is reported as a difference.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import product

from policies.condition import (
    FALSE,
    ROW,
    And,
    Compare,
    Condition,
    Const,
    In,
    Missing,
    Not,
    Or,
    Path,
    Some,
    all_of,
    any_of,
    implies,
    negation,
    some,
)
from policies.registry import Attribute, Relation, attributes

Facts = frozenset[Condition]
Types = Mapping[str, str]
MOST = 2_000
"""A condition with more alternatives than this is compared as it is written."""
KEPT = 4096


class _TooMany(Exception):
    """A condition has more alternatives than are worth looking at."""


def gained(before: Condition, after: Condition, type_name: str) -> Condition:
    """Where `after` holds and `before` is not seen to: FALSE where nothing is gained."""
    if implies(after, before):
        return FALSE
    parts = (all_of(facts) for facts in _alternatives(after, type_name))
    return any_of(part for part in parts if not entails(part, before, type_name))


@lru_cache(maxsize=KEPT)
def entails(known: Condition, wanted: Condition, type_name: str) -> bool:
    """Whether `wanted` holds for every row of a type for which `known` does, as far as their facts tell."""
    if implies(known, wanted):
        return True
    ways = _alternatives(wanted, type_name)
    labelled = {path for facts in ways for fact in facts for path in _labelled(fact, type_name)}
    return all(
        any(_follow(whole, facts) for facts in ways)
        for one in _alternatives(known, type_name)
        for whole in _decided(one, labelled, type_name)
    )


def _follow(known: Facts, wanted: Facts) -> bool:
    return all(any(_follows(fact, one) for fact in known) for one in wanted)


def _follows(fact: Condition, wanted: Condition) -> bool:
    if isinstance(fact, Compare) and fact.operator == "=" and isinstance(wanted, Not):
        return wanted.part == Missing(fact.left) if isinstance(fact.left, Path) else False
    return implies(fact, wanted)


def _labelled(fact: Condition, type_name: str) -> Iterator[Path]:
    """The columns of labels, of the row itself, on which a fact depends."""
    path = fact.left if isinstance(fact, Compare) else fact.path if isinstance(fact, Missing) else None
    if isinstance(path, Path) and path.variable == ROW and _labels(path, {ROW: type_name}):
        yield path


def _decided(facts: Facts, paths: Iterable[Path], type_name: str) -> Iterator[Facts]:
    """The facts, once for each combination of labels that the row may have in these columns."""
    free = [path for path in paths if path not in map(_pinned, facts)]
    choices = (_labels(path, {ROW: type_name}) for path in free)
    yield from (facts | set(chosen) for chosen in product(*choices) if not _absurd(facts | set(chosen)))


@lru_cache(maxsize=KEPT)
def _alternatives(condition: Condition, type_name: str) -> tuple[Facts, ...]:
    try:
        return tuple(dict.fromkeys(_spread(condition, {ROW: type_name})))
    except _TooMany:
        return (frozenset([condition]),)


def _spread(condition: Condition, types: Types) -> list[Facts]:
    match condition:
        case And(parts):
            return _together([_spread(part, types) for part in parts])
        case Or(parts):
            return [facts for part in parts for facts in _spread(part, types)]
        case Some(variable, source, relation, where):
            inner = _spread(where, {**types, variable: _target(types[source], relation)})
            return [frozenset([some(variable, source, relation, all_of(facts))]) for facts in inner]
        case In(path, values):
            return [frozenset([Compare("=", path, Const(value))]) for value in values]
        case Not(part):
            return _spread_opposite(part, types)
        case Compare("!=", Path() as path, Const() as other) if labels := _labels(path, types):
            return [frozenset([label]) for label in labels if label != Compare("=", path, other)]
    return [frozenset([condition])]


def _spread_opposite(part: Condition, types: Types) -> list[Facts]:
    """The alternatives of "not": there are two truth values, so that it moves inwards."""
    match part:
        case And(parts):
            return [facts for one in parts for facts in _spread(negation(one), types)]
        case Or(parts):
            return _together([_spread(negation(one), types) for one in parts])
        case In(path, values):
            return _spread(all_of(Compare("!=", path, Const(value)) for value in values), types)
        case Compare("=", left, right):
            return _spread(Compare("!=", left, right), types)
        case Compare("!=", left, right):
            return _spread(Compare("=", left, right), types)
        case Not(inner):
            return _spread(inner, types)
    return [frozenset([Not(part)])]


def _together(parts: list[list[Facts]]) -> list[Facts]:
    found: list[Facts] = [frozenset()]
    for alternatives in parts:
        found = [one | other for one in found for other in alternatives if not _absurd(one | other)]
        if len(found) > MOST:
            raise _TooMany
    return found


def _absurd(facts: Facts) -> bool:
    """Whether no row can meet all of these."""
    pinned: dict[Path, Condition] = {}
    for fact in facts:
        if Not(fact) in facts:
            return True
        path = _pinned(fact)
        if path is not None and pinned.setdefault(path, fact) != fact:
            return True
    return any(isinstance(f, Compare) and f.operator == "!=" and Compare("=", f.left, f.right) in facts for f in facts)


def _pinned(fact: Condition) -> Path | None:
    """The column of which a fact says all that it holds."""
    match fact:
        case Missing(path) | Compare("=", Path() as path, Const()):
            return path
    return None


def _labels(path: Path, types: Types) -> list[Condition]:
    """All that a column of labels can hold; nothing for any other column."""
    found = attributes(types[path.variable]).get(path.column) if path.variable in types else None
    if not isinstance(found, Attribute) or not found.values or found.array:
        return []
    labels: list[Condition] = [Compare("=", path, Const(value)) for value in sorted(found.values)]
    return [*labels, Missing(path)] if found.nullable else labels


def _target(type_name: str, relation: str) -> str:
    found = attributes(type_name).get(relation)
    return found.target if isinstance(found, Relation) else type_name
