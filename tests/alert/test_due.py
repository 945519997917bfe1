"""What is told (P22): what its owner may still see when it is told, each story once, and nothing before its time."""

import asyncio

from models.alert import AlertFrequency
from operations.alert.due import Due, due
from operations.alert.purge import purge_matches
from tests.alert.staff import LATE, Staff

UNTOLD = "select count(*) from alert_match where alert_id = $1 and told_at is null"
OLD = "update alert_match set told_at = now() - interval '91 days' where alert_id = $1 and told_at is not null"


async def _new(staff: Staff, status: str = "PUBLISHED") -> int:
    number = await staff.world.story(None, status, staff.service)
    await staff.match(number)
    return number


async def test_nothing_is_told_before_its_time(staff: Staff) -> None:
    who = await staff.hire()
    alert = await staff.set(who, frequency="WEEKLY")
    await _new(staff)
    async with staff.world.sessions.begin() as session:
        assert [told for told in await due(session, 1_000) if told.account_id == who.account_id] == []
    assert await staff.world.connection.fetchval(UNTOLD, alert) == 1


async def test_who_is_staff_no_more_is_told_nothing_then_or_later(staff: Staff) -> None:
    who = await staff.hire()
    alert = await staff.set(who)
    await _new(staff)
    await staff.world.connection.execute("delete from membership where account_id = $1", who.account_id)
    assert await staff.due(who, alert) == []
    assert await staff.world.connection.fetchval(UNTOLD, alert) == 0


async def test_who_works_elsewhere_now_is_told_nothing_that_is_not_theirs(staff: Staff) -> None:
    who = await staff.hire()
    every, grave = await staff.set(who, "Every"), await staff.set(who, "Grave", criticality={"gte": 0})
    preview, public = await staff.world.story(None, "PREVIEW", staff.service), await _new(staff)
    await staff.world.connection.execute("update story set criticality = 5 where id = any($1)", [preview, public])
    await staff.match(preview, public)
    moved = "update membership set organisation_id = $2 where account_id = $1"
    await staff.world.connection.execute(moved, who.account_id, staff.other)
    await staff.world.connection.execute(LATE, grave)
    assert await staff.due(who, every) == [Due(who.account_id, AlertFrequency.AT_ONCE, [public], ["Every"])]


async def test_a_story_that_was_withdrawn_meanwhile_is_not_told(staff: Staff) -> None:
    who = await staff.hire()
    alert = await staff.set(who)
    gone, there = await _new(staff), await _new(staff)
    taken = "update story set status = 'WITHDRAWN', title = null, body = null, published_at = null where id = $1"
    await staff.world.connection.execute(taken, gone)
    assert [told.stories for told in await staff.due(who, alert)] == [[there]]


async def test_each_story_is_told_once_with_all_alerts_that_it_met(staff: Staff) -> None:
    who = await staff.hire()
    alert = await staff.set(who, "Zeal")
    await staff.world.connection.execute("update alert set name = 'Apple' where id = $1", await staff.set(who, "x"))
    stories = [await _new(staff), await _new(staff)]
    assert await staff.due(who, alert) == [
        Due(who.account_id, AlertFrequency.AT_ONCE, sorted(stories), ["Apple", "Zeal"])
    ]
    assert await staff.due(who, alert) == []
    assert await staff.match(*stories) == 0, "nor is it matched again"


async def test_how_soon_it_is_told_is_kept_apart(staff: Staff) -> None:
    who = await staff.hire()
    daily = await staff.set(who, "Daily", "DAILY")
    await staff.set(who, "Soon")
    number = await _new(staff)
    told = await staff.due(who, daily)
    assert [(part.frequency.value, part.stories, part.alerts) for part in told] == [
        ("AT_ONCE", [number], ["Soon"]),
        ("DAILY", [number], ["Daily"]),
    ]


async def test_what_was_undone_is_told_again(staff: Staff) -> None:
    who = await staff.hire()
    alert = await staff.set(who)
    await _new(staff)
    async with staff.world.sessions() as session:
        assert [told for told in await due(session, 1_000) if told.account_id == who.account_id]
        await session.rollback()
    assert len(await staff.due(who, alert)) == 1


async def test_several_processes_share_the_work(staff: Staff) -> None:
    people = [await staff.hire() for _ in range(4)]
    for who in people:
        await staff.set(who)
    await _new(staff)

    async def some() -> list[Due]:
        async with staff.world.sessions.begin() as session:
            found = await due(session, 2)
            await asyncio.sleep(0.1)
            return found

    told: list[Due] = []
    while found := [part for parts in await asyncio.gather(some(), some(), some()) for part in parts]:
        told += found
    mine = [part.account_id for part in told if part.account_id in {who.account_id for who in people}]
    assert sorted(mine) == sorted(who.account_id for who in people)


async def test_what_was_told_long_ago_is_forgotten(staff: Staff) -> None:
    who = await staff.hire()
    alert = await staff.set(who)
    await _new(staff)
    assert len(await staff.due(who, alert)) == 1
    kept = await _new(staff)
    await staff.world.connection.execute(OLD, alert)
    async with staff.world.sessions.begin() as session:
        assert await purge_matches(session) >= 1
    assert await staff.matched(alert) == [kept]


async def test_what_was_met_goes_with_the_alert(staff: Staff) -> None:
    who = await staff.hire()
    alert = await staff.set(who)
    await _new(staff)
    await staff.world.connection.execute("delete from account where id = $1", who.account_id)
    assert await staff.matched(alert) == []
