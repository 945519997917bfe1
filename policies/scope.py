"""The related rows that a conjunction speaks of, and how they become nested "there is a row such that"."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from policies.condition import (
    ROW,
    And,
    Compare,
    Condition,
    Contains,
    In,
    Missing,
    Not,
    Or,
    Path,
    Some,
    Term,
    all_of,
    any_of,
    negation,
    some,
    walk,
)
from policies.error import PolicyError
from policies.registry import Attribute, Relation, attributes

THIS = "_this"
Reads = Callable[[str, str], Condition]


@dataclass(frozen=True, slots=True)
class Related:
    """A row found in `relation` of the row `source`."""

    source: str
    relation: str
    type: str


@dataclass(slots=True)
class Scope:
    """The rows of one conjunction: `rows` by our names for them, `names` ours by Polar's variables."""

    type: str
    reads: Reads
    rows: dict[str, Related] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    outer: frozenset[str] = frozenset()

    def type_of(self, row: str) -> str:
        return self.type if row == ROW else self.rows[row].type

    def attribute(self, row: str, name: str) -> Relation | Attribute:
        """The relation or column of that name; raises PolicyError where there is none."""
        found = attributes(self.type_of(row)).get(name)
        if found is None:
            raise PolicyError(f"{self.type_of(row)} has no attribute {name}")
        return found

    def add(self, related: Related) -> str:
        """A new name for some row of a list."""
        fresh = f"#{len(self.rows)}"
        self.rows[fresh] = related
        return fresh

    def one(self, related: Related) -> str:
        """The name of the only row that a relation leads to: the same one each time."""
        known = (name for name, other in self.rows.items() if other == related)
        return next(known, None) or self.add(related)

    def inner(self) -> "Scope":
        """A scope that knows these rows, and forgets its own."""
        return Scope(self.type, self.reads, dict(self.rows), dict(self.names), frozenset(self.rows))

    def always_there(self, row: str) -> bool:
        """Whether the row exists whenever the one that it is found from does."""
        found = self.attribute(self.rows[row].source, self.rows[row].relation)
        return isinstance(found, Relation) and found.required


def nest(conditions: Iterable[Condition], scope: Scope) -> Condition:
    """The conjunction, with each row of the scope introduced around all that is said of it."""
    own = [name for name in scope.rows if name not in scope.outer]
    said = [(condition, _mentioned(condition) & set(own)) for condition in conditions]
    free = [condition for condition, rows in said if not rows]
    groups = _groups(own, [rows for _, rows in said], scope)
    return all_of([*free, *(_introduced(group, said, scope) for group in groups)])


def _introduced(group: Sequence[str], said: Sequence[tuple[Condition, set[str]]], scope: Scope) -> Condition:
    where = all_of(())
    for row in reversed(group):
        here = [condition for condition, rows in said if rows and max(rows, key=_number) == row]
        where = all_of([*here, where])
        if not (where.is_true and scope.always_there(row)):
            where = some(row, scope.rows[row].source, scope.rows[row].relation, where)
    return where


def _groups(own: Sequence[str], linked: Iterable[set[str]], scope: Scope) -> list[list[str]]:
    """Rows that are spoken of together, each group with sources first."""
    group = {name: {name} for name in own}
    sources = [{name, scope.rows[name].source} & set(own) for name in own]
    for together in (*sources, *linked):
        merged = set().union(*(group[name] for name in together))
        group.update(dict.fromkeys(merged, merged))
    distinct = {frozenset(members) for members in group.values()}
    return sorted((sorted(members, key=_number) for members in distinct), key=lambda g: _number(g[0]))


def _number(name: str) -> int:
    return int(name.removeprefix("#"))


def _mentioned(condition: Condition) -> set[str]:
    found: set[str] = set()
    for part in walk(condition):
        terms = (getattr(part, name, None) for name in ("left", "right", "path"))
        found |= {term.variable for term in terms if isinstance(term, Path)}
        if isinstance(part, Some):
            found.add(part.source)
    return found


def canonical(condition: Condition, names: Mapping[str, str] | None = None) -> Condition:
    """The same with related rows named after how deep they stand, so that equal conditions are equal values."""
    names = {ROW: ROW} if names is None else names

    def path(term: Term) -> Term:
        return replace(term, variable=names[term.variable]) if isinstance(term, Path) else term

    match condition:
        case And(parts):
            return all_of(canonical(part, names) for part in parts)
        case Or(parts):
            return any_of(canonical(part, names) for part in parts)
        case Not(part):
            return negation(canonical(part, names))
        case Some(variable, source, relation, where):
            mine = f"r{len(names)}"
            return some(mine, names[source], relation, canonical(where, {**names, variable: mine}))
        case Compare(operator, left, right):
            return Compare(operator, path(left), path(right))
        case In() | Missing() | Contains():
            return replace(condition, path=replace(condition.path, variable=names[condition.path.variable]))
    raise PolicyError(f"not a condition: {condition}")
