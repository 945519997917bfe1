"""Denied attempts: what the audit log says where a private field was asked for, shown or looked at, in vain."""

from graphql import GraphQLError

from operations.audit import Attempt
from policies.plan import AccessPlan
from resolvers.error import forbidden


class DeniedError(GraphQLError):
    """FORBIDDEN for a whole root field, because of one field that it would look at."""

    attempt: Attempt | None = None


def attempt_of(plan: AccessPlan, type_name: str, field: str, reason: str) -> Attempt | None:
    """What is said of a denied field; nothing, if it is none that has to be answered for."""
    if not plan.policies.accountable(type_name, field):
        return None
    rule = plan.policies.withholding(type_name, field)
    return Attempt(f"{type_name}.{field}", reason, rule.place if rule else "")


def denied(plan: AccessPlan, type_name: str, field: str) -> DeniedError:
    """The error of a filter or order that looks at a field which the viewer may never read."""
    reason = plan.denial(type_name, field)
    said = forbidden(reason)
    error = DeniedError(said.message, extensions=said.extensions)
    error.attempt = attempt_of(plan, type_name, field, reason)
    return error
