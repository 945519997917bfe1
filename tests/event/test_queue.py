"""Who is told what happens in the queue of moderators (P10)."""

import pytest

from models.account import PlatformRole
from operations import moderation
from operations.edit import Edit
from operations.story import withdraw_story
from resolvers.document import Refused
from tests.consent.world import World
from tests.event.live import QUEUE, Live, answer, answers, codes, employ, grant
from tests.moderation.desk import REASON, author_of, moderator

WAITING = "select count(*) from story where status in ('SUBMITTED', 'IN_REVIEW')"


async def test_p10_nobody_but_moderators_is_told_of_the_queue(live: Live, world: World) -> None:
    """P10: refused before anything runs."""
    roles = [role for role in PlatformRole if role != PlatformRole.MODERATOR]
    others = [await grant(world, await world.person(), role) for role in roles]
    for who in (None, await world.person(), await employ(world, await world.person(), 1), *others):
        with pytest.raises(Refused) as refused:
            await live.listen(QUEUE, who)
        (error,) = refused.value.errors
        told = error.extensions or {}
        assert (told["code"], str(told["reason"])[:3]) == ("FORBIDDEN", "P10")


async def test_p10_a_moderator_who_is_none_any_more_is_told_so_and_nothing_else(live: Live, world: World) -> None:
    who, number = await moderator(world), await world.story(None, "SUBMITTED")
    heard = await live.listen(QUEUE, who)
    await live.tell("STORY_SUBMITTED", number)
    assert codes(await answer(heard)) == []
    await grant(world, who, PlatformRole.DPO)
    await live.tell("STORY_SUBMITTED", number)
    assert codes(await answer(heard)) == ["FORBIDDEN"]
    assert [body async for body in heard] == []
    assert len(live.hub) == 0


async def test_each_step_is_told_with_what_waits(live: Live, world: World) -> None:
    author, who = await author_of(world), await moderator(world)
    heard = await live.listen(QUEUE, await moderator(world))
    first, second = [await world.story(author, "SUBMITTED") for _ in range(2)]
    await live.tell("STORY_SUBMITTED", first)
    told = [await answer(heard)]
    assert told[0]["data"]["moderationQueueChanged"]["waiting"] == await world.connection.fetchval(WAITING)
    for number, step, more in (
        (first, moderation.assign, ()),
        (first, moderation.unassign, ()),
        (first, moderation.preview, (Edit(),)),
        (first, moderation.hold_preview, ()),
        (first, moderation.release_preview, ()),
        (first, moderation.publish, (Edit(),)),
        (second, moderation.reject, (REASON,)),
    ):
        await live.step(who, step, number, *more)
        told.append(await answer(heard))
    events = [one["data"]["moderationQueueChanged"] for one in told]
    assert [(one["change"], one["number"], one["story"]["status"]) for one in events] == [
        ("ARRIVED", first, "SUBMITTED"),
        ("TAKEN", first, "IN_REVIEW"),
        ("GIVEN_BACK", first, "SUBMITTED"),
        ("PREVIEWED", first, "PREVIEW"),
        ("HELD", first, "PREVIEW"),
        ("RELEASED", first, "PREVIEW"),
        ("LEFT", first, "PUBLISHED"),
        ("LEFT", second, "REJECTED"),
    ]


async def test_what_left_before_does_not_leave_again(live: Live, world: World) -> None:
    """P17: a withdrawn story leaves the queue once, without a row; a public one was not there."""
    author, who = await author_of(world), await moderator(world)
    public, waiting = [await world.story(author, "SUBMITTED") for _ in range(2)]
    await live.publish(who, public)
    heard = await live.listen(QUEUE, who)
    for number in (public, waiting):
        async with world.sessions.begin() as session:
            await withdraw_story(session, world.plan(author), author, number)
    await live.tell("STORY_RESTRICTED", waiting)
    (told, _last) = await answers(live, heard)
    event = told["data"]["moderationQueueChanged"]
    assert (event["change"], event["number"], event["story"]) == ("LEFT", waiting, None)
