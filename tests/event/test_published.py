"""Who is told of a published story, and of what in it (P06, P10)."""

import pytest

from models.account import PlatformRole
from resolvers.document import Refused
from tests.consent.world import World
from tests.event.live import PUBLISHED, Live, answer, answers, codes, employ, grant, sign_out
from tests.moderation.desk import author_of, moderator

HOME = (
    "select organisation_id from service where id = (select service_id from story_service where story_id = $1 limit 1)"
)


async def test_p10_nobody_is_told_of_what_is_not_published(live: Live, world: World) -> None:
    """P10: whatever the event says, the story as it is decides."""
    heard = await live.listen(PUBLISHED, filter={"search": "title"})
    for status in ("SUBMITTED", "IN_REVIEW", "PREVIEW", "REJECTED", "RESTRICTED", "WITHDRAWN"):
        number = await world.story(None, status)
        await live.tell("STORY_PUBLISHED", number)
    for kind in ("STORY_SUBMITTED", "STORY_PREVIEWED", "RESPONSE_PUBLISHED", "CONSENT_GRANTED"):
        await live.tell(kind, await world.story(None, "PUBLISHED"))
    told = await answers(live, heard)
    # The last one is by what the test waits for.
    assert [t["data"]["storyPublished"]["title"] for t in told[:-1]] == []


async def test_p06_a_published_story_is_told_with_what_each_may_read(live: Live, world: World) -> None:
    """P06: criticality is for staff that answers for it; others get null and an error at its place."""
    author, who = await author_of(world), await moderator(world)
    number = await world.story(author, "SUBMITTED")
    staff = await employ(world, await world.person(), await world.connection.fetchval(HOME, number))
    other = await employ(world, await world.person(), 1)
    heard = [await live.listen(PUBLISHED, one) for one in (None, author, other, staff, who)]
    await live.publish(who, number)
    told = [await answer(one) for one in heard]
    assert [t["data"]["storyPublished"]["number"] for t in told] == [number] * 5
    assert [codes(t) for t in told] == [["FORBIDDEN"], ["FORBIDDEN"], ["FORBIDDEN"], [], []]
    assert told[0]["errors"][0]["path"] == ["storyPublished", "criticality"]


async def test_a_filter_decides_for_each_by_their_own_values(live: Live, world: World) -> None:
    who = await moderator(world)
    service = await world.connection.fetchval("select max(id) from service")
    one, two = await world.story(None, service=service), await world.story(None)
    by_service = await live.listen(PUBLISHED, filter={"serviceId": f"Service:{service}"})
    by_other = await live.listen(PUBLISHED, filter={"serviceId": f"Service:{service - 1}"})
    graver = await live.listen(PUBLISHED, who, filter={"criticality": {"gte": 4}})
    await world.connection.execute("update story set criticality = 5 where id = $1", two)
    for number in (one, two):
        await live.tell("STORY_PUBLISHED", number)
    assert [t["data"]["storyPublished"]["number"] for t in await answers(live, by_service)] == [one]
    assert await answers(live, by_other) == []
    assert [t["data"]["storyPublished"]["number"] for t in await answers(live, graver)] == [two]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"criticality": {"gte": 3}}, "FORBIDDEN"),
        ({"serviceId": "Story:1"}, "BAD_USER_INPUT"),
        ({"search": " "}, "BAD_USER_INPUT"),
        ({"region": "NOWHERE"}, "BAD_USER_INPUT"),
    ],
)
async def test_a_filter_that_can_not_be_used_is_refused_at_once(live: Live, given: object, code: str) -> None:
    with pytest.raises(Refused) as refused:
        await live.listen(PUBLISHED, filter=given)
    assert [(error.extensions or {})["code"] for error in refused.value.errors] == [code]
    assert len(live.hub) == 0


async def test_an_ended_session_ends_with_the_next_event(live: Live, world: World) -> None:
    who, number = await world.person(), await world.story(None)
    heard = await live.listen(PUBLISHED, who)
    await live.tell("STORY_PUBLISHED", number)
    assert (await answer(heard))["data"]["storyPublished"]["number"] == number
    await sign_out(world, who.account_id)
    await live.tell("STORY_PUBLISHED", number)
    assert codes(await answer(heard)) == ["UNAUTHENTICATED"]
    assert [body async for body in heard] == []
    assert len(live.hub) == 0


async def test_a_role_that_was_taken_away_shows_nothing_more_from_the_next_event_on(live: Live, world: World) -> None:
    """P10: the same subscription goes on as what its viewer is now."""
    who, number = await moderator(world), await world.story(None)
    await world.connection.execute("update story set criticality = 5 where id = $1", number)
    heard = await live.listen(PUBLISHED, who)
    await live.tell("STORY_PUBLISHED", number)
    assert (await answer(heard))["data"]["storyPublished"]["criticality"] == 5
    await grant(world, who)
    await live.tell("STORY_PUBLISHED", number)
    told = await answer(heard)
    assert (told["data"]["storyPublished"]["criticality"], codes(told)) == (None, ["FORBIDDEN"])
    await grant(world, who, PlatformRole.MODERATOR)
    await live.tell("STORY_PUBLISHED", number)
    assert (await answer(heard))["data"]["storyPublished"]["criticality"] == 5


async def test_an_event_is_one_statement_a_kind_of_viewer(live: Live, world: World) -> None:
    """However many there are, with whatever values; and one that finds out who they all are."""
    number = await world.story(None)
    visitors = [await live.listen(PUBLISHED) for _ in range(5)]
    searching = [await live.listen(PUBLISHED, filter={"search": word}) for word in ("text", "title", "else")]
    members = [await live.listen(PUBLISHED, await world.person()) for _ in range(5)]
    moderators = [await live.listen(PUBLISHED, await moderator(world)) for _ in range(2)]
    live.statements.clear()
    await live.tell("STORY_PUBLISHED", number)
    for one in (*visitors, *searching[:2], *members, *moderators):
        assert (await answer(one))["data"]["storyPublished"]["number"] == number
    # Visitors with and without a filter, members, moderators; and whose tokens these are.
    assert len(live.statements) == 5
    assert searching[2].waiting == 0
