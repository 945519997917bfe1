"""E-mails to moderators: who is not reminded, of what, and how often (P10)."""

from typing import Any

import pytest

from models.mail import MailTopic
from operations.mail.preference import refuse
from operations.mail.reminder import remind_moderators
from policies.viewer import Member
from tests.consent.world import World
from tests.mail.box import EMAIL, said
from tests.response.cast import URL, Cast

HOURS = 72
# Stories and moderators of the demo world have nothing to do with these tests.
ALONE = ("update account set roles = '{}' where 'MODERATOR' = any(roles)", "delete from mail")
NOT_DUE = "update story set submitted_at = statement_timestamp() where status in ('SUBMITTED', 'IN_REVIEW', 'PREVIEW')"
SENT = "update story set submitted_at = statement_timestamp() - $2 * interval '1 hour' where id = $1"
TAKEN = "update story set status = 'IN_REVIEW', moderator_id = $2, assigned_at = statement_timestamp() where id = $1"


@pytest.fixture(autouse=True)
async def alone(world: World) -> None:
    """Nobody else moderates, and nothing else is due."""
    for statement in (*ALONE, NOT_DUE):
        await world.connection.execute(statement)


async def moderator(world: World, cast: Cast) -> Member:
    return await cast.reachable(await cast.moderator(), EMAIL)


async def sent(world: World, hours: float, author: Member | None = None, status: str = "SUBMITTED") -> int:
    """A story that was sent some hours ago."""
    number = await world.story(author or await world.person(), status)
    await world.connection.execute(SENT, number, hours)
    return number


async def run(world: World) -> int:
    async with world.sessions.begin() as session:
        return await remind_moderators(session, world.keyring, URL, HOURS)


def _counts(mine: str, free: str, late: str) -> dict[str, Any]:
    values = {"mine": mine, "free": free, "late": late}
    return {"to": EMAIL, "hours": "12", **values, "link": f"{URL}/moderation"}


@pytest.mark.parametrize("status", ["PUBLISHED", "REJECTED", "RESTRICTED"])
async def test_what_is_decided_is_not_due(world: World, cast: Cast, status: str) -> None:
    await moderator(world, cast)
    await sent(world, 100, status=status)
    assert await run(world) == 0


async def test_what_has_time_is_not_due(world: World, cast: Cast) -> None:
    await moderator(world, cast)
    await sent(world, HOURS - 12.1)
    running = await sent(world, 100, status="PREVIEW")
    end = "update story set preview_until = statement_timestamp() + interval '1 hour' where id = $1"
    await world.connection.execute(end, running)
    assert await run(world) == 0


async def test_nobody_else_is_reminded(world: World, cast: Cast) -> None:
    """Not who refused, whose address is not confirmed, nor who does not moderate; nor an author of their own story."""
    refusing, unconfirmed, author = [await moderator(world, cast) for _ in range(3)]
    bystander = await cast.reachable(await cast.staff(), EMAIL)
    async with world.sessions.begin() as session:
        await refuse(session, refusing.account_id, MailTopic.MODERATION)
    gone = "update account set email_verified_at = null where id = $1"
    await world.connection.execute(gone, unconfirmed.account_id)
    await sent(world, 100, author)
    assert await run(world) == 0
    assert await cast.mails(bystander) == []


async def test_p10_it_says_how_many_and_nothing_else(world: World, cast: Cast) -> None:
    """P10: to whoever has it, or to all where nobody has."""
    busy, idle = await moderator(world, cast), await moderator(world, cast)
    await world.connection.execute(TAKEN, await sent(world, 100), busy.account_id)
    assert await run(world) == 1
    assert await said(world, busy) == [("moderation_due", _counts("1", "none", "1"))]
    assert await said(world, idle) == []
    await sent(world, HOURS - 11.9)
    await sent(world, 100, status="PREVIEW")
    assert await run(world) == 1
    assert await said(world, idle) == [("moderation_due", _counts("none", "2", "1"))]


async def test_what_somebody_has_who_moderates_no_more_is_with_nobody(world: World, cast: Cast) -> None:
    left, there = await moderator(world, cast), await moderator(world, cast)
    await world.connection.execute(TAKEN, await sent(world, 100), left.account_id)
    await world.connection.execute("update account set roles = '{}' where id = $1", left.account_id)
    assert await run(world) == 1
    assert await said(world, there) == [("moderation_due", _counts("none", "1", "1"))]


async def test_once_a_day_at_most(world: World, cast: Cast) -> None:
    who = await moderator(world, cast)
    await sent(world, 100)
    assert [await run(world) for _ in range(3)] == [1, 0, 0]
    for hours, told in ((23, 0), (2, 1)):
        earlier = "update mail set queued_at = queued_at - $2 * interval '1 hour' where account_id = $1"
        await world.connection.execute(earlier, who.account_id, hours)
        assert await run(world) == told


async def test_who_is_being_changed_is_reminded_the_next_time(world: World, cast: Cast) -> None:
    who = await moderator(world, cast)
    await sent(world, 100)
    async with world.connection.transaction():
        await world.connection.execute("select from account where id = $1 for update", who.account_id)
        assert await run(world) == 0
    assert await run(world) == 1
