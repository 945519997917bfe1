"""What the rules decide on one question, in general or about a row."""

from collections.abc import Iterator
from dataclasses import dataclass

from policies.condition import Condition, implies
from policies.explanation import Explanation, Way
from policies.grant import CLEAR, READ, Grant, action_of
from policies.plan import AccessPlan
from policies.rule import Rule
from resolvers.access.fact import Facts
from resolvers.access.question import Asked


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer; `facts` are those of the row that it is about, if it is about one."""

    asked: Asked
    plan: AccessPlan
    explanation: Explanation
    allowed: bool
    conditional: bool
    mask: str | None
    reason: str
    rule: Rule | None
    facts: Facts | None = None
    holding: Grant | None = None

    @property
    def promise(self) -> str | None:
        """The promise that the reason names; None for a type that holds no row."""
        return self.plan.promise(self.reason) if self.explanation.promise else None

    def met(self, way: Way, condition: Condition) -> bool | None:
        """Whether a part of what a rule asks of the row is met; None where there is no row, or it is not told."""
        if self.facts is None:
            return None
        return True if way.grant == self.holding and way.open else self.facts.told(condition)


def conditions(plan: AccessPlan, asked: Asked) -> Iterator[Condition]:
    """All that a decision about a row looks at."""
    yield plan.row(asked.type)
    for grant in _grants(plan, asked):
        yield grant.condition
    for way in plan.explain(asked.action, asked.type, asked.field).ways:
        yield from (part.condition for part in way.parts)


def decided(plan: AccessPlan, asked: Asked, facts: Facts | None) -> Decision:
    """The decision for viewers of the plan's kind, about the row of these facts or about all."""
    found = plan.explain(asked.action, asked.type, asked.field)
    if facts is None or (not facts.seen and _opened(plan, asked.type)):
        # SECURITY: a row that only a purpose opens is found by reading it, which is written down, and not here.
        return Decision(
            asked, plan, found, found.allowed, found.conditional, found.mask, found.reason, found.rule, facts
        )
    surely, maybe = _holding(plan, asked, facts)
    holding = surely or maybe
    if holding is None:
        reason, rule = plan.denial(asked.type, asked.field), plan.policies.withholding(asked.type, asked.field)
        return Decision(asked, plan, found, False, False, None, reason, rule, facts)
    mask = None if holding.mask == CLEAR else holding.mask
    return Decision(asked, plan, found, True, surely is None, mask, holding.reason, holding.rule, facts, surely)


def _opened(plan: AccessPlan, type_name: str) -> bool:
    """Whether rows of this type are seen only because of a purpose of use, or of a disclosure."""
    return not implies(plan.row(type_name), plan.policies.plan(plan.kind.plain).row(type_name))


def _holding(plan: AccessPlan, asked: Asked, facts: Facts) -> tuple[Grant | None, Grant | None]:
    """The first grant that holds for the row, and the first that holds for some such viewers."""
    surely = maybe = None
    for grant in _grants(plan, asked):
        wanted = [grant.condition, *([plan.row(asked.type)] if asked.action == READ else [])]
        values = [facts.told(c) if facts.described else facts.holds(c) for c in wanted]
        if False not in values:
            surely, maybe = (surely or grant, maybe) if None not in values else (surely, maybe or grant)
    return (surely, maybe) if facts.seen else (None, None)


def _grants(plan: AccessPlan, asked: Asked) -> tuple[Grant, ...]:
    return plan.grants(asked.type, asked.field, action_of(asked.type, asked.action))
