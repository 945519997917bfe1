"""E-mails for alerts: what they don't say, to whom they are not sent, and each story told once (P22)."""

from uuid import UUID, uuid4

import pytest

from models.mail import MailTopic
from operations.mail import alert
from operations.mail.alert import tell_alerts
from operations.mail.preference import refuse
from policies.viewer import Member
from tests.consent.world import World
from tests.mail.box import EMAIL, said
from tests.response.cast import URL, Cast

ALERT = "insert into alert (id, account_id, name, frequency) values ($1, $2, $3, $4::alertfrequency)"
MATCH = """
insert into alert_match (alert_id, story_id, due_at)
select $1, story_id, statement_timestamp() + $3 * interval '1 hour' from unnest($2::int[]) as story_id
"""


async def matched(
    world: World, who: Member, numbers: list[int], name: str = "Nights", frequency: str = "AT_ONCE", hours: int = 0
) -> UUID:
    """An alert of somebody with stories that met it, due in some hours."""
    id_ = uuid4()
    await world.connection.execute(ALERT, id_, who.account_id, name, frequency)
    await world.connection.execute(MATCH, id_, numbers, hours)
    return id_


async def run(world: World) -> int:
    """How many e-mails were queued."""
    told, more = 0, True
    while more:
        async with world.sessions.begin() as session:
            done, more = await tell_alerts(session, world.keyring, URL)
        told += done
    return told


async def staff(world: World, cast: Cast) -> Member:
    return await cast.reachable(await cast.staff(), EMAIL)


async def test_p12_who_refused_is_not_told_then_or_later(world: World, cast: Cast) -> None:
    """P12."""
    who, number = await staff(world, cast), await world.story(await world.person())
    await matched(world, who, [number])
    async with world.sessions.begin() as session:
        await refuse(session, who.account_id, MailTopic.ALERT)
    assert await run(world) == 0
    await world.connection.execute("delete from mail_refusal where account_id = $1", who.account_id)
    assert (await run(world), await said(world, who)) == (0, [])


async def test_p22_who_is_not_staff_any_more_is_not_told(world: World, cast: Cast) -> None:
    """P22."""
    who, number = await staff(world, cast), await world.story(await world.person())
    await matched(world, who, [number])
    await world.connection.execute("delete from membership where account_id = $1", who.account_id)
    assert (await run(world), await said(world, who)) == (0, [])


async def test_what_is_not_due_waits(world: World, cast: Cast) -> None:
    who, number = await staff(world, cast), await world.story(await world.person())
    await matched(world, who, [number], frequency="DAILY", hours=1)
    assert (await run(world), await said(world, who)) == (0, [])


async def test_p22_it_says_numbers_links_and_names_and_nothing_else(world: World, cast: Cast) -> None:
    """P01, P22: nothing of a story itself."""
    who = await staff(world, cast)
    first, second = [await world.story(await world.person()) for _ in range(2)]
    await matched(world, who, [second, first])
    await matched(world, who, [first], "Wards & days")
    assert [await run(world) for _ in range(2)] == [1, 0]
    assert await said(world, who) == [
        (
            "alert",
            {
                "to": EMAIL,
                "alerts": "“Nights”, “Wards & days”",
                "numbers": [str(first), str(second)],
                "several": "yes",
                "more": "",
                "stories": f"{URL}/stories/",
            },
        )
    ]


@pytest.mark.parametrize(("frequency", "period"), [("DAILY", "day"), ("WEEKLY", "week")])
async def test_p22_a_digest_is_one_e_mail(world: World, cast: Cast, frequency: str, period: str) -> None:
    """P22: one for each frequency."""
    who, number = await staff(world, cast), await world.story(await world.person())
    await matched(world, who, [number], frequency=frequency)
    await matched(world, who, [number], "Days", frequency=frequency)
    assert await run(world) == 1
    ((template, values),) = await said(world, who)
    assert (template, values["period"], values["several"], values["numbers"]) == (
        "alert_digest", period, "", [str(number)],
    )  # fmt: skip


async def test_a_long_list_is_cut(world: World, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alert, "LISTED", 3)
    who, author = await staff(world, cast), await world.person()
    numbers = [await world.story(author) for _ in range(5)]
    await matched(world, who, numbers)
    assert await run(world) == 1
    ((_, values),) = await said(world, who)
    assert (values["numbers"], values["more"]) == ([str(number) for number in numbers[:3]], "2")


async def test_what_was_broken_off_is_told_the_next_time(world: World, cast: Cast) -> None:
    who, number = await staff(world, cast), await world.story(await world.person())
    await matched(world, who, [number])
    async with world.sessions() as session:
        assert await tell_alerts(session, world.keyring, URL) == (1, True)
        await session.rollback()
    assert await said(world, who) == []
    assert await run(world) == 1
    assert len(await said(world, who)) == 1
