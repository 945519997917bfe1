"""What a wrong document is helped with: names that this kind of viewer can use, and no others."""

import re
from collections.abc import Sequence

from graphql import GraphQLError

from policies.grant import ROOTS
from policies.plan import AccessPlan

LIST = r"'\w+'(?:, '\w+')*(?:,? or '\w+')?"
SUGGESTED = re.compile(rf"^(?P<said>.*?)(?P<asked> Did you mean [^']*)(?P<names>{LIST})\?(?P<rest>.*)$", re.DOTALL)
NAME = re.compile(r"'(\w+)'")
FIELD = re.compile(r"^Cannot query field '[^']*' on type '(\w+)'\.")
KEY = re.compile(r"Expected value of type '(\w+?)(?:Filter|Order)?!?' not to include unknown field")
TYPE = re.compile(r"^Unknown type '[^']*'\.")
INLINE = "inline fragment"


def fitting(errors: Sequence[GraphQLError], plan: AccessPlan) -> list[GraphQLError]:
    """The same errors; what they suggest is within the part of the schema that this kind of viewer can use.

    SECURITY: nobody learns by guessing of a field that is not for them.
    """
    return [_fitting(error, plan) for error in errors]


def _fitting(error: GraphQLError, plan: AccessPlan) -> GraphQLError:
    found = SUGGESTED.match(error.message)
    if found is None:
        return error
    said, asked = found["said"], found["asked"]
    kept = [name for name in NAME.findall(found["names"]) if _usable(plan, said, asked, name)]
    message = said + (f"{asked}{_listed(kept)}?" if kept else "") + found["rest"]
    return GraphQLError(message, error.nodes, error.source, error.positions, extensions=error.extensions)


def _usable(plan: AccessPlan, said: str, asked: str, name: str) -> bool:
    if TYPE.match(said) or INLINE in asked:
        return _type(plan, name)
    if on := FIELD.match(said):
        return _field(plan, on[1], name)
    # A key of a filter looks at the field of its name.
    key = KEY.search(said)
    return key is None or (key[1], name) not in plan.policies.withheld or _field(plan, key[1], name)


def _field(plan: AccessPlan, type_name: str, field: str) -> bool:
    """Whether there is any row of which this kind of viewer may read the field."""
    if type_name in ROOTS:
        return plan.may_call(type_name, field)
    return type_name in plan.policies.carriers or bool(plan.grants(type_name, field))


def _type(plan: AccessPlan, name: str) -> bool:
    return not any(kind == name for kind, _ in plan.policies.withheld) or not plan.row(name).is_false


def _listed(names: list[str]) -> str:
    """As graphql-core lists them: 'a', 'b', or 'c'."""
    quoted = [f"'{name}'" for name in names]
    if len(quoted) < 3:
        return " or ".join(quoted)
    return ", ".join(quoted[:-1]) + f", or {quoted[-1]}"
