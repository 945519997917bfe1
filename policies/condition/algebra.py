"""How conditions are put together, simplified and compared."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from policies.condition.node import FALSE, TRUE, And, Compare, Condition, Const, In, Not, Or, Param, Path, Some

KEPT = 4096
"""How many answers of each function are remembered: plans of different kinds have most conditions in common."""


def all_of(conditions: Iterable[Condition]) -> Condition:
    """The conjunction, without what follows from the rest."""
    return _all_of(frozenset(part for c in conditions for part in (c.all if isinstance(c, And) else (c,))))


def any_of(conditions: Iterable[Condition]) -> Condition:
    """The disjunction, without what is covered by the rest, with common parts taken out."""
    return _any_of(frozenset(part for c in conditions for part in (c.any if isinstance(c, Or) else (c,))))


def negation(condition: Condition) -> Condition:
    """The opposite."""
    if condition.is_true or condition.is_false:
        return FALSE if condition.is_true else TRUE
    return condition.part if isinstance(condition, Not) else Not(condition)


def some(variable: str, source: str, relation: str, where: Condition) -> Condition:
    """There is a related row for which `where` holds."""
    return FALSE if where.is_false else Some(variable, source, relation, where)


def walk(condition: Condition) -> Iterator[Condition]:
    """The condition and everything inside it."""
    yield condition
    for part in condition.parts:
        yield from walk(part)


def names_viewer(condition: Condition) -> bool:
    """Whether it matters who the viewer is, beyond their kind."""
    return any(
        isinstance(term, Param)
        for part in walk(condition)
        for term in (getattr(part, name, None) for name in ("left", "right", "value"))
    )


@lru_cache(maxsize=KEPT)
def _all_of(flat: frozenset[Condition]) -> Condition:
    if any(part.is_false for part in flat):
        return FALSE
    needed = _without(flat, lambda part, other: implies(other, part))
    return needed[0] if len(needed) == 1 else And(tuple(needed))


@lru_cache(maxsize=KEPT)
def _any_of(flat: frozenset[Condition]) -> Condition:
    if any(part.is_true for part in flat):
        return TRUE
    needed = _without(flat, implies)
    while (merged := _merge_one(needed)) is not None:
        needed = _without(frozenset(merged), implies)
    return needed[0] if len(needed) == 1 else Or(tuple(needed))


@lru_cache(maxsize=KEPT)
def implies(known: Condition, wanted: Condition) -> bool:
    """Whether `wanted` surely holds where `known` does; False where that can't be seen from their form."""
    if known == wanted or wanted.is_true or known.is_false:
        return True
    if isinstance(known, Or):
        return all(implies(part, wanted) for part in known.any)
    if isinstance(wanted, And):
        return all(implies(known, part) for part in wanted.all)
    if isinstance(wanted, Or) and any(implies(known, part) for part in wanted.any):
        return True
    if isinstance(known, And):
        return any(implies(part, wanted) for part in known.all)
    return _narrower(known, wanted)


def _narrower(known: Condition, wanted: Condition) -> bool:
    if isinstance(known, Not) and isinstance(wanted, Not):
        return implies(wanted.part, known.part)
    if isinstance(known, Some) and isinstance(wanted, Some):
        same = (known.variable, known.source, known.relation) == (wanted.variable, wanted.source, wanted.relation)
        return same and implies(known.where, wanted.where)
    values, others = _values(known), _values(wanted)
    if values is None:
        return False
    if others is not None:
        return values[0] == others[0] and values[1] <= others[1]
    return _excludes(values[0], values[1], wanted)


def _values(condition: Condition) -> tuple[Path, frozenset[object]] | None:
    """The column and the constants, for a condition that pins a column to some."""
    if isinstance(condition, In):
        return condition.path, frozenset(condition.values)
    match condition:
        case Compare("=", Path() as path, Const(value)):
            return path, frozenset([value])
    return None


def _excludes(path: Path, values: frozenset[object], wanted: Condition) -> bool:
    if not isinstance(wanted, Compare) or wanted.operator != "!=" or wanted.left != path:
        return False
    return isinstance(wanted.right, Const) and wanted.right.value not in values


def _without(parts: frozenset[Condition], redundant: Callable[[Condition, Condition], bool]) -> list[Condition]:
    """The parts in canonical order, without each that is redundant beside another that stays."""
    kept = sorted(parts, key=str)
    for part in list(kept):
        if any(redundant(part, other) for other in kept if other is not part):
            kept.remove(part)
    return kept


def _merge_one(parts: list[Condition]) -> list[Condition] | None:
    """The parts with two of them put into one; None when no two fit."""
    for i, left in enumerate(parts):
        for right in parts[i + 1 :]:
            merged = _merged(left, right)
            if merged is not None:
                return [merged, *(part for part in parts if part is not left and part is not right)]
    return None


def _merged(left: Condition, right: Condition) -> Condition | None:
    values, others = _values(left), _values(right)
    if values and others and values[0] == others[0]:
        return In(values[0], tuple(sorted(values[1] | others[1], key=str)))  # type: ignore[arg-type]
    if isinstance(left, Some) and isinstance(right, Some):
        if (left.variable, left.source, left.relation) == (right.variable, right.source, right.relation):
            return Some(left.variable, left.source, left.relation, any_of((left.where, right.where)))
        return None
    return _factored(left, right)


def _factored(left: Condition, right: Condition) -> Condition | None:
    """`a and x or a and y` as `a and (x or y)`, where only one part differs."""
    if not isinstance(left, And) or not isinstance(right, And):
        return None
    mine, yours = set(left.all) - set(right.all), set(right.all) - set(left.all)
    if len(mine) != 1 or len(yours) != 1:
        return None
    return all_of([*(set(left.all) & set(right.all)), any_of([*mine, *yours])])
