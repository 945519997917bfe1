"""What everybody sees: the services, who runs them, the map, the labels, and the roots."""

import pytest

from models import Tag, TagKind
from policies.registry import Mutation, Query
from policies.viewer import Kind, System, all_kinds
from tests.policies.decision import by_oso, by_plan
from tests.policies.people import VIEWERS, policies, world

PUBLIC = {
    "service": "id name slug odsCode organisation parent children region specialties postcode latitude longitude "
    "closedOn areas stories storyCount",
    "organisation": "id name slug odsCode kind region parent openedOn closedOn services stories",
    "area": "id code name kind organisation validFrom validTo successors",
    "orphan": "id code name organisation",
}


@pytest.mark.parametrize("viewer", [*VIEWERS.values(), System()], ids=lambda viewer: str(viewer.kind))
@pytest.mark.parametrize("name", PUBLIC)
def test_everybody_sees_every(name: str, viewer: System) -> None:
    row = getattr(world(), name)
    for field in PUBLIC[name].split():
        assert by_oso(viewer, row, field) == by_plan(viewer, row, field) == "Y"


@pytest.mark.parametrize("kind", all_kinds(), ids=str)
def test_plans_of_what_is_public_name_no_viewer(kind: Kind) -> None:
    plan = policies().plan(kind)
    for type_name in ("Service", "Organisation", "Area", "Tag"):
        assert plan.row(type_name).is_true
        assert plan.public(type_name, "id" if type_name != "Tag" else "label")


def test_a_field_that_no_rule_names_is_denied() -> None:
    for viewer in VIEWERS.values():
        assert by_oso(viewer, world().service, "secret") == by_plan(viewer, world().service, "secret") == "·"
        assert not policies().plan(viewer).may_call("Query", "secrets")
        assert not policies().plan(viewer).may_call("Mutation", "story")
        assert not policies().engine.allows(viewer, "call", Mutation(), "story")


def test_everybody_reads_a_label() -> None:
    tag = Tag(id=1, kind=TagKind.GOOD, label="kind staff")
    for viewer in VIEWERS.values():
        for field in ("kind", "label"):
            assert by_oso(viewer, tag, field) == by_plan(viewer, tag, field) == "Y"


def test_everybody_asks_and_signs_in() -> None:
    for viewer in VIEWERS.values():
        assert policies().plan(viewer).may_call("Query", "stories")
        assert policies().plan(viewer).may_call("Mutation", "signIn")
        assert policies().engine.allows(viewer, "call", Query(), "stories")


def test_only_the_dpo_and_administrators_ask_for_another_viewer() -> None:
    able = {name for name, viewer in VIEWERS.items() if policies().plan(viewer).action("Query", "describe").is_true}
    assert able == {"dpo", "admin"}
