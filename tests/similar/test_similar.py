"""Marks of a similar experience: who may mark what, and that the public number is right whoever marks at once."""

import asyncio
from typing import Any

import pytest

from operations.account import hold
from operations.erasure import erase
from operations.problem import ProblemError
from operations.similar import mark_similar, unmark_similar
from operations.story import withdraw_stories
from tests.consent.world import World

MARK = """mutation($id: ID!) {
  markSimilar(storyId: $id) { story { number similarExperienceCount markedSimilar } problems { code field message } }
}"""
UNMARK = MARK.replace("markSimilar(", "unmarkSimilar(")
COUNT = (
    "select similar_count, (select count(*) from similar_experience where story_id = story.id) from story where id = $1"
)
TAKEN_BACK = {"number": None, "similarExperienceCount": 0, "markedSimilar": False}


def _id(number: int) -> str:
    return f"Story:{number}"


def _code(payload: Any) -> str:
    (problem,) = payload["problems"]
    assert payload["story"] is None
    assert problem["field"] == "storyId"
    return str(problem["code"])


@pytest.mark.parametrize("document", [MARK, UNMARK])
async def test_p05_a_visitor_marks_nothing(world: World, document: str) -> None:
    number = await world.story(await world.person())
    answer = await world.answer(document, None, id=_id(number))
    assert answer.get("data") is None
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert "Sign in" in error["message"]


@pytest.mark.parametrize("status", ["SUBMITTED", "IN_REVIEW", "PREVIEW", "REJECTED", "WITHDRAWN"])
async def test_p10_a_story_that_is_not_public_is_not_there_to_be_marked(world: World, status: str) -> None:
    number = await world.story(await world.person(), status)
    for document, name in ((MARK, "markSimilar"), (UNMARK, "unmarkSimilar")):
        hidden = (await world.ask(document, await world.person(), id=_id(number)))[name]
        unknown = (await world.ask(document, await world.person(), id="Story:2147483647"))[name]
        assert hidden == unknown
        assert _code(hidden) == "NOT_FOUND"


async def test_one_s_own_story_and_a_restricted_one_are_not_marked(world: World) -> None:
    author, reader = await world.person(), await world.person()
    own, restricted = await world.story(author), await world.story(author, "RESTRICTED")
    for who, number in ((author, own), (reader, restricted), (author, restricted)):
        assert _code((await world.ask(MARK, who, id=_id(number)))["markSimilar"]) == "NOT_ALLOWED"
        assert tuple(await world.connection.fetchrow(COUNT, number)) == (0, 0)


@pytest.mark.parametrize("id_", ["", "1", "Story:0", "Story:x", "Account:1", "Story:99999999999"])
async def test_an_id_that_is_none_is_refused(world: World, id_: str) -> None:
    answer = await world.answer(MARK, await world.person(), id=id_)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


async def test_an_erased_person_marks_nothing_more(world: World) -> None:
    """P18: a mark that waited for its person's erasure is not written."""
    gone, number = await world.person(), await world.story(await world.person())
    await world.connection.execute("delete from account where id = $1", gone.account_id)
    with pytest.raises(ProblemError):
        async with world.sessions.begin() as session:
            await mark_similar(session, world.plan(gone), gone, number)
    assert tuple(await world.connection.fetchrow(COUNT, number)) == (0, 0)


async def test_marking_twice_counts_once_and_can_be_taken_back(world: World) -> None:
    """P05: what is public is the number."""
    reader, number = await world.person(), await world.story(await world.person())
    marked = {"number": number, "similarExperienceCount": 1, "markedSimilar": True}
    for _ in range(2):
        assert await world.ask(MARK, reader, id=_id(number)) == {"markSimilar": {"story": marked, "problems": []}}
    bare = TAKEN_BACK | {"number": number}
    for _ in range(2):
        assert await world.ask(UNMARK, reader, id=_id(number)) == {"unmarkSimilar": {"story": bare, "problems": []}}
    assert tuple(await world.connection.fetchrow(COUNT, number)) == (0, 0)


