"""Routing (P02): by the postcode, to the areas of care as the map is on the day; what leads nowhere, to moderators."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from operations.demo.cast import HOST
from tests.consent.world import World
from tests.story.sending import account, confirm, row, send, signed_in, token

AREA = """
insert into area (code, name, kind, organisation_id, valid_from, valid_to)
values ($1, $1, 'INTEGRATED_CARE_BOARD', $2, current_date + $3::int, current_date + $4::int) returning id
"""
LIE = "insert into postcode_area (postcode, area_id) values ($1, $2)"
ROUTED = """
select routing::text, array(select area_id from story_area where story_id = story.id order by area_id)
from story where id = $1
"""
UNKNOWN = (
    "{ stories(first: 100, filter: {routing: UNKNOWN_POSTCODE, status: SUBMITTED}) { nodes { number postcode } } }"
)
ORGANISATION = """
select organisation_id from membership join account on account.id = account_id where email_hash = $1 limit 1
"""
SEEN = "query($n: Int!) { story(number: $n) { number } }"
#         of the area's days, from and to, counted from today
DAYS = [
    pytest.param(0, None, True, id="from-today"),
    pytest.param(-9, 0, True, id="until-today"),
    pytest.param(-9, 9, True, id="between"),
    pytest.param(1, None, False, id="from-tomorrow"),
    pytest.param(-9, -1, False, id="until-yesterday"),
]


@dataclass
class Map:
    """Makes areas, each with a postcode of its own."""

    world: World
    made: int = 0

    async def postcode(self, *days: tuple[int, int | None], organisation: int | None = None) -> tuple[str, list[int]]:
        postcode, areas = f"ZZ9 {self.made % 10}ZZ", []
        await self.world.connection.execute("delete from postcode_area where postcode = $1", postcode)
        for first, last in days:
            code = f"E{uuid4().int % 10**8:08}"
            areas.append(await self.world.connection.fetchval(AREA, code, organisation, first, last))
            await self.world.connection.execute(LIE, postcode, areas[-1])
        self.made += 1
        return postcode, areas


@pytest.fixture(scope="module")
def map_(world: World) -> Map:
    return Map(world)


async def _routed(world: World, number: int) -> Any:
    return tuple(await row(world, ROUTED, number))


@pytest.mark.parametrize(
    ("viewer", "purpose"), [("member", ""), ("staff", ""), ("abuse", "abuse"), ("dpo", "complaint")]
)
async def test_p02_nobody_else_lists_stories_by_their_routing(world: World, viewer: str, purpose: str) -> None:
    number = (await send(world, await world.person(), postcode="ZZ1 1ZZ"))["number"]
    headers = {"Authorization": f"Bearer {await signed_in(world, viewer)}"}
    headers |= {"Candour-Purpose": purpose} if purpose else {}
    answer = (await world.client.post("/graphql", json={"query": UNKNOWN}, headers=headers)).json()
    assert str(number) not in str(answer), answer


async def test_p02_moderators_have_a_list_of_unknown_postcodes(world: World) -> None:
    """P02: with the outward half; a story that was routed, or has no postcode, is not in it."""
    unknown, none = [(await send(world, await world.person(), postcode=p))["number"] for p in ("ZZ1 1ZZ", None)]
    headers = {"Authorization": f"Bearer {await signed_in(world, 'moderator')}"}
    nodes = (await world.client.post("/graphql", json={"query": UNKNOWN}, headers=headers)).json()["data"]["stories"]
    found = {node["number"]: node["postcode"] for node in nodes["nodes"]}
    assert found[unknown] == "ZZ1"
    assert none not in found
    assert await _routed(world, none) == ("NO_POSTCODE", [])


@pytest.mark.parametrize(("first", "last", "valid"), DAYS)
async def test_p02_an_area_counts_on_its_days(map_: Map, first: int, last: int | None, valid: bool) -> None:
    """P02: both days included; a postcode whose areas are all over is one that a moderator looks at."""
    postcode, areas = await map_.postcode((first, last))
    number = (await send(map_.world, await map_.world.person(), postcode=postcode.lower()))["number"]
    expected = ("ROUTED", areas) if valid else ("UNKNOWN_POSTCODE", [])
    assert await _routed(map_.world, number) == expected


async def test_p02_a_story_goes_to_all_areas_of_the_day_and_no_others(map_: Map) -> None:
    postcode, areas = await map_.postcode((-9, None), (-9, -1), (0, 0), (1, None))
    number = (await send(map_.world, await map_.world.person(), postcode=postcode))["number"]
    assert await _routed(map_.world, number) == ("ROUTED", [areas[0], areas[2]])


async def test_p02_those_responsible_there_see_it_from_its_preview_on(map_: Map) -> None:
    """P02, P08: the organisation of the area, though it runs none of the services."""
    world = map_.world
    mine = await world.connection.fetchval(ORGANISATION, world.keyring.email_hash(f"staff@{HOST}"))
    theirs = await world.connection.fetchval("select id from service where organisation_id <> $1 limit 1", mine)
    postcode, _ = await map_.postcode((-9, None), organisation=mine)
    services = [f"Service:{theirs}"]
    routed, elsewhere = [
        (await send(world, await world.person(), postcode=p, serviceIds=services))["number"] for p in (postcode, None)
    ]
    headers = {"Authorization": f"Bearer {await signed_in(world, 'staff')}"}

    async def seen(number: int) -> bool:
        body = {"query": SEEN, "variables": {"n": number}}
        return bool((await world.client.post("/graphql", json=body, headers=headers)).json()["data"]["story"])

    assert not await seen(routed)
    await world.connection.execute("update story set status = 'PREVIEW' where id = any($1::int[])", [routed, elsewhere])
    assert (await seen(routed), await seen(elsewhere)) == (True, False)


async def test_p02_a_story_that_waited_is_routed_as_the_map_is_when_it_is_confirmed(map_: Map) -> None:
    """P02: nothing is looked up before."""
    world = map_.world
    postcode, _ = await map_.postcode((-9, -1))
    await send(world, None, email="moving@people.example", postcode=postcode)
    person = await account(world, "moving@people.example")
    link = await token(world, person)
    await world.connection.execute(
        "update area set valid_to = null where id in (select area_id from postcode_area where postcode = $1)", postcode
    )
    assert (await confirm(world, link))["problems"] == []
    number = await world.connection.fetchval("select id from story where author_id = $1", person)
    assert (await _routed(world, number))[0] == "ROUTED"
