"""Who is told that a story changed, and when they are told nothing (P06, P10, P17)."""

from dataclasses import replace

import pytest

from models.account import PlatformRole
from operations import moderation
from operations.edit import Edit
from operations.story import withdraw_story
from policies.viewer import Purpose
from resolvers.answer import Request
from resolvers.document import Refused
from resolvers.live.subscription import MOST_WAITING
from tests.consent.world import World
from tests.event.live import CHANGED, Live, answer, answers, codes, grant, sign_out
from tests.moderation.desk import REASON, author_of, moderator

PRIVATE = "subscription ($id: ID!) { storyChanged(id: $id) { number status author { penName } } }"
AUDITED = "select count(*) from audit_event where account_id = $1"


@pytest.mark.parametrize("status", ["SUBMITTED", "PREVIEW", "REJECTED", "WITHDRAWN"])
async def test_p10_a_story_that_may_not_be_seen_is_as_one_that_is_not_there(
    live: Live, world: World, status: str
) -> None:
    number = await world.story(await world.person(), status)
    for who in (None, await world.person()):
        for missing in (number, 999_999):
            with pytest.raises(Refused) as refused:
                await live.listen(CHANGED, who, id=f"Story:{missing}")
            assert [(error.extensions or {})["code"] for error in refused.value.errors] == ["NOT_FOUND"]
    assert len(live.hub) == 0


@pytest.mark.parametrize("given", ["Service:1", "Story:x", "1", "Story:99999999999"])
async def test_an_id_of_something_else_is_refused(live: Live, given: str) -> None:
    with pytest.raises(Refused):
        await live.listen(CHANGED, id=given)


async def test_p10_what_changes_nothing_that_a_viewer_sees_tells_them_nothing(live: Live, world: World) -> None:
    """P10: not even that something happened: a response that waits, another's story, a change of an unseen field."""
    author, number = await author_of(world), await world.story(None)
    other = await world.story(author)
    heard = await live.listen(CHANGED, id=f"Story:{number}")
    for kind in ("RESPONSE_SUBMITTED", "RESPONSE_REJECTED", "STORY_ASSIGNED", "CONSENT_WITHDRAWN"):
        await live.tell(kind, number)
    await world.connection.execute("update story set criticality = 4, body = 'Another text' where id = $1", number)
    await live.tell("RESPONSE_PUBLISHED", number)
    await world.connection.execute("update story set title = 'Another' where id = $1", other)
    await live.tell("STORY_PUBLISHED", other)
    assert await answers(live, heard) == []


async def test_p06_each_step_is_told_as_each_may_see_it(live: Live, world: World) -> None:
    """P06: a restricted story keeps its public row without its text; its author still reads that."""
    author, who = await author_of(world), await moderator(world)
    number = await world.story(author, "SUBMITTED")
    mine = await live.listen(CHANGED, author, id=f"Story:{number}")
    await live.step(who, moderation.preview, number, Edit(title="A better title"))
    assert (await answer(mine))["data"]["storyChanged"] == {
        "number": number, "status": "PREVIEW", "title": "A better title"
    }  # fmt: skip
    await live.publish(who, number)
    assert (await answer(mine))["data"]["storyChanged"]["status"] == "PUBLISHED"
    public = await live.listen(CHANGED, id=f"Story:{number}")
    await live.step(who, moderation.restrict, number, REASON)
    told = await answer(public)
    assert (told["data"]["storyChanged"]["title"], codes(told)) == (None, ["FORBIDDEN"])
    assert (await answer(mine))["data"]["storyChanged"]["title"] == "A better title"


async def test_p17_a_withdrawn_story_is_gone_for_everybody_and_that_is_the_end(live: Live, world: World) -> None:
    author = await author_of(world)
    number = await world.story(author)
    heard = [await live.listen(CHANGED, one, id=f"Story:{number}") for one in (None, author, await moderator(world))]
    async with world.sessions.begin() as session:
        await withdraw_story(session, world.plan(author), author, number)
    for one in heard:
        assert codes(await answer(one)) == ["NOT_FOUND"]
        assert [body async for body in one] == []
    assert len(live.hub) == 0


async def test_a_role_that_was_taken_away_ends_what_it_alone_showed(live: Live, world: World) -> None:
    """P10: with the next event."""
    who, number = await moderator(world), await world.story(None, "SUBMITTED")
    heard = await live.listen(CHANGED, who, id=f"Story:{number}")
    await grant(world, who)
    await live.tell("STORY_ASSIGNED", number)
    assert codes(await answer(heard)) == ["NOT_FOUND"]


async def test_an_ended_session_ends_it(live: Live, world: World) -> None:
    who, number = await world.person(), await world.story(None)
    heard = await live.listen(CHANGED, who, id=f"Story:{number}")
    await sign_out(world, who.account_id)
    await live.tell("STORY_PUBLISHED", number)
    assert codes(await answer(heard)) == ["UNAUTHENTICATED"]


async def test_p09_private_fields_are_audited_with_each_answer_that_leaves(live: Live, world: World) -> None:
    """P09: a look that is not shown is no reading; a purpose without its role ends it all."""
    who = await grant(world, await world.person(), PlatformRole.SAFEGUARDING)
    purposeful = replace(who, purpose=Purpose.SAFEGUARDING, reference="CASE-12")
    number = await world.story(await author_of(world), "IN_REVIEW")
    request = Request(PRIVATE.replace("penName", "createdAt"), {"id": f"Story:{number}"})
    heard = await live.hub.subscribe(request, purposeful, world.tokens[who.account_id])
    await live.tell("STORY_ASSIGNED", number)
    assert await answers(live, heard) == []
    assert await world.connection.fetchval(AUDITED, who.account_id) == 0
    await world.connection.execute("update story set status = 'SUBMITTED' where id = $1", number)
    await live.tell("STORY_ASSIGNED", number)
    told = await answer(heard)
    assert told["data"]["storyChanged"]["author"]["createdAt"]
    assert await world.connection.fetchval(AUDITED, who.account_id) > 0
    await grant(world, who)
    await live.tell("STORY_ASSIGNED", number)
    assert codes(await answer(heard)) == ["FORBIDDEN"]


async def test_a_client_that_does_not_read_is_dropped(live: Live, world: World) -> None:
    number = await world.story(None)
    slow, dropped = await live.listen(CHANGED, id=f"Story:{number}"), []
    slow.on_drop = lambda: dropped.append(True)
    for turn in range(MOST_WAITING + 1):
        await world.connection.execute("update story set title = $2 where id = $1", number, f"Title {turn}")
        await live.tell("STORY_PUBLISHED", number)
        await live.settle()
    assert (dropped, slow.waiting, len(live.hub)) == ([True], 0, 0)
    assert [body async for body in slow] == []
