"""Who may set and delete alerts (P22): staff alone set them, and everybody sees and deletes none but their own."""

from dataclasses import replace

import pytest

from models.account import PlatformRole
from policies.plan import Policies
from policies.viewer import Kind, all_kinds
from tests.alert.staff import CREATE, Staff
from tests.consent.world import World

DELETE = (
    "mutation($id: ID!) { deleteAlert(alertId: $id) { viewer { account { alerts { id } } } problems { code field } } }"
)
MINE = "{ viewer { account { alerts { id name } } } }"
NODE = "query($id: ID!) { node(id: $id) { id ... on Alert { name search } } }"
NOBODY = "Alert:00000000-0000-4000-8000-000000000001"


@pytest.mark.parametrize("kind", all_kinds(), ids=str)
def test_who_may_call(world: World, kind: Kind) -> None:
    plan = world.policies.plan(kind)
    assert plan.may_call("Mutation", "createAlert") is (kind.name == "Member" and kind.staff)
    assert plan.may_call("Mutation", "deleteAlert") is (kind.name == "Member")


def test_the_reason_is_told() -> None:
    plan = Policies.load().plan(Kind("Member"))
    assert plan.denial("Mutation", "createAlert") == "P22 Alerts are for staff of organisations."


@pytest.mark.parametrize("roles", [(), *((role,) for role in PlatformRole)], ids=str)
async def test_who_is_no_staff_sets_none(world: World, roles: tuple[PlatformRole, ...]) -> None:
    who = replace(await world.person(), roles=frozenset(roles))
    update = "update account set roles = $2 where id = $1"
    await world.connection.execute(update, who.account_id, [role.value for role in roles])
    answer = await world.answer(CREATE, who, input={"name": "x", "filter": {}})
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_visitor_sets_and_deletes_none(world: World) -> None:
    for document, given in ((CREATE, {"input": {"name": "x", "filter": {}}}), (DELETE, {"id": NOBODY})):
        answer = await world.answer(document, **given)
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_anothers_alert_is_answered_as_none(staff: Staff) -> None:
    world, owner, colleague = staff.world, await staff.hire(), await staff.hire()
    theirs = f"Alert:{await staff.set(owner, 'Ward 7', search='canary')}"
    for who in (colleague, None):
        assert await world.ask(NODE, who, id=theirs) == await world.ask(NODE, who, id=NOBODY) == {"node": None}
    for id_ in (theirs, NOBODY):
        deleted = (await world.ask(DELETE, colleague, id=id_))["deleteAlert"]
        assert deleted["problems"] == [{"code": "NOT_FOUND", "field": "alertId"}]
    assert (await world.ask(MINE, owner))["viewer"]["account"]["alerts"] == [{"id": theirs, "name": "Ward 7"}]


@pytest.mark.parametrize("role", list(PlatformRole))
async def test_no_role_sees_anothers_alerts(staff: Staff, role: PlatformRole) -> None:
    owner, viewer = await staff.hire(), await staff.world.person()
    await staff.set(owner)
    update = "update account set roles = $2 where id = $1"
    await staff.world.connection.execute(update, viewer.account_id, [role.value])
    document = f'{{ node(id: "Account:{owner.account_id}") {{ ... on Account {{ id alerts {{ name }} }} }} }}'
    answer = await staff.world.answer(document, viewer)
    assert "Mine" not in str(answer)


async def test_staff_delete_their_own_even_when_they_are_staff_no_more(staff: Staff) -> None:
    world, who = staff.world, await staff.hire()
    kept, gone = [f"Alert:{await staff.set(who)}" for _ in range(2)]
    await world.connection.execute("delete from membership where account_id = $1", who.account_id)
    answer = (await world.ask(DELETE, who, id=gone))["deleteAlert"]
    assert answer == {"viewer": {"account": {"alerts": [{"id": kept}]}}, "problems": []}
    again = (await world.ask(DELETE, who, id=gone))["deleteAlert"]
    assert again["problems"] == [{"code": "NOT_FOUND", "field": "alertId"}]