async def test_a_story_of_an_erased_author_can_be_marked(world: World) -> None:
    number = await world.story(None)
    assert (await world.ask(MARK, await world.person(), id=_id(number)))["markSimilar"]["problems"] == []


async def test_somebody_else_s_mark_stays_and_shows_nobody(world: World) -> None:
    """P05: nobody takes another's mark back, or learns whose it is."""
    one, other, number = await world.person(), await world.person(), await world.story(await world.person())
    await world.ask(MARK, one, id=_id(number))
    taken = await world.ask(UNMARK, other, id=_id(number))
    assert taken["unmarkSimilar"]["story"] == {"number": number, "similarExperienceCount": 1, "markedSimilar": False}
    mine = "{ viewer { account { similarExperiences { nodes { number } } } } }"
    assert (await world.ask(mine, one))["viewer"]["account"]["similarExperiences"]["nodes"] == [{"number": number}]
    assert (await world.ask(mine, other))["viewer"]["account"]["similarExperiences"]["nodes"] == []


async def test_a_mark_on_a_story_that_was_restricted_since_can_be_taken_back(world: World) -> None:
    reader, number = await world.person(), await world.story(await world.person())
    await world.ask(MARK, reader, id=_id(number))
    await world.connection.execute(
        "update story set status = 'RESTRICTED', restriction_reason = 'A reason' where id = $1", number
    )
    taken = await world.ask(UNMARK, reader, id=_id(number))
    assert taken["unmarkSimilar"]["story"]["similarExperienceCount"] == 0


async def test_p05_the_number_is_right_when_a_hundred_mark_at_once(world: World) -> None:
    """P05: on connections of their own, half of them take their mark back; nobody waits in a circle."""
    number = await world.story(await world.person())
    people = [await world.person() for _ in range(100)]
    turns = asyncio.Semaphore(20)

    async def mark(place: int) -> None:
        who = people[place]
        async with turns, world.sessions.begin() as session:
            await mark_similar(session, world.plan(who), who, number)
        if place % 2:
            async with turns, world.sessions.begin() as session:
                await unmark_similar(session, world.plan(who), who, number)

    await asyncio.gather(*map(mark, range(100)))
    assert tuple(await world.connection.fetchrow(COUNT, number)) == (50, 50)


async def test_p17_a_mark_that_waits_for_a_withdrawal_is_not_written(world: World) -> None:
    """P17: a story that is withdrawn meanwhile is not found any more."""
    reader, number = await world.person(), await world.story(await world.person())

    async def mark() -> None:
        async with world.sessions.begin() as session:
            await mark_similar(session, world.plan(reader), reader, number)

    async with world.sessions.begin() as session:
        await withdraw_stories(session, [number])
        waiting = asyncio.create_task(mark())
        await world.waited()
    with pytest.raises(ProblemError, match="no such story"):
        await waiting
    assert tuple(await world.connection.fetchrow(COUNT, number)) == (0, 0)


async def test_accounts_that_go_at_once_take_their_marks_in_one_order(world: World) -> None:
    """P18: marks on the same stories, given in opposite orders, are taken out of the numbers without a deadlock."""
    stories = [await world.story(await world.person()) for _ in range(6)]
    people = [await world.person() for _ in range(8)]
    for place, who in enumerate(people):
        for number in stories if place % 2 else reversed(stories):
            async with world.sessions.begin() as session:
                await mark_similar(session, world.plan(who), who, number)

    async def go(place: int) -> None:
        async with world.sessions.begin() as session:
            account = await hold(session, people[place].account_id, change=True)
            await erase(session, world.keyring, account)

    await asyncio.gather(*map(go, range(8)))
    for number in stories:
        assert tuple(await world.connection.fetchrow(COUNT, number)) == (0, 0)


@pytest.mark.parametrize("operation", [mark_similar, unmark_similar])
async def test_a_mark_takes_four_statements_at_most(world: World, operation: Any) -> None:
    """Three here, and one for the payload's story."""
    reader, number = await world.person(), await world.story(await world.person())
    async with world.statements() as heard, world.sessions.begin() as session:
        await operation(session, world.plan(reader), reader, number)
    assert len(heard) == 3, heard
