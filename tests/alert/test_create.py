"""Setting alerts: what is wrong is named, what is right is shown as it was meant (P22)."""

import asyncio
from typing import Any

import pytest

from operations.alert.create import MOST, Wanted, create
from operations.problem import ProblemError
from tests.alert.staff import Staff

SHOWN = """query($id: ID!) { node(id: $id) { ... on Alert { name frequency search service { id } organisation { id }
    area { code } tag { kind label } region ageGroup authorRole progress routing criticalityFrom criticalityTo } } }"""
WRONG: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"status": "PUBLISHED"}, "INVALID", "status"),
    ({"publishedFrom": "2026-01-01"}, "INVALID", "publishedFrom"),
    ({"publishedTo": "2026-01-01"}, "INVALID", "publishedTo"),
    ({"serviceId": "Service:999999"}, "NOT_FOUND", "serviceId"),
    ({"organisationId": "Organisation:999999"}, "NOT_FOUND", "organisationId"),
    ({"areaCode": "nowhere"}, "NOT_FOUND", "areaCode"),
    ({"tag": {"kind": "GOOD", "label": "nobody ever said this"}}, "NOT_FOUND", "tag"),
    ({"search": " "}, "INVALID", "search"),
    ({"search": "the"}, "INVALID", "search"),
    ({"search": "two\nlines"}, "INVALID", "search"),
    ({"search": "x" * 201}, "TOO_LONG", "search"),
    ({"criticality": {"gte": 6}}, "INVALID", "criticality"),
    ({"criticality": {"lte": -1}}, "INVALID", "criticality"),
    ({"criticality": {"gte": 3, "lte": 2}}, "INVALID", "criticality"),
)


@pytest.mark.parametrize(("filter_", "code", "field"), WRONG, ids=[str(wrong[0])[:50] for wrong in WRONG])
async def test_what_means_nothing_is_named(staff: Staff, filter_: dict[str, Any], code: str, field: str) -> None:
    who = await staff.hire()
    assert await staff.problem(who, **filter_) == (code, field)
    assert (
        await staff.world.connection.fetchval("select count(*) from alert where account_id = $1", who.account_id) == 0
    )


@pytest.mark.parametrize(("name", "code"), [("", "INVALID"), ("a\u202eb", "INVALID"), ("x" * 101, "TOO_LONG")])
async def test_a_name_is_one_printable_line(staff: Staff, name: str, code: str) -> None:
    (problem,) = (await staff.create(await staff.hire(), {"name": name, "filter": {}}))["problems"]
    assert (problem["code"], problem["field"]) == (code, "name")


async def test_an_id_of_something_else_is_refused(staff: Staff) -> None:
    input_ = {"name": "x", "filter": {"serviceId": f"Organisation:{staff.organisation}"}}
    document = "mutation($input: AlertInput!) { createAlert(input: $input) { problems { code } } }"
    answer = await staff.world.answer(document, await staff.hire(), input=input_)
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_there_is_a_most_whoever_asks_at_once(staff: Staff) -> None:
    who = await staff.hire()
    for _ in range(MOST - 1):
        insert = "insert into alert (id, account_id, name, frequency) values (gen_random_uuid(), $1, 'x', 'DAILY')"
        await staff.world.connection.execute(insert, who.account_id)
    answers = await asyncio.gather(*(staff.create(who, {"name": "x", "filter": {}}) for _ in range(3)))
    assert sorted(len(answer["problems"]) for answer in answers) == [0, 1, 1]
    assert {p["code"] for answer in answers for p in answer["problems"]} == {"NOT_ALLOWED"}


async def test_who_left_since_the_request_began_sets_none(staff: Staff) -> None:
    who = await staff.hire()
    await staff.world.connection.execute("delete from membership where account_id = $1", who.account_id)
    with pytest.raises(ProblemError) as refused:
        async with staff.world.sessions.begin() as session:
            await create(session, staff.world.plan(who), who, Wanted("x"))
    assert refused.value.code == "NOT_ALLOWED"


async def test_every_condition_is_shown_as_it_was_meant(staff: Staff) -> None:
    who, connection = await staff.hire(), staff.world.connection
    area = await connection.fetchval("select code from area order by id limit 1")
    tag = dict(await connection.fetchrow("select kind::text, label from tag order by id limit 1"))
    same = {
        "search": "waiting", "tag": tag, "region": "ENGLAND", "ageGroup": "CHILD", "authorRole": "PARENT",
        "progress": "AWAITING_RESPONSE", "routing": "ROUTED",
    }  # fmt: skip
    links = {"serviceId": f"Service:{staff.service}", "organisationId": f"Organisation:{staff.organisation}"}
    alert = await staff.set(who, "Ward 7", "WEEKLY", areaCode=area, criticality={"gte": 2}, **same, **links)
    shown = (await staff.world.ask(SHOWN, who, id=f"Alert:{alert}"))["node"]
    assert {"serviceId": shown.pop("service")["id"], "organisationId": shown.pop("organisation")["id"]} == links
    rest = {
        "name": "Ward 7",
        "frequency": "WEEKLY",
        "area": {"code": area},
        "criticalityFrom": 2,
        "criticalityTo": None,
    }
    assert shown == same | rest


async def test_what_is_null_is_no_condition(staff: Staff) -> None:
    who = await staff.hire()
    nulls = dict.fromkeys(("search", "status", "serviceId", "tag", "criticality", "publishedFrom"))
    alert = await staff.set(who, **nulls)
    shown = (await staff.world.ask(SHOWN, who, id=f"Alert:{alert}"))["node"]
    assert {name for name, value in shown.items() if value is not None} == {"name", "frequency"}
