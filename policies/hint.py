"""What would help: which purpose of use a viewer may state to be shown what is denied to them."""

from dataclasses import replace
from typing import TYPE_CHECKING

from policies.condition import implies
from policies.grant import ROOTS
from policies.viewer import MAY_USE

if TYPE_CHECKING:
    from policies.plan import AccessPlan


def hint(plan: "AccessPlan", type_name: str, field: str) -> str:
    """A sentence for roles that could use a purpose here; empty for all others."""
    if type_name in ROOTS or plan.kind.purpose is not None:
        return ""
    fitting = [
        purpose
        for purpose, role in MAY_USE.items()
        if role in plan.kind.roles
        and not implies(
            plan.policies.plan(replace(plan.kind, purpose=purpose)).shown(type_name, field),
            plan.shown(type_name, field),
        )
    ]
    names = " or ".join(f'"{purpose.value}"' for purpose in fitting)
    return f" It needs the purpose of use {names}." if fitting else ""
