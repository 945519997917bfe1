"""Which facts of a row may be told to a viewer, when they ask why a rule does or does not hold."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from policies.condition import (
    FALSE,
    ROW,
    TRUE,
    And,
    Compare,
    Condition,
    Contains,
    In,
    Missing,
    Not,
    Or,
    Param,
    Path,
    Some,
    all_of,
    implies,
)
from policies.condition.truth import conjuncts, facts
from policies.registry import Relation, attributes
from policies.scope import canonical
from policies.wording import camel

if TYPE_CHECKING:
    from policies.plan import AccessPlan

SHOWN_AS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("Story", "areas"): "routedAreas",
        ("Disclosure", "active"): "status",
        ("Disclosure", "waiting"): "status",
        ("Disclosure", "organisation"): "recipient",
    }
)
"""The API's fields for what models call otherwise; all else has the model's name, or is not told."""


def tellable(fact: Condition, type_name: str, plan: "AccessPlan") -> Condition:
    """Where a viewer, who sees a row, may know whether the fact holds of it: what it looks at, they read in clear.

    Whether something is their own they know anyway.
    """
    match fact:
        case And() | Or() | Not():
            return all_of(tellable(part, type_name, plan) for part in fact.parts)
        case Some():
            return _told_by_relation(fact, type_name, plan)
        case Compare(_, Path(), Param()):
            return TRUE
    return all_of(_read(type_name, path.column, plan) for path in _paths(fact))


def field_of(type_name: str, attribute: str) -> str:
    """The API's field that shows an attribute of a model, if there is one."""
    return SHOWN_AS.get((type_name, attribute), camel(attribute))


def _read(type_name: str, attribute: str, plan: "AccessPlan") -> Condition:
    return plan.condition(type_name, field_of(type_name, attribute))


def _paths(fact: Condition) -> Iterator[Path]:
    match fact:
        case Compare(_, left, right):
            yield from (term for term in (left, right) if isinstance(term, Path))
        case In(path) | Missing(path) | Contains(path):
            yield path


def _told_by_relation(some: Some, type_name: str, plan: "AccessPlan") -> Condition:
    """SECURITY: related rows are spoken of only where the viewer sees them, and reads of them what is asked."""
    related = attributes(type_name)[some.relation]
    if some.source != ROW or not isinstance(related, Relation):
        return FALSE
    try:
        where = canonical(some.where, {some.variable: ROW})
    except KeyError:
        # It compares with a row further out, which is more than can be seen from here.
        return FALSE
    target = related.target
    wanted = [plan.row(target), *(tellable(fact, target, plan) for fact in facts(where))]
    if not all(implies(where, condition) for condition in wanted):
        return FALSE
    return TRUE if _own(where) else _read(type_name, some.relation, plan)


def _own(where: Condition) -> bool:
    """Whether the related row is the viewer's own, so that they know of it without the way to it."""
    return any(
        isinstance(part, Compare) and part.operator == "=" and isinstance(part.right, Param)
        for part in conjuncts(where)
    )
