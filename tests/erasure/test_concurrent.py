"""Erasure beside whatever else happens at the same time, in both orders, and interrupted half-way (P18)."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from models.consent import ConsentPurpose
from operations.account import hold
from operations.consent import set_consent
from operations.correction import correct
from operations.data_export.request import request
from operations.erasure import erase, erase_account
from operations.problem import ProblemError
from operations.reading import record_reading
from operations.similar import mark_similar, unmark_similar
from operations.story import withdraw_stories, withdraw_story
from tests.consent.world import World
from tests.erasure.person import PASSWORD, Person, furnished, somebody, traces

Deed = Callable[[World, AsyncSession, Person, int], Awaitable[object]]
ADDRESS = "2001:db8:e::1"


async def _mark(world: World, session: AsyncSession, person: Person, number: int) -> object:
    return await mark_similar(session, world.plan(person.member), person.member, number)


async def _read(world: World, session: AsyncSession, person: Person, number: int) -> object:
    return await record_reading(session, world.plan(person.member), person.member, number)


async def _correct(world: World, session: AsyncSession, person: Person, _number: int) -> object:
    values = {"pen_name": f"new {person.mark}"}
    await correct(session, world.keyring, person.id, values, "http://candour.test")
    await session.flush()
    return None


async def _copy(_world: World, session: AsyncSession, person: Person, _number: int) -> object:
    return await request(session, person.id)


async def _agree(world: World, session: AsyncSession, person: Person, _number: int) -> object:
    return await set_consent(session, world.keyring, person.id, ConsentPurpose.FEED, True, "API")


async def _withdraw(world: World, session: AsyncSession, person: Person, _number: int) -> object:
    number = person.stories["PUBLISHED"]
    return await withdraw_story(session, world.plan(person.member), person.member, number)


DEEDS: tuple[Deed, ...] = (_mark, _read, _correct, _copy, _agree, _withdraw)


async def _someone(world: World, deed: Deed) -> tuple[Person, int]:
    """Who does it, and a public story of somebody else."""
    person = await (furnished if deed is _withdraw else somebody)(world)
    return person, await world.story(await world.person())


async def _erase(world: World, person: Person) -> None:
    await erase_account(world.sessions.begin, world.keyring, person.id, PASSWORD, ADDRESS)


async def _until_waiting(world: World, tasks: int = 1) -> None:
    waits = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    async with asyncio.timeout(10):
        while await world.connection.fetchval(waits) < tasks:
            await world.connection.execute("select pg_sleep(0.01)")


@pytest.mark.parametrize("deed", DEEDS)
async def test_p18_what_waits_for_an_erasure_is_not_done(world: World, deed: Deed) -> None:
    """P18: the deed comes second: it is refused, and nothing of it is written."""
    person, number = await _someone(world, deed)

    async def do() -> None:
        async with world.sessions.begin() as session:
            await deed(world, session, person, number)

    async with world.sessions.begin() as session:
        await erase(session, world.keyring, await hold(session, person.id, change=True))
        waiting = asyncio.create_task(do())
        await _until_waiting(world)
    with pytest.raises(ProblemError):
        await waiting
    assert await traces(world, [*person.needles()]) == {}
    assert set(await traces(world, [str(person.id)])) <= {"audit_event"}


@pytest.mark.parametrize("deed", DEEDS)
async def test_p18_an_erasure_that_waits_takes_the_deed_with_it(world: World, deed: Deed) -> None:
    """P18: the deed comes first: the erasure finds what it wrote."""
    person, number = await _someone(world, deed)
    async with world.sessions.begin() as session:
        await deed(world, session, person, number)
        waiting = asyncio.create_task(_erase(world, person))
        await _until_waiting(world)
    await waiting
    assert await traces(world, person.needles()) == {}
    assert set(await traces(world, [str(person.id)])) <= {"audit_event"}
    assert await world.connection.fetchval("select similar_count from story where id = $1", number) == 0


async def test_p18_a_process_that_dies_half_way_has_done_nothing(world: World) -> None:
    """P18: whole or not at all; asked again, it is done."""
    person = await furnished(world)
    needles = [*person.needles(), str(person.id)]
    before = await traces(world, needles)
    session = world.sessions()
    try:
        await erase(session, world.keyring, await hold(session, person.id, change=True))
        process = (await session.exec(text("select pg_backend_pid()"))).scalar_one()  # type: ignore[call-overload]
        await world.connection.execute("select pg_terminate_backend($1, 5000)", process)
        with pytest.raises(Exception, match=r"(?i)connection|terminat"):
            await session.commit()
    finally:
        await session.invalidate()
    assert await traces(world, needles) == before
    wrapped = await world.connection.fetchval("select wrapped from person_key where id = $1", person.id)
    sealed = await world.connection.fetchval("select email from account where id = $1", person.id)
    opened = world.keyring.open(wrapped, str(person.id)).decrypt(sealed, f"account.email:{person.id}")
    assert opened == person.email
    await _erase(world, person)
    assert await traces(world, person.needles()) == {}


async def _know(world: World, person: Person, numbers: list[int]) -> None:
    """Marks and readings of these stories, in this order."""
    for deed in (_mark, _read):
        for number in numbers:
            async with world.sessions.begin() as session:
                await deed(world, session, person, number)


async def _waver(world: World, person: Person, numbers: list[int]) -> None:
    """Marks and takes back, as long as the stories are there."""
    for deed in (mark_similar, unmark_similar) * 3:
        for number in numbers:
            with suppress(ProblemError):
                async with world.sessions.begin() as session:
                    await deed(session, world.plan(person.member), person.member, number)


async def test_people_who_know_each_other_s_stories_are_erased_at_once(world: World) -> None:
    """P18: each has read and marked the others' stories; nobody waits in a circle, others withdraw and mark meanwhile."""
    people = [await somebody(world) for _ in range(6)]
    numbers = [await world.story(person.member) for person in people]
    bystander = await somebody(world)
    spare = [await world.story(bystander.member) for _ in range(3)]
    for place, person in enumerate(people):
        order = [*numbers, *spare] if place % 2 else [*reversed(spare), *reversed(numbers)]
        await _know(world, person, [number for number in order if number != numbers[place]])

    async def withdraw() -> None:
        async with world.sessions.begin() as session:
            await withdraw_stories(session, spare)

    async with asyncio.timeout(30):
        await asyncio.gather(
            *(_erase(world, person) for person in people), withdraw(), _waver(world, bystander, numbers)
        )
    for person in people:
        assert await traces(world, [*person.needles(), str(person.id)]) == {}
    counts = await world.connection.fetch("select similar_count from story where id = any($1)", [*numbers, *spare])
    assert [row["similar_count"] for row in counts] == [0] * len(spare)
