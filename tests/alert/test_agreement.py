"""P22: an alert is met by exactly the stories that `stories(filter: …)`, asked by its owner, has; but not their own."""

import os
from collections.abc import Mapping
from random import Random
from typing import Any

from policies.viewer import Member
from tests.alert.staff import JOIN, Staff

SEEDS = range(12 if os.environ.get("CANDOUR_PROVE") == "1" else 1)
STORIES, PEOPLE, ALERTS = 50, 5, 10
STATUSES = (
    "PUBLISHED",
    "PUBLISHED",
    "PUBLISHED",
    "PREVIEW",
    "PREVIEW",
    "RESTRICTED",
    "SUBMITTED",
    "REJECTED",
    "WITHDRAWN",
)
WORDS = ("waiting", "kind nurse", "surgery cancelled", "night staff")
SEARCHES = ("waiting", "nurse", '"kind nurse"', "surgery or night", "staff -night")
REGIONS = ("ENGLAND", "SCOTLAND")
GROUPS, ROLES = ("ADULT", "CHILD"), ("CARER", "PARENT")
PROGRESS, ROUTING = ("AWAITING_RESPONSE", "RESPONDED"), ("ROUTED", "NO_POSTCODE")
CHANGED = """
update story set region = $2::region, age_group = $3::agegroup, author_role = $4::authorrole,
    progress = $5::storyprogress, routing = $6::routing, criticality = $7,
    title = case when status <> 'WITHDRAWN' then $8 end, body = case when status <> 'WITHDRAWN' then $8 end
where id = $1
"""
PLACES = """
select distinct on (service.organisation_id) service.id as service, service.organisation_id, area.code, area.id as area, area.organisation_id as body
from service join service_area on service_id = service.id join area on area.id = area_id
where area.organisation_id is not null order by service.organisation_id, service.id limit 6
"""
ASKED = """query($filter: StoryFilter!, $after: String) {
    stories(filter: $filter, first: 100, after: $after) { nodes { number } pageInfo { hasNextPage endCursor } } }"""
MATCHED = "select story_id from alert_match where alert_id = $1 and story_id = any($2)"


class Chance:
    """A random part of a world: places, people, stories and filters."""

    def __init__(self, staff: Staff, seed: int, places: list[Any], tags: list[Any]) -> None:
        self.staff, self.world, self.places, self.tags = staff, staff.world, places, tags
        self.random = Random(seed)

    async def person(self) -> Member:
        """Staff of one or two organisations: those that run a service, or answer for an area."""
        one, two = self.random.sample(self.places, 2)
        who = await self.staff.hire(one["organisation_id"])
        if self.random.random() < 0.5 and two["body"] != one["organisation_id"]:
            await self.world.connection.execute(JOIN, who.account_id, two["body"])
        return who

    async def story(self, people: list[Member]) -> int:
        one, execute = self.random.choice, self.world.connection.execute
        places = self.random.sample(self.places, 3)
        author = one([*people, None, None, None])
        number = await self.world.story(author, one(STATUSES), places[0]["service"])
        await execute(
            CHANGED, number, one(REGIONS), one(GROUPS), one(ROLES), one(PROGRESS), one(ROUTING),
            one((None, 0, 3, 5)), one(WORDS),
        )  # fmt: skip
        if self.random.random() < 0.4:
            await execute("insert into story_service values ($1, $2, 1)", number, places[1]["service"])
        if self.random.random() < 0.5:
            await execute("insert into story_area values ($1, $2)", number, places[2]["area"])
        for tag in self.random.sample(self.tags, 2):
            await execute("insert into story_tag values ($1, $2, 0)", number, tag["id"])
        return number

    def filter(self) -> Mapping[str, Any]:
        """None to four conditions; many of those that decide alone are left out."""
        one, place, tag = self.random.choice, self.random.choice(self.places), self.random.choice(self.tags)
        known = {
            "search": one(SEARCHES), "region": one(REGIONS), "ageGroup": one(GROUPS), "authorRole": one(ROLES),
            "progress": one(PROGRESS), "routing": one(ROUTING), "serviceId": f"Service:{place['service']}",
            "organisationId": f"Organisation:{place['organisation_id']}", "areaCode": place["code"],
            "tag": {"kind": tag["kind"], "label": tag["label"]},
            "criticality": one(({"gte": 3}, {"lte": 3}, {"gte": 1, "lte": 4}, {}, {"gte": 0})),
        }  # fmt: skip
        return {key: known[key] for key in self.random.sample(sorted(known), one((0, 1, 1, 2, 2, 3, 4)))}

    async def found(self, who: Member, filter_: Mapping[str, Any]) -> set[int]:
        """What the list has, on all of its pages."""
        numbers: set[int] = set()
        after = None
        while True:
            page = (await self.world.ask(ASKED, who, filter=filter_, after=after))["stories"]
            numbers |= {node["number"] for node in page["nodes"]}
            if not page["pageInfo"]["hasNextPage"]:
                return numbers
            after = page["pageInfo"]["endCursor"]


async def test_alerts_and_lists_agree(staff: Staff) -> None:
    connection = staff.world.connection
    places = await connection.fetch(PLACES)
    tags = await connection.fetch("select id, kind::text, label from tag order by id limit 4")
    compared = met = 0
    for seed in SEEDS:
        chance = Chance(staff, seed, places, tags)
        people = [await chance.person() for _ in range(PEOPLE)]
        alerts = []
        for number in range(PEOPLE * ALERTS):
            who, filter_ = people[number % PEOPLE], chance.filter()
            alerts.append((who, filter_, await staff.set(who, **filter_)))
        numbers = [await chance.story(people) for _ in range(STORIES)]
        own = {row["id"]: row["author_id"] for row in await connection.fetch("select id, author_id from story")}
        await staff.match(*numbers)
        for who, filter_, alert in alerts:
            wanted = {n for n in await chance.found(who, filter_) if n in numbers and own[n] != who.account_id}
            told = {row["story_id"] for row in await connection.fetch(MATCHED, alert, numbers)}
            assert told == wanted, (seed, filter_)
            compared, met = compared + 1, met + bool(told)
    assert compared == len(SEEDS) * PEOPLE * ALERTS
    assert compared / 5 < met < compared, "neither all nor none"
