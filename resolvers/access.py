"""`access`: which rule decides, for the viewer or for one that they describe; never the value itself."""

from dataclasses import dataclass
from typing import Any

import orjson
from graphql import GraphQLObjectType, GraphQLSchema
from sqlalchemy import BindParameter, ColumnElement, null, select
from sqlalchemy.sql.visitors import replacement_traverse

from models.account import PlatformRole
from models.database.connection import Connection
from policies.grant import CLEAR, READ, Grant
from policies.plan import AccessPlan, Policies
from policies.rule import Rule
from policies.sql import to_sql
from policies.viewer import Kind, Member, Purpose, Viewer, may_use
from resolvers.build import Build, Question, Selected
from resolvers.error import bad_input, forbidden
from resolvers.identity import key_of, type_of
from resolvers.mapping import TYPES, fresh
from resolvers.statement import VIEWER, prepared

DESCRIBERS = frozenset({PlatformRole.DPO, PlatformRole.ADMIN})


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to the policies: which action on which field of which type, and of which row."""

    action: str
    type: str
    field: str
    id: str | None


async def access_decision(
    policies: Policies,
    question: Question,
    selected: Selected,
    arguments: dict[str, Any],
    viewer: Viewer,
    connection: Connection,
) -> bytes:
    """The decision as JSON; raises BAD_USER_INPUT for a question about nothing that the API has."""
    given = arguments["input"]
    asked = Asked(given.get("action") or READ, given["type"], given["field"], given.get("id"))
    _check(question.schema, asked)
    plan = policies.plan(viewer)
    if given.get("as") is not None:
        plan = policies.plan(_described(viewer, given["as"]))
        _check_described(asked)
    found = _general(plan, asked)
    if asked.id is not None:
        found |= await _of_row(policies.plan(viewer), plan, asked, viewer, connection)
    return orjson.dumps(_shaped(Build(question), selected, found))


def _check(schema: GraphQLSchema, asked: Asked) -> None:
    kind = schema.get_type(asked.type)
    if not isinstance(kind, GraphQLObjectType) or asked.type.startswith("__"):
        raise bad_input("`type` is not an object type of this API.")
    if asked.action == READ and asked.field not in kind.fields:
        raise bad_input("`field` is not a field of that type.")
    if asked.id is not None and (type_of(asked.id) != asked.type or asked.type not in TYPES):
        raise bad_input("`id` does not belong to that type.")


def _described(viewer: Viewer, given: dict[str, Any]) -> Kind:
    """SECURITY: what others may do is for those who answer for it."""
    if not (isinstance(viewer, Member) and viewer.roles & DESCRIBERS):
        raise forbidden("P13 Only the data protection officer and administrators may ask for somebody else.")
    roles = frozenset(PlatformRole(role) for role in given.get("roles") or ())
    try:
        purpose = Purpose(given["purpose"]) if given.get("purpose") else None
    except ValueError:
        raise bad_input(f"`purpose` is one of {', '.join(Purpose)}.") from None
    if purpose is not None and not may_use(roles, purpose):
        raise bad_input("A viewer with these roles can't state this purpose.")
    name = str(given["kind"]).title()
    if name != "Member" and (roles or given.get("staff") or purpose):
        raise bad_input("Only a MEMBER has roles, organisations or a purpose.")
    return Kind(name, tuple(sorted(roles)), bool(given.get("staff")), purpose)


def _check_described(asked: Asked) -> None:
    """SECURITY: how somebody else's rule decides about a person tells what it looks at, e.g. who employs them."""
    if asked.id is not None and asked.type == "Account":
        raise bad_input("About one person's account you can ask for yourself only: leave out `as` or `id`.")


def _general(plan: AccessPlan, asked: Asked) -> dict[str, Any]:
    found = plan.explain(asked.action, asked.type, asked.field)
    return {
        "allowed": found.allowed,
        "conditional": found.conditional,
        "mask": found.mask,
        "reason": found.reason,
        "promise": found.promise,
        "rule": _rule(found.rule),
        "wouldGrant": list(found.would_grant),
    }


def _rule(rule: Rule | None) -> dict[str, Any] | None:
    return {"file": rule.file, "line": rule.line, "text": rule.text} if rule else None


async def _of_row(
    own: AccessPlan, plan: AccessPlan, asked: Asked, viewer: Viewer, connection: Connection
) -> dict[str, Any]:
    """What differs for one row; a row that the asker may not see answers as one that is not there."""
    grants = plan.grants(asked.type, asked.field, asked.action)
    holding = await _holding(own, plan, grants, asked, viewer, connection)
    if holding is None:
        reason = plan.denial(asked.type, asked.field)
        rule = plan.policies.withholding(asked.type, asked.field)
        return {
            "allowed": False,
            "conditional": False,
            "mask": None,
            "reason": reason,
            "promise": plan.promise(reason),
            "rule": _rule(rule),
        }
    return {
        "allowed": True,
        "conditional": False,
        "mask": None if holding.mask == CLEAR else holding.mask,
        "reason": holding.reason,
        "promise": plan.promise(holding.reason),
        "rule": _rule(holding.rule),
    }


async def _holding(
    own: AccessPlan, plan: AccessPlan, grants: tuple[Grant, ...], asked: Asked, viewer: Viewer, connection: Connection
) -> Grant | None:
    """The first grant that holds for the row, in one statement."""
    if not grants:
        return None
    row: Any = fresh(TYPES[asked.type].model)
    seen = [row.id == key_of(str(asked.id), asked.type), to_sql(own.row(asked.type), row)]
    if asked.action == READ:
        seen.append(_for(own, plan, to_sql(plan.row(asked.type), row)))
    found = [_for(own, plan, to_sql(grant.condition, row)).label(f"grant{n}") for n, grant in enumerate(grants)]
    sql, parameters = prepared(select(*found).where(*seen), {})
    record = await connection.fetchrow(sql, *(parameter({}, viewer) for parameter in parameters))
    return next((g for n, g in enumerate(grants) if record and record[f"grant{n}"]), None)


def _for(own: AccessPlan, plan: AccessPlan, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """A condition as it is for the asker, or for a viewer of whom no more than the kind was described."""
    if plan is own:
        return condition

    def nobody(element: Any, **_: Any) -> Any:
        return null() if isinstance(element, BindParameter) and element.key.startswith(VIEWER) else None

    return replacement_traverse(condition, {}, nobody)


def _shaped(build: Build, selected: Selected, found: dict[str, Any]) -> dict[str, Any]:
    shaped: dict[str, Any] = {}
    for part in build.subfields(selected, "AccessDecision", selected.path):
        value: Any = "AccessDecision" if part.name == "__typename" else found[part.name]
        if part.name == "rule" and value is not None:
            below = build.subfields(part, "PolicyRule", part.path)
            value = {b.key: "PolicyRule" if b.name == "__typename" else value[b.name] for b in below}
        shaped[part.key] = value
    return shaped
