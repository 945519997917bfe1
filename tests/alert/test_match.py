"""Which stories meet an alert (P22): those that its owner, as staff, would find by the same filter, and no others."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from models.event import EventKind
from operations.alert.condition import LINKS, PARTS
from operations.alert.match import MONDAY, MORNING
from resolvers.listing import FILTERS
from tests.alert.staff import Staff

LONDON = ZoneInfo("Europe/London")
GRAVE = "update story set criticality = $2 where id = $1"


async def test_nobody_hears_of_what_waits_or_is_gone(staff: Staff) -> None:
    who = await staff.hire()
    alert = await staff.set(who)
    statuses = ("SUBMITTED", "IN_REVIEW", "REJECTED", "WITHDRAWN")
    numbers = [await staff.world.story(None, status, staff.service) for status in statuses]
    assert await staff.match(*numbers) == 0
    assert await staff.matched(alert) == []


async def test_nobody_hears_of_a_preview_but_who_answers_for_it(staff: Staff) -> None:
    colleague, other = await staff.set(await staff.hire()), await staff.set(await staff.hire(staff.other))
    number = await staff.world.story(None, "PREVIEW", staff.service)
    await staff.publish(number, EventKind.STORY_PREVIEWED)
    assert (await staff.matched(colleague), await staff.matched(other)) == ([number], [])
    await staff.world.connection.execute(
        "update story set status = 'PUBLISHED', published_at = now(), preview_until = null where id = $1", number
    )
    told = await staff.world.connection.fetchval("select matched_at from alert_match where alert_id = $1", colleague)
    await staff.publish(number)
    assert await staff.matched(other) == [number]
    again = await staff.world.connection.fetch("select matched_at from alert_match where alert_id = $1", colleague)
    assert [row["matched_at"] for row in again] == [told], "nobody hears twice of one story"


async def test_nobody_hears_of_a_story_of_their_own(staff: Staff) -> None:
    who = await staff.hire()
    alert, colleague = await staff.set(who), await staff.set(await staff.hire())
    number = await staff.world.story(who, service=staff.service)
    await staff.match(number)
    assert (await staff.matched(alert), await staff.matched(colleague)) == ([], [number])


async def test_who_is_staff_no_more_hears_of_nothing(staff: Staff) -> None:
    who = await staff.hire()
    alert = await staff.set(who)
    await staff.world.connection.execute("delete from membership where account_id = $1", who.account_id)
    await staff.match(await staff.world.story(None, service=staff.service))
    assert await staff.matched(alert) == []


async def test_criticality_is_no_way_to_learn_it(staff: Staff) -> None:
    """P06: it is for those who answer for the story, row by row."""
    ours = await staff.set(await staff.hire(), criticality={"gte": 4})
    theirs = await staff.set(await staff.hire(staff.other), criticality={"gte": 4})
    number = await staff.world.story(None, service=staff.service)
    await staff.world.connection.execute(GRAVE, number, 5)
    await staff.match(number)
    assert (await staff.matched(ours), await staff.matched(theirs)) == ([number], [])


async def test_a_role_of_the_site_adds_nothing(staff: Staff) -> None:
    who = await staff.hire(staff.other)
    alert = await staff.set(who)
    await staff.world.connection.execute("update account set roles = '{MODERATOR}' where id = $1", who.account_id)
    await staff.match(await staff.world.story(None, "PREVIEW", staff.service))
    assert await staff.matched(alert) == []


async def test_all_stories_are_matched_with_all_alerts_in_one_statement(staff: Staff) -> None:
    alerts = [await staff.set(await staff.hire(), search="title") for _ in range(3)]
    for few in (1, 20):
        numbers = [await staff.world.story(None, service=staff.service) for _ in range(few)]
        await staff.world.connection.execute(
            "update story set search = to_tsvector('english', title) where id = any($1)", numbers
        )
        async with staff.world.statements() as heard:
            assert await staff.match(*numbers) >= few * len(alerts)
        assert [part.split()[0] for part in heard] == ["set", "WITH"]
    assert [len(await staff.matched(alert)) for alert in alerts] == [21, 21, 21]


def test_conditions_look_at_what_filters_of_lists_look_at() -> None:
    keys = {
        "region": "region", "age_group": "ageGroup", "author_role": "authorRole", "progress": "progress",
        "routing": "routing", "criticality_from": "criticality", "service_id": "serviceId",
        "organisation_id": "organisationId", "area_id": "areaCode", "tag_id": "tag", "search": "search",
    }  # fmt: skip
    assert {keys[part.columns[0]]: part.looks_at for part in PARTS} == {
        key: FILTERS[key].looks_at for key in keys.values()
    }
    assert set(FILTERS) - set(keys.values()) == {"status", "publishedFrom", "publishedTo"}


async def test_an_anchor_is_the_first_link_that_is_given(staff: Staff) -> None:
    who, connection = await staff.hire(), staff.world.connection
    columns = [part.columns[0] for part in LINKS.values()]
    for place, kind in enumerate(LINKS):
        given = {column: f"(select min(id) from {name})" for name, column in zip(LINKS, columns, strict=True)}
        named = columns[place:]
        inserted = await connection.fetchrow(
            f"insert into alert (id, account_id, name, frequency, {', '.join(named)})"
            f" values (gen_random_uuid(), $1, 'x', 'DAILY', {', '.join(given[column] for column in named)}) returning *",
            who.account_id,
        )
        assert inserted
        assert inserted["anchor"] == f"{kind} {inserted[columns[place]]}"
    assert await connection.fetchval("select anchor from alert where id = $1", await staff.set(who)) == "any"


@pytest.mark.parametrize(
    ("now", "morning", "monday"),
    [
        ("2026-03-28 06:59", "2026-03-28 07:00", "2026-03-30 07:00"),
        ("2026-03-28 07:00", "2026-03-29 07:00", "2026-03-30 07:00"),
        ("2026-03-30 06:59", "2026-03-30 07:00", "2026-03-30 07:00"),
        ("2026-03-30 07:00", "2026-03-31 07:00", "2026-04-06 07:00"),
        ("2026-10-24 12:00", "2026-10-25 07:00", "2026-10-26 07:00"),
    ],
)
async def test_digests_come_at_seven_by_the_clocks_of_great_britain(
    connection: asyncpg.Connection, now: str, morning: str, monday: str
) -> None:
    """Across the changes of the clocks too."""
    moment = datetime.fromisoformat(now).replace(tzinfo=LONDON)
    for expression, due in ((MORNING, morning), (MONDAY, monday)):
        found = await connection.fetchval(
            f"select {expression}".replace(
                "statement_timestamp()", f"'{moment.astimezone(UTC).isoformat()}'::timestamptz"
            )
        )
        assert found == datetime.fromisoformat(due).replace(tzinfo=LONDON)


async def test_when_matches_are_due(staff: Staff) -> None:
    who = await staff.hire()
    alerts = {f: await staff.set(who, frequency=f) for f in ("AT_ONCE", "DAILY", "WEEKLY")}
    await staff.match(await staff.world.story(None, service=staff.service))
    rows = {
        frequency: await staff.world.connection.fetchrow("select * from alert_match where alert_id = $1", alert)
        for frequency, alert in alerts.items()
    }
    waits: dict[str, Any] = {frequency: row["due_at"] - row["matched_at"] for frequency, row in rows.items() if row}
    assert waits["AT_ONCE"] == timedelta()
    assert timedelta() < waits["DAILY"] <= timedelta(hours=25)
    assert waits["DAILY"] <= waits["WEEKLY"] <= timedelta(days=7, hours=1)
