"""Moderators at once: one wins, the others hear what happened and when, not who did it."""

import asyncio
import re
from itertools import pairwise

import pytest

from operations import moderation
from operations.edit import Edit
from operations.problem import ProblemError
from tests.consent.world import World
from tests.moderation.desk import REASON, author_of, do, events, mails, moderator, outcome, status, steps

REJECT = """mutation($id: ID!, $reason: String!) {
  rejectStory(storyId: $id, reason: $reason) { story { status } problems { code field message } }
}"""
WHEN = r"on \d{1,2} [A-Z][a-z]+ \d{4} at \d\d:\d\d"


async def test_who_comes_second_hears_what_happened_not_who(world: World) -> None:
    one, other = await moderator(world), await moderator(world)
    number = await world.story(await author_of(world), "SUBMITTED")
    await do(world, one, lambda desk, number: moderation.publish(desk, number, Edit()), number)
    payload = (await world.ask(REJECT, other, id=f"Story:{number}", reason=REASON))["rejectStory"]
    (problem,) = payload["problems"]
    assert (payload["story"], problem["code"], problem["field"]) == (None, "CONFLICT", "storyId")
    assert re.match(f"It was published {WHEN}: ", problem["message"])
    assert str(one.account_id) not in problem["message"]
    assert await status(world, number) == "PUBLISHED"


async def test_what_happened_is_told_to_nobody_who_does_not_moderate(world: World) -> None:
    """P10: the log of a public story is not public."""
    number = await world.story(await author_of(world))
    payload = (await world.ask(REJECT, await world.person(), id=f"Story:{number}", reason=REASON))["rejectStory"]
    assert [problem["code"] for problem in payload["problems"]] == ["NOT_ALLOWED"]
    assert "was" not in payload["problems"][0]["message"]


async def test_a_state_without_a_step_in_the_log_is_a_conflict_too(world: World) -> None:
    number = await world.story(await author_of(world), "REJECTED")
    with pytest.raises(ProblemError, match="another state") as caught:
        await do(world, await moderator(world), moderation.assign, number)
    assert caught.value.code == "CONFLICT"


async def test_of_many_who_decide_at_once_one_wins(world: World) -> None:
    """Half of them publish, half reject: one step, one event and one e-mail."""
    author, people = await author_of(world), [await moderator(world) for _ in range(8)]
    number = await world.story(author, "IN_REVIEW")
    choices = (
        lambda desk, number: moderation.publish(desk, number, Edit()),
        lambda desk, number: moderation.reject(desk, number, REASON),
    )
    found = await asyncio.gather(*(outcome(world, who, choices[place % 2], number) for place, who in enumerate(people)))
    assert sorted(found) == ["CONFLICT"] * 7 + ["Y"]
    won = "PUBLISHED" if found.index("Y") % 2 == 0 else "REJECTED"
    assert await status(world, number) == won
    assert [action for action, _ in await steps(world, number)] == [won]
    assert await events(world, number) == [f"STORY_{won}"]
    assert len(await mails(world, author)) == 1


async def test_who_waited_for_another_s_decision_sees_it(world: World) -> None:
    one, other = await moderator(world), await moderator(world)
    number = await world.story(await author_of(world), "SUBMITTED")
    async with world.sessions.begin() as session:
        desk = moderation.Desk(session, world.keyring, world.plan(one), one, "https://candour.example")
        await moderation.reject(desk, number, REASON)
        late = asyncio.create_task(outcome(world, other, moderation.assign, number))
        await world.waited()
    assert await late == "CONFLICT"


async def test_a_story_is_taken_over_and_given_back(world: World) -> None:
    one, other = await moderator(world), await moderator(world)
    number = await world.story(await author_of(world), "SUBMITTED")
    whose = "select moderator_id from story where id = $1"
    for who in (one, one, other):
        await do(world, who, moderation.assign, number)
        assert await world.connection.fetchval(whose, number) == who.account_id
    await do(world, one, moderation.unassign, number)
    assert await world.connection.fetchval(whose, number) is None
    assert await status(world, number) == "SUBMITTED"
    log = await steps(world, number)
    assert log == [("ASSIGNED", None), ("ASSIGNED", "Taken over from another moderator."), ("UNASSIGNED", None)]
    assert await events(world, number) == ["STORY_ASSIGNED"] * 3
    times = await world.connection.fetch("select done_at from moderation_entry where story_id = $1 order by id", number)
    assert all(one["done_at"] <= other["done_at"] for one, other in pairwise(times))
