"""What leaves to recipients: in the order of commits, nothing skipped, nothing after consent was taken back (P12, P25)."""

import asyncio
from collections.abc import Sequence

import pytest

from models.consent import ConsentPurpose
from models.event import EventKind
from operations.consent import set_consent
from operations.outbox import emit
from operations.sharing import Leaving, Place, leaving
from policies.viewer import Member
from tests.consent.world import World

OTHERS = sorted(set(ConsentPurpose) - {ConsentPurpose.PUBLISH})


async def _read(
    world: World, purpose: ConsentPurpose, after: Place | None = None, limit: int = 10_000
) -> list[Leaving]:
    async with world.sessions() as session:
        return await leaving(session, purpose, after, limit)


async def _told(world: World, purpose: ConsentPurpose, numbers: Sequence[int]) -> list[tuple[str, int]]:
    await world.settled(numbers)
    return [(e.kind.value, e.number) for e in await _read(world, purpose) if e.number in numbers]


async def _decide(world: World, who: Member, purpose: ConsentPurpose, granted: bool) -> None:
    async with world.sessions.begin() as session:
        await set_consent(session, world.keyring, who.account_id, purpose, granted, "API")


@pytest.mark.parametrize("purpose", OTHERS)
async def test_p12_nothing_leaves_after_consent_was_taken_back(world: World, purpose: ConsentPurpose) -> None:
    """P12, P25: what was queued before does not leave any more; that copies are to be deleted does."""
    who = await world.person()
    number = await world.story(who)
    await _decide(world, who, purpose, True)
    assert await _told(world, purpose, [number]) == [("CONSENT_GRANTED", number)]
    await _decide(world, who, purpose, False)
    assert await _told(world, purpose, [number]) == [("CONSENT_WITHDRAWN", number)]
    await _decide(world, who, purpose, True)
    assert (await _told(world, purpose, [number]))[-1] == ("CONSENT_GRANTED", number)


@pytest.mark.parametrize("purpose", OTHERS)
async def test_other_recipients_hear_nothing_of_it(world: World, purpose: ConsentPurpose) -> None:
    who = await world.person(*ConsentPurpose)
    number = await world.story(who)
    await _decide(world, who, purpose, False)
    for other in set(OTHERS) - {purpose}:
        assert await _told(world, other, [number]) == []


@pytest.mark.parametrize("status", ["RESTRICTED", "REJECTED", "WITHDRAWN", "IN_REVIEW"])
async def test_p10_nothing_leaves_of_a_story_that_is_not_published(world: World, status: str) -> None:
    number = await world.story(await world.person(ConsentPurpose.FEED), status)
    async with world.sessions.begin() as session:
        emit(session, EventKind.CONSENT_GRANTED, [number], ConsentPurpose.FEED)
    assert await _told(world, ConsentPurpose.FEED, [number]) == []


@pytest.mark.parametrize("purpose", ConsentPurpose)
async def test_p25_everybody_is_told_what_to_delete(world: World, purpose: ConsentPurpose) -> None:
    """P25: of stories that are gone, whoever agreed to what."""
    numbers = [await world.story(await world.person(), "WITHDRAWN"), 2_000_000_000]
    async with world.sessions.begin() as session:
        emit(session, EventKind.STORY_WITHDRAWN, numbers[:1])
        emit(session, EventKind.STORY_ERASED, numbers[1:])
    assert set(await _told(world, purpose, numbers)) >= {("STORY_WITHDRAWN", numbers[0]), ("STORY_ERASED", numbers[1])}


async def test_p17_taking_back_publish_leaves_as_withdrawals(world: World) -> None:
    who = await world.person(ConsentPurpose.PUBLISH, ConsentPurpose.FEED)
    numbers = [await world.story(who), await world.story(who, "IN_REVIEW")]
    await _decide(world, who, ConsentPurpose.PUBLISH, False)
    assert sorted(await _told(world, ConsentPurpose.FEED, numbers)) == [("STORY_WITHDRAWN", n) for n in numbers]


