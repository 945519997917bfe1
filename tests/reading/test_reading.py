"""The reading history: whose it is, what it holds, how long."""

import asyncio
from typing import Any

import pytest

from models.base import metadata
from operations import reading
from operations.problem import ProblemError
from operations.reading import clear_reading_history, record_reading
from operations.story import withdraw_stories
from policies.viewer import Member
from tests.consent.world import World

RECORD = """mutation($id: ID!) {
  recordReading(storyId: $id) { story { number } problems { code field } }
}"""
HISTORY = "viewer { account { readingHistory(first: 100) { nodes { story { number } } } } }"
CLEAR = f"mutation {{ clearReadingHistory {{ {HISTORY} problems {{ code }} }} }}"
KEPT = "select array_agg(story_id order by read_at desc) from reading where account_id = $1"


async def _read(world: World, who: Member, number: int) -> Any:
    return (await world.ask(RECORD, who, id=f"Story:{number}"))["recordReading"]


async def _history(world: World, who: Member) -> list[int]:
    """What the person is told."""
    account = (await world.ask(f"{{ {HISTORY} }}", who))["viewer"]["account"]
    return [node["story"]["number"] for node in account["readingHistory"]["nodes"]]


async def _record(world: World, who: Member, number: int) -> None:
    async with world.sessions.begin() as session:
        await record_reading(session, world.plan(who), who, number)


@pytest.mark.parametrize("document", [RECORD, CLEAR])
async def test_p04_a_visitor_has_no_history(world: World, document: str) -> None:
    number = await world.story(await world.person())
    answer = await world.answer(document, None, **({"id": f"Story:{number}"} if "$id" in document else {}))
    assert answer.get("data") is None
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]


@pytest.mark.parametrize("status", ["SUBMITTED", "IN_REVIEW", "PREVIEW", "REJECTED", "WITHDRAWN"])
async def test_p10_what_is_not_there_is_not_read(world: World, status: str) -> None:
    reader, number = await world.person(), await world.story(await world.person(), status)
    nothing = {"story": None, "problems": [{"code": "NOT_FOUND", "field": "storyId"}]}
    assert await _read(world, reader, number) == await _read(world, reader, 2147483647) == nothing
    assert await world.connection.fetchval(KEPT, reader.account_id) is None


async def test_p04_the_history_is_the_reader_s_alone(world: World) -> None:
    """P04: neither the author nor anybody else sees who read a story, or clears another's history."""
    author, reader, other = [await world.person() for _ in range(3)]
    number = await world.story(author)
    assert await _read(world, reader, number) == {"story": {"number": number}, "problems": []}
    for who in (author, other):
        assert await _history(world, who) == []
        asked = (
            f'{{ node(id: "Account:{reader.account_id}") {{ ... on Account {{ readingHistory {{ totalCount }} }} }} }}'
        )
        assert (await world.answer(asked, who))["data"] == {"node": None}
        await world.ask(CLEAR, who)
    assert await _history(world, reader) == [number]


async def test_reading_again_moves_a_story_to_the_top(world: World) -> None:
    reader, author = await world.person(), await world.person()
    first, second = await world.story(author), await world.story(author, "RESTRICTED")
    for number in (first, second, first):
        await _read(world, reader, number)
    assert await _history(world, reader) == [first, second]


async def test_p17_a_reading_that_waits_for_a_withdrawal_is_not_written(world: World) -> None:
    """P17: a story that is withdrawn meanwhile is in nobody's history."""
    reader, number = await world.person(), await world.story(await world.person())
    async with world.sessions.begin() as session:
        await withdraw_stories(session, [number])
        waiting = asyncio.create_task(_record(world, reader, number))
        await world.waited()
    with pytest.raises(ProblemError, match="no such story"):
        await waiting
    assert await world.connection.fetchval(KEPT, reader.account_id) is None


async def test_authors_read_their_own_whatever_its_state(world: World) -> None:
    author = await world.person()
    number = await world.story(author, "IN_REVIEW")
    assert await _read(world, author, number) == {"story": {"number": number}, "problems": []}


async def test_the_history_can_be_cleared(world: World) -> None:
    """P04: at once, and twice."""
    reader = await world.person()
    await _read(world, reader, await world.story(await world.person()))
    for _ in range(2):
        cleared = (await world.ask(CLEAR, reader))["clearReadingHistory"]
        assert cleared == {"viewer": {"account": {"readingHistory": {"nodes": []}}}, "problems": []}
    assert await world.connection.fetchval(KEPT, reader.account_id) is None


async def test_p04_only_the_latest_stories_are_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "KEPT", 3)
    reader, author = await world.person(), await world.person()
    numbers = [await world.story(author) for _ in range(5)]
    for number in numbers:
        await _record(world, reader, number)
    assert await world.connection.fetchval(KEPT, reader.account_id) == numbers[:1:-1]
    # The oldest, read again, is none of those that go.
    await _record(world, reader, numbers[2])
    assert await world.connection.fetchval(KEPT, reader.account_id) == [numbers[2], numbers[4], numbers[3]]


async def test_readings_of_one_person_at_once_keep_to_the_limit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "KEPT", 3)
    reader, author = await world.person(), await world.person()
    numbers = [await world.story(author) for _ in range(6)]
    await asyncio.gather(*(_record(world, reader, number) for number in numbers * 4))
    assert len(await world.connection.fetchval(KEPT, reader.account_id)) == 3


def test_five_hundred_are_kept() -> None:
    assert reading.KEPT == 500


async def test_a_reading_takes_four_statements_at_most(world: World) -> None:
    """Three here, and one for the payload's story; forgetting takes two, and one for the payload's viewer."""
    reader, number = await world.person(), await world.story(await world.person())
    async with world.statements() as heard:
        await _record(world, reader, number)
        assert len(heard) == 3, heard
        async with world.sessions.begin() as session:
            await clear_reading_history(session, reader)
        assert len(heard) == 5, heard


async def test_p20_a_reading_leaves_no_other_trace(world: World) -> None:
    """P20: neither reading nor marking feeds anything but the history, the mark, and the story's public number."""
    reader, number = await world.person(), await world.story(await world.person())
    before = await _contents(world)
    await _read(world, reader, number)
    assert {name for name, rows in (await _contents(world)).items() if rows != before[name]} == {"reading"}
    before = await _contents(world)
    await world.ask(f'mutation {{ markSimilar(storyId: "Story:{number}") {{ problems {{ code }} }} }}', reader)
    changed = {name for name, rows in (await _contents(world)).items() if rows != before[name]}
    assert changed == {"similar_experience", "story"}


async def _contents(world: World) -> dict[str, str]:
    """A digest of each table's rows."""
    digest = "select md5(coalesce(string_agg(row::text, ';' order by row::text), '')) from \"%s\" as row"
    return {name: await world.connection.fetchval(digest % name) for name in metadata.tables}
