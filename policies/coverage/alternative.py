"""The alternatives of the rules: each single way in which a rule can grant something."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from itertools import pairwise

from policies.condition import TRUE, Condition, any_of
from policies.coverage.mark import QUESTIONS, helpers, marked, unmarked
from policies.grant import CLEAR
from policies.oso_engine import Engine
from policies.plan import Policies
from policies.rule import Rule
from policies.translate import translate
from policies.viewer import Kind, all_kinds

TRAITS = tuple(field.name for field in fields(Kind) if field.name != "name")
"""What rules may ask of a viewer before they look at a row."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way through a rule and the rules that it calls; `traits` is what it asks of the viewer's kind.

    `condition` is what it asks of the row, without what it asks of other rows' rules.
    """

    place: str
    through: tuple[str, ...]
    traits: tuple[tuple[str, str], ...]
    condition: Condition

    def __str__(self) -> str:
        """Reads like `story.polar:45 through story.polar:181, for roles=MODERATOR, where row.status = 'PREVIEW'`."""
        through = f" through {' and '.join(self.through)}" if self.through else ""
        traits = f", for {' '.join(f'{name}={value}' for name, value in self.traits)}" if self.traits else ""
        where = "" if self.condition.is_true else f", where {self.condition}"
        return f"{self.place}{through}{traits}{where}"


@dataclass(frozen=True, slots=True)
class Way:
    """An alternative as one kind of viewer has it: with the whole condition on the row."""

    alternative: Alternative
    rule: Rule
    condition: Condition


class Alternatives:
    """The alternatives of all rules that grant something."""

    def __init__(self, policies: Policies) -> None:
        self.policies = policies
        self._engine = Engine(marked(policies.texts))
        self._places = {mark: rule.place for mark, rule in helpers(policies.rules).items()}
        self.ways = cache(self._ways)

    def heads(self) -> list[tuple[str, str]]:
        """Each type with each action that some rule grants on it."""
        grants = (rule for rule in self.policies.rules if rule.name == "grant")
        return sorted({(rule.type(2) or "", rule.literal(1) or "") for rule in grants})

    def kinds(self) -> Mapping[Alternative, frozenset[Kind]]:
        """Every alternative, with the kinds of viewers that have it."""
        found: dict[Alternative, set[Kind]] = {}
        for kind in all_kinds():
            for type_name, action in self.heads():
                for way in self.ways(kind, type_name, action):
                    found.setdefault(way.alternative, set()).add(kind)
        return {alternative: frozenset(kinds) for alternative, kinds in found.items()}

    def _ways(self, kind: Kind, type_name: str, action: str) -> tuple[Way, ...]:
        """The alternatives that a kind of viewer has."""
        plan = self.policies.plan(kind)

        def clear(other: str, field: str) -> Condition:
            return any_of(grant.condition for grant in plan.grants(other, field) if grant.mask == CLEAR)

        found: dict[Alternative, Way] = {}
        for row in self._engine.partials(kind, action, type_name):
            marks, expression = unmarked(row.expression)
            rule = self.policies.placed[row.place]
            bare = translate(expression, type_name, lambda *_: TRUE)
            through = tuple(sorted(self._places[mark] for mark in marks))
            key = Alternative(row.place, through, self._traits(rule, kind), bare)
            found[key] = Way(key, rule, translate(expression, type_name, clear))
        return tuple(found.values())

    def _traits(self, rule: Rule, kind: Kind) -> tuple[tuple[str, str], ...]:
        return tuple((name, _text(getattr(kind, name))) for name in TRAITS if name in self._asked(rule))

    def _asked(self, rule: Rule) -> frozenset[str]:
        """The traits that a rule asks for, itself or by the rules that it calls."""
        waiting, seen = [rule], {rule.place}
        found: set[str] = set()
        while waiting:
            one = waiting.pop()
            words = [token.text for token in one.body]
            found |= {name for dot, name in pairwise(words) if dot == "."}
            asked = _calls(one)
            called = [r for r in self.policies.rules if (r.name, len(r.arguments)) in asked and r.place not in seen]
            waiting += called
            seen |= {other.place for other in called}
        return frozenset(found & set(TRAITS))


def _calls(rule: Rule) -> set[tuple[str, int]]:
    """The names of the rules that a rule calls, each with the number of its arguments."""
    words = [token.text for token in rule.body]
    found: set[tuple[str, int]] = set()
    for at, (token, after) in enumerate(pairwise(rule.body)):
        if token.kind == "name" and after.text == "(" and token.text not in QUESTIONS:
            inside = words[at + 2 : words.index(")", at)]
            found.add((token.text, inside.count(",") + bool(inside)))
    return found


def _text(value: object) -> str:
    return "+".join(map(str, value)) if isinstance(value, Iterable) and not isinstance(value, str) else str(value)