async def test_p25_the_earlier_event_of_a_slow_transaction_is_never_skipped(world: World) -> None:
    """P25: a recipient who reads all the time sees every event once, in the same order as one who reads afterwards."""
    numbers = [await world.story(await world.person(), "WITHDRAWN") for _ in range(3)]
    place, seen = Place(), []

    async def read_on() -> None:
        nonlocal place
        for event in await _read(world, ConsentPurpose.FEED, place):
            seen.append(event)
            place = event.place

    async with world.sessions.begin() as slow:
        emit(slow, EventKind.STORY_WITHDRAWN, numbers[:1])
        await slow.flush()
        async with world.sessions.begin() as quick:
            emit(quick, EventKind.STORY_WITHDRAWN, numbers[1:2])
        await read_on()
        # The quick one has committed, and yet waits for the slow one, whose event has the lower number.
        assert not {event.number for event in seen} & set(numbers)
    async with world.sessions.begin() as last:
        emit(last, EventKind.STORY_WITHDRAWN, numbers[2:])
    await world.settled(numbers)
    await read_on()
    assert [event.number for event in seen if event.number in numbers] == numbers
    assert seen == await _read(world, ConsentPurpose.FEED)


async def test_a_slow_transaction_with_a_higher_event_is_not_skipped_either(world: World) -> None:
    """A transaction that began first may write its event last: the order is the transactions', not the events'."""
    early, late = [await world.story(await world.person(), "WITHDRAWN") for _ in range(2)]
    async with world.sessions.begin() as slow:
        await (await slow.connection()).exec_driver_sql("select pg_current_xact_id()")
        async with world.sessions.begin() as quick:
            emit(quick, EventKind.STORY_WITHDRAWN, [early])
        emit(slow, EventKind.STORY_WITHDRAWN, [late])
    assert await _told(world, ConsentPurpose.FEED, [early, late]) == [
        ("STORY_WITHDRAWN", late),
        ("STORY_WITHDRAWN", early),
    ]


async def test_p12_writers_at_once_lose_no_event(world: World) -> None:
    """P12: many people change their minds while a recipient reads; in the end it knows what stands."""
    people = [await world.person(ConsentPurpose.FEED) for _ in range(12)]
    stories = {await world.story(who): who for who in people}
    place, copies, done = Place(), set(stories), asyncio.Event()

    async def follow() -> None:
        nonlocal place
        while not done.is_set() or await _read(world, ConsentPurpose.FEED, place, 1):
            for event in await _read(world, ConsentPurpose.FEED, place, 5):
                place = event.place
                if event.kind in (EventKind.CONSENT_GRANTED, EventKind.CONSENT_WITHDRAWN):
                    (copies.add if event.kind == EventKind.CONSENT_GRANTED else copies.discard)(event.number)
            await asyncio.sleep(0)

    async def waver(number: int, times: int) -> None:
        for turn in range(times):
            await _decide(world, stories[number], ConsentPurpose.FEED, bool(turn % 2))

    reader = asyncio.create_task(follow())
    await asyncio.gather(*(waver(number, 1 + place_ % 4) for place_, number in enumerate(stories)))
    await world.settled(stories)
    done.set()
    await reader
    assert copies & set(stories) == {n for place_, n in enumerate(stories) if place_ % 4 in (1, 3)}


async def test_a_place_far_away_is_a_place(world: World) -> None:
    """Ids and transaction numbers of years to come don't overflow."""
    assert await _read(world, ConsentPurpose.FEED, Place(2**63, 2**62)) == []


async def test_pages_follow_each_other(world: World) -> None:
    numbers = [await world.story(await world.person(), "WITHDRAWN") for _ in range(5)]
    async with world.sessions.begin() as session:
        emit(session, EventKind.STORY_WITHDRAWN, numbers)
    await world.settled(numbers)
    everything = await _read(world, ConsentPurpose.SOCIAL)
    paged: list[Leaving] = []
    while page := await _read(world, ConsentPurpose.SOCIAL, paged[-1].place if paged else None, 2):
        paged += page
    assert paged == everything
    assert {event.number for event in everything} >= set(numbers)
