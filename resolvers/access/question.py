"""What is asked of the policies, and for whom."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema

from models.account import PlatformRole
from policies.grant import CALL, READ, ROOTS, ROW_FIELD
from policies.plan import AccessPlan, Policies
from policies.viewer import Kind, Purpose, may_use
from resolvers.error import bad_input, forbidden
from resolvers.identity import key_of, type_of
from resolvers.mapping import TYPES

ALL = "*"
"""Every field of a type."""
DESCRIBE = "describe"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to the policies: which action on which field of which type, and of which row."""

    action: str
    type: str
    field: str
    id: str | None = None

    @property
    def key(self) -> Any:
        """The row's key in its table."""
        return key_of(str(self.id), self.type)

    def of(self, field: str) -> "Asked":
        """The same question about another field."""
        return replace(self, field=field)


def asked_of(schema: GraphQLSchema, policies: Policies, given: Mapping[str, Any]) -> Asked:
    """The question that was sent; raises BAD_USER_INPUT for one about nothing that the API has."""
    asked = Asked(given.get("action") or READ, given["type"], given["field"], given.get("id"))
    kind = schema.get_type(asked.type)
    if not isinstance(kind, GraphQLObjectType) or asked.type.startswith("__"):
        raise bad_input("`type` is not an object type of this API.")
    if asked.action in (READ, CALL):
        if asked.field != ALL and asked.field not in kind.fields:
            raise bad_input("`field` is not a field of that type, nor `*` for all of them.")
    elif asked.action not in policies.actions.get(asked.type, ()):
        raise bad_input("`action` is `read` or something that the rules let somebody do with that type.")
    elif asked.field not in (asked.action, ALL):
        raise bad_input("Beside an action, `field` is its name.")
    if asked.id is not None:
        _check_id(asked)
    return asked


def _check_id(asked: Asked) -> None:
    if type_of(str(asked.id)) != asked.type or asked.type not in TYPES:
        raise bad_input("`id` does not belong to that type.")
    assert asked.key is not None


def each(asked: Asked, fields: Mapping[str, Any]) -> tuple[Asked, ...]:
    """The questions about single fields that one about all of them stands for; of a single one, none."""
    if asked.field != ALL or asked.action not in (READ, CALL):
        return ()
    return tuple(asked.of(field) for field in fields)


def overall(asked: Asked, fields: Mapping[str, Any]) -> Asked:
    """The question that says most of a row: for all fields, whether it is there at all."""
    if asked.field != ALL:
        return asked
    if asked.action not in (READ, CALL):
        return asked.of(asked.action)
    row_field = ROW_FIELD.get(asked.type, "id")
    return asked.of(next(iter(fields)) if asked.type in ROOTS or row_field not in fields else row_field)


def described(own: AccessPlan, given: Mapping[str, Any]) -> Kind:
    """The kind of viewer that was described; raises FORBIDDEN, or BAD_USER_INPUT where there are no such viewers."""
    # SECURITY: what others may do is for those who answer for it.
    if not own.action("Query", DESCRIBE).is_true:
        raise forbidden(own.denial("Query", DESCRIBE))
    roles = frozenset(PlatformRole(role) for role in given.get("roles") or ())
    purpose = _purpose(given.get("purpose"))
    if purpose is not None and not may_use(roles, purpose):
        raise bad_input("A viewer with these roles can't state this purpose.")
    recipient = bool(given.get("recipient"))
    # To be a recipient is to manage an organisation.
    staff = bool(given.get("staff")) or recipient
    name = str(given["kind"]).title()
    if name != "Member" and (roles or staff or purpose):
        raise bad_input("Only a MEMBER has roles, organisations, disclosures or a purpose.")
    return Kind(name, tuple(sorted(roles)), staff, purpose, recipient)


def _purpose(name: str | None) -> Purpose | None:
    try:
        return Purpose(name) if name else None
    except ValueError:
        raise bad_input(f"`purpose` is one of {', '.join(Purpose)}.") from None
