"""A contract holds what a kind of viewer can use, and nothing that they never can."""

from functools import cache

import pytest
from graphql import (
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    is_input_object_type,
    is_object_type,
    parse,
    validate,
)

from models.account import PlatformRole
from policies.plan import Policies
from policies.viewer import Kind, Purpose, all_kinds
from schema.api import core, fields
from schema.policy.contract import FILTERS, contract_of
from tests.policies.people import policies

ANONYMOUS, MEMBER = Kind("Anonymous"), Kind("Member")
ABUSE = Kind("Member", (PlatformRole.ABUSE,), purpose=Purpose.ABUSE)
MODERATOR, ADMIN = (Kind("Member", (role,)) for role in (PlatformRole.MODERATOR, PlatformRole.ADMIN))


@cache
def contract(kind: Kind) -> GraphQLSchema:
    return build_schema(contract_of(policies(), kind))


def _fields(kind: Kind, type_name: str) -> set[str]:
    found = contract(kind).type_map.get(type_name)
    return set(getattr(found, "fields", {}))


@pytest.mark.parametrize(
    ("kind", "type_name", "field"),
    [
        (ANONYMOUS, "Story", "author"),
        (ANONYMOUS, "Story", "postcode"),
        (ANONYMOUS, "Story", "criticality"),
        (ANONYMOUS, "Viewer", "account"),
        (ANONYMOUS, "Query", "moderationQueue"),
        (ANONYMOUS, "Query", "complaints"),
        (ANONYMOUS, "Query", "auditEvents"),
        (ANONYMOUS, "Mutation", "withdrawStory"),
        (ANONYMOUS, "Subscription", "moderationQueueChanged"),
        (ANONYMOUS, "StoryFilter", "criticality"),
        (ANONYMOUS, "StoryFilter", "routing"),
        (ANONYMOUS, "AccessInput", "as"),
        (MEMBER, "Story", "criticality"),
        (MEMBER, "Story", "identifying"),
        (MEMBER, "Mutation", "createAlert"),
        (MODERATOR, "Query", "auditEvents"),
        (MODERATOR, "AccessInput", "as"),
    ],
)
def test_what_is_never_for_a_kind_is_not_in_its_contract(kind: Kind, type_name: str, field: str) -> None:
    whole = core().type_map[type_name]
    assert field in getattr(whole, "fields")  # noqa: B009
    assert field not in _fields(kind, type_name)


@pytest.mark.parametrize(
    ("kind", "gone"),
    [
        (
            ANONYMOUS,
            "Account Demographics Consent Reading Session Complaint ComplaintConnection Disclosure AuditEvent Alert",
        ),
        (
            ANONYMOUS,
            "ModerationEntry StoryOriginal Identifying ModerationFilter ComplaintFilter WithdrawStoryPayload IntRange",
        ),
        (MEMBER, "AuditEvent AuditEventConnection AuditEventEdge AuditFilter AuditKind Identifying"),
    ],
)
def test_types_that_nothing_leads_to_are_gone(kind: Kind, gone: str) -> None:
    assert set(gone.split()) <= core().type_map.keys()
    assert set(gone.split()) & contract(kind).type_map.keys() == set()


@pytest.mark.parametrize(
    ("kind", "type_name", "kept"),
    [
        (ANONYMOUS, "Story", "id number title body services responses viewerCan"),
        (ANONYMOUS, "Mutation", "register signIn submitStory complain"),
        (MEMBER, "Story", "author postcode ipAddress"),
        (MEMBER, "Account", "email demographics disclosures accessLog"),
        (MODERATOR, "StoryFilter", "criticality routing search"),
        (ABUSE, "IpAddressUse", "address usedAt use"),
        (ADMIN, "AccessInput", "type field id action as"),
    ],
)
def test_what_is_for_a_kind_is_in_its_contract(kind: Kind, type_name: str, kept: str) -> None:
    assert set(kept.split()) <= _fields(kind, type_name)


@pytest.mark.parametrize(
    "kind", [k for k in all_kinds() if k.purpose is None and (not k.staff or k.recipient)], ids=str
)
def test_a_contract_agrees_with_the_plan_field_by_field(kind: Kind) -> None:
    """Every kept field is readable somewhere, and every readable field of a kept type is kept, or leads nowhere."""
    plan, kept = policies().plan(kind), contract(kind)
    for name, found in kept.type_map.items():
        if not isinstance(found, GraphQLObjectType) or name.startswith("__") or name in policies().carriers:
            continue
        whole = core().type_map[name]
        assert isinstance(whole, GraphQLObjectType)
        for field in whole.fields:
            usable = (
                plan.may_call(name, field)
                if name in ("Query", "Mutation", "Subscription")
                else not plan.shown(name, field).is_false
            )
            assert (field in found.fields) is usable, (kind, name, field)


def test_a_document_of_a_contract_is_one_of_the_whole_schema() -> None:
    document = parse('{ stories(filter: { search: "kind" }, first: 2) { nodes { title services { name } } } }')
    assert validate(contract(ANONYMOUS), document) == validate(core(), document) == []
    private = parse("{ stories { nodes { postcode } } }")
    assert validate(core(), private) == []
    assert validate(contract(ANONYMOUS), private)


def test_every_filter_says_what_its_keys_look_at() -> None:
    inputs = {
        name: found
        for name, found in core().type_map.items()
        if is_input_object_type(found) and name.endswith("Filter")
    }
    assert inputs.keys() == FILTERS.keys()
    for name, (type_name, known) in FILTERS.items():
        assert inputs[name].fields.keys() == known.keys()
        assert {field for key in known.values() for field in key.looks_at} <= fields()[type_name].keys()


def test_nothing_is_lost_for_those_who_may_do_everything() -> None:
    """With rules that grant all of a type, its contract is the type."""
    texts = dict(policies().texts)
    names = ", ".join(f'"{field}"' for field in fields()["Story"])
    texts["grant.polar"] += (
        f'grant(_viewer: Viewer, "read", _story: Story, field, "clear", "P06 a test") if field in [{names}];\n'
    )
    found = build_schema(contract_of(Policies(texts), ANONYMOUS)).type_map["Story"]
    assert is_object_type(found)
    lost = fields()["Story"].keys() - found.fields.keys()
    # It leads to accounts, which are still not there for them.
    assert lost == {"author"}
