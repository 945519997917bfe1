"""Every field of the schema is decided by a policy and found by a resolver."""

import pytest
from graphql import is_input_object_type

from policies.plan import ROW_FIELD, Policies
from resolvers import listing, organisation, service
from resolvers.live.root import LIVE
from resolvers.mapping import TYPES
from resolvers.root import ROOTS
from schema.api import core, fields

POLICIES = Policies.load()
ROOT_TYPES = {"Query", "Mutation", "Subscription"}
ROWS = sorted(set(fields()) - POLICIES.carriers - ROOT_TYPES)
FILTERS = {"Story": listing.FILTERS, "Service": service.FILTERS, "Organisation": organisation.FILTERS}
UNPLANNED = {"access", "privacyNotice", "site"}
"""Root fields that are answered from the policies or the request, without a statement of their own."""


def _granted(type_name: str) -> set[str]:
    return {f for rule in POLICIES.rules if rule.name == "grant" and rule.type(2) == type_name for f in rule.fields}


@pytest.mark.parametrize("type_name", [*ROWS, *sorted(ROOT_TYPES)])
def test_every_field_is_granted_to_somebody(type_name: str) -> None:
    assert set(fields()[type_name]) - _granted(type_name) == set()


@pytest.mark.parametrize("type_name", ROWS)
def test_every_field_has_a_mapping_and_every_mapping_a_field(type_name: str) -> None:
    assert set(TYPES[type_name].fields) == set(fields()[type_name])


def test_types_that_hold_rows_are_the_ones_with_mappings() -> None:
    assert sorted(TYPES) == ROWS


@pytest.mark.parametrize("type_name", ROWS)
def test_policies_and_resolvers_agree_on_what_makes_a_row_visible(type_name: str) -> None:
    assert TYPES[type_name].row_field == ROW_FIELD.get(type_name, "id")


def test_every_question_is_answered() -> None:
    assert set(fields()["Query"]) == set(ROOTS) | UNPLANNED
    assert set(fields()["Subscription"]) == set(LIVE)


@pytest.mark.parametrize("type_name", FILTERS)
def test_every_filter_looks_only_at_fields_that_policies_decide(type_name: str) -> None:
    declared = core().type_map[f"{type_name}Filter"]
    assert is_input_object_type(declared)
    assert set(FILTERS[type_name]) == set(declared.fields)
    looked_at = {field for found in FILTERS[type_name].values() for field in found.looks_at}
    assert looked_at <= set(fields()[type_name])
    assert all(found.looks_at for found in FILTERS[type_name].values())
