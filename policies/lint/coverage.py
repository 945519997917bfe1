"""Whether the rules decide on everything that the schema shows, and the schema admits what they may deny."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from policies.condition import implies
from policies.grant import CALL, READ, ROOTS
from policies.registry import CONCEPTS
from policies.viewer import all_kinds

if TYPE_CHECKING:
    from policies.plan import Policies

Fields = Mapping[str, Mapping[str, bool]]


def coverage_problems(policies: "Policies", fields: Fields) -> list[str]:
    """One line for each field of the API that is forgotten, or that is denied without a way to say so."""
    found: list[str] = []
    for type_name, known in fields.items():
        if type_name in policies.carriers:
            continue
        if type_name not in CONCEPTS:
            found.append(f"schema: no policy says who may read {type_name}")
            continue
        forgotten = [f for f in known if not _named(policies, type_name, f)]
        found += [f"schema: no policy names {type_name}.{field}" for field in forgotten]
        for field in known:
            if field not in forgotten:
                found += _denial_problems(policies, type_name, field, known[field])
    return found


def _named(policies: "Policies", type_name: str, field: str) -> bool:
    action = CALL if type_name in ROOTS else READ
    return any(
        rule.name == "grant" and rule.type(2) == type_name and rule.literal(1) == action and field in rule.fields
        for rule in policies.rules
    )


def _denial_problems(policies: "Policies", type_name: str, field: str, nullable: bool) -> Iterator[str]:
    plans = [policies.plan(kind) for kind in all_kinds()]
    if type_name in ROOTS:
        denied = [plan for plan in plans if not plan.may_call(type_name, field)]
        # A denied mutation or subscription refuses its whole operation before anything runs: no field is null for it.
        gone = denied if type_name == "Query" else []
    else:
        denied = [plan for plan in plans if not plan.shown(type_name, field).is_true]
        gone = [plan for plan in denied if not implies(plan.row(type_name), plan.shown(type_name, field))]
    if denied and (type_name, field) not in policies.withheld:
        yield f"schema: {type_name}.{field} can be denied ({denied[0].kind}), and no withheld(…) says why"
    if gone and not nullable:
        yield f"schema: {type_name}.{field} can be denied where its row is seen ({gone[0].kind}), but is never null"
