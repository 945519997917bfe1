"""Conditions on a row: what is left of a policy once the kind of viewer is known.

Conditions are small, immutable and in a canonical order, so that equal ones are equal values with equal text. They have
two truth values: a comparison with a missing value (SQL's NULL) is false, and so is never a way in.
Make them with `all_of`, `any_of`, `negation` and `some`, which simplify.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

ROW = "row"
OPERATORS = ("=", "!=", "<", "<=", ">", ">=")


@dataclass(frozen=True)
class Const:
    """A value that the policy names."""

    value: str | int | bool

    def __str__(self) -> str:
        return repr(self.value)


@dataclass(frozen=True)
class Param:
    """A value of the viewer that is known per request, e.g. `account_id`."""

    name: str

    def __str__(self) -> str:
        return f"viewer.{self.name}"


@dataclass(frozen=True)
class Path:
    """A column of the row, or of a related row that `variable` stands for."""

    variable: str
    column: str

    def __str__(self) -> str:
        return f"{self.variable}.{self.column}"


Term = Const | Param | Path


class Condition:
    """True or false for a row and a viewer."""

    @cached_property
    def is_true(self) -> bool:
        return self == TRUE

    @cached_property
    def is_false(self) -> bool:
        return self == FALSE

    @property
    def parts(self) -> tuple["Condition", ...]:
        return ()


@dataclass(frozen=True)
class Compare(Condition):
    """Two values compared; `!=` holds where one of them is missing, the others don't."""

    operator: str
    left: Term
    right: Term

    def __str__(self) -> str:
        return f"{self.left} {self.operator} {self.right}"


@dataclass(frozen=True)
class In(Condition):
    """A column that has one of several values, sorted."""

    path: Path
    values: tuple[str | int | bool, ...]

    def __str__(self) -> str:
        return f"{self.path} in ({', '.join(map(repr, self.values))})"


@dataclass(frozen=True)
class Missing(Condition):
    """A column without a value."""

    path: Path

    def __str__(self) -> str:
        return f"{self.path} is missing"


@dataclass(frozen=True)
class Contains(Condition):
    """An array column that holds a value."""

    path: Path
    value: Const | Param

    def __str__(self) -> str:
        return f"{self.path} contains {self.value}"


@dataclass(frozen=True)
class Some(Condition):
    """There is a row `variable` in `relation` of the row `source`, such that `where` holds."""

    variable: str
    source: str
    relation: str
    where: Condition

    @property
    def parts(self) -> tuple[Condition, ...]:
        return (self.where,)

    def __str__(self) -> str:
        return f"some {self.variable} in {self.source}.{self.relation} has ({self.where})"


@dataclass(frozen=True)
class Not(Condition):
    """The opposite."""

    part: Condition

    @property
    def parts(self) -> tuple[Condition, ...]:
        return (self.part,)

    def __str__(self) -> str:
        return f"not ({self.part})"


@dataclass(frozen=True)
class And(Condition):
    """All hold; of nothing: true."""

    all: tuple[Condition, ...]

    @property
    def parts(self) -> tuple[Condition, ...]:
        return self.all

    def __str__(self) -> str:
        return " and ".join(f"({p})" if isinstance(p, Or) else str(p) for p in self.all) or "always"


@dataclass(frozen=True)
class Or(Condition):
    """At least one holds; of nothing: false."""

    any: tuple[Condition, ...]

    @property
    def parts(self) -> tuple[Condition, ...]:
        return self.any

    def __str__(self) -> str:
        return " or ".join(f"({p})" if isinstance(p, And) else str(p) for p in self.any) or "never"


TRUE = And(())
FALSE = Or(())


def all_of(conditions: Iterable[Condition]) -> Condition:
    """The conjunction, without what follows from the rest."""
    flat = {part for c in conditions for part in (c.all if isinstance(c, And) else (c,))}
    if any(part.is_false for part in flat):
        return FALSE
    needed = _without(flat, lambda part, other: implies(other, part))
    return needed[0] if len(needed) == 1 else And(tuple(needed))


def any_of(conditions: Iterable[Condition]) -> Condition:
    """The disjunction, without what is covered by the rest, with common parts taken out."""
    flat = {part for c in conditions for part in (c.any if isinstance(c, Or) else (c,))}
    if any(part.is_true for part in flat):
        return TRUE
    needed = _without(flat, implies)
    while (merged := _merge_one(needed)) is not None:
        needed = _without(set(merged), implies)
    return needed[0] if len(needed) == 1 else Or(tuple(needed))


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


@lru_cache(maxsize=65536)
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
    if isinstance(condition, Compare) and condition.operator == "=":
        if isinstance(condition.left, Path) and isinstance(condition.right, Const):
            return condition.left, frozenset([condition.right.value])
    return None


def _excludes(path: Path, values: frozenset[object], wanted: Condition) -> bool:
    if not isinstance(wanted, Compare) or wanted.operator != "!=" or wanted.left != path:
        return False
    return isinstance(wanted.right, Const) and wanted.right.value not in values


def _without(
    parts: set[Condition], redundant: Callable[[Condition, Condition], bool]
) -> list[Condition]:
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
