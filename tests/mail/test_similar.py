"""E-mails about changes to those who marked the story: who is not told, and each one once (P05, P12, P21)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from models.change import ChangeKind
from models.mail import MailTopic
from operations.account import hold
from operations.erasure import erase
from operations.mail import similar
from operations.mail.preference import refuse
from operations.outbox import ahead
from operations.similar import mark_similar
from operations.story import withdraw_stories
from policies.viewer import Member
from tests.consent.world import World
from tests.mail.box import EMAIL
from tests.response.cast import URL, Cast

TOLD = ["similar_change_made"]


class KilledError(Exception):
    """The process ends here."""


async def marked(world: World, cast: Cast, number: int, count: int = 1) -> list[Member]:
    """People who asked to hear of changes."""
    people = [await cast.reachable(await world.person(), EMAIL) for _ in range(count)]
    for who in people:
        async with world.sessions.begin() as session:
            await mark_similar(session, world.plan(who), who, number, True)
    return people


async def changed(world: World, cast: Cast, number: int | None = None) -> int:
    """The number of a story because of which a change was made."""
    about = number or await world.story(await world.person())
    await cast.published(await cast.staff(), about, ChangeKind.MADE)
    await world.settled([about])
    return about


@pytest.mark.parametrize("done", ["update story set status = 'RESTRICTED', restriction_reason = 'A reason' where id = $1",
    "update change set status = 'PENDING', published_at = null where story_id = $1"])  # fmt: skip
async def test_p10_nobody_is_led_to_what_is_not_public_any_more(world: World, cast: Cast, done: str) -> None:
    """P10: a story that was restricted since, a change that is gone."""
    number = await world.story(await world.person())
    (who,) = await marked(world, cast, number)
    await changed(world, cast, number)
    await world.connection.execute(done, number)
    await cast.tell(number)
    assert await cast.mails(who) == []


async def test_p17_nobody_is_told_of_a_story_that_is_withdrawn(world: World, cast: Cast) -> None:
    """P17."""
    number = await world.story(await world.person())
    (who,) = await marked(world, cast, number)
    await changed(world, cast, number)
    async with world.sessions.begin() as session:
        await withdraw_stories(session, [number])
    await cast.tell(number)
    assert await cast.mails(who) == []


async def test_p12_nobody_is_told_who_refused_or_has_no_confirmed_address(world: World, cast: Cast) -> None:
    """P12."""
    number = await world.story(await world.person())
    refusing, unconfirmed, told = await marked(world, cast, number, 3)
    unreachable = await world.person()
    async with world.sessions.begin() as session:
        await mark_similar(session, world.plan(unreachable), unreachable, number, True)
        await refuse(session, refusing.account_id, MailTopic.SIMILAR)
    statement = "update account set email_verified_at = null where id = $1"
    await world.connection.execute(statement, unconfirmed.account_id)
    await changed(world, cast, number)
    assert await cast.tell(number) == 1
    people = (refusing, unconfirmed, unreachable, told)
    assert [await cast.mails(who) for who in people] == [[], [], [], TOLD]


async def test_p18_who_is_being_erased_is_waited_for_and_not_told(world: World, cast: Cast) -> None:
    """P18."""
    number = await world.story(await world.person())
    gone, there = await marked(world, cast, number, 2)
    await changed(world, cast, number)
    async with world.sessions.begin() as session:
        account = await hold(session, gone.account_id, change=True)
        telling = asyncio.create_task(similar.tell_similar(world.sessions.begin, world.keyring, URL))
        await world.waited()
        await erase(session, world.keyring, account)
    assert await telling == 1
    assert (await cast.mails(gone), await cast.mails(there)) == ([], TOLD)


async def test_a_publication_waits_for_nobody_who_marked_the_story(world: World, cast: Cast) -> None:
    number = await world.story(await world.person())
    (who,) = await marked(world, cast, number)
    async with world.sessions.begin() as session:
        await hold(session, who.account_id, change=True)
        await asyncio.wait_for(changed_now(world, cast, number), 10)
    assert await cast.tell(number) == 1


async def changed_now(world: World, cast: Cast, number: int) -> None:
    await cast.published(await cast.staff(), number, ChangeKind.MADE)


async def test_p01_it_says_the_number_and_the_address_only(world: World, cast: Cast) -> None:
    """P01."""
    number = await world.story(await world.person())
    (who,) = await marked(world, cast, number)
    await cast.tell(await changed(world, cast, number))
    (row,) = await world.connection.fetch("select id, content from mail where account_id = $1", who.account_id)
    id_, content = row
    said = world.keyring.open(who.key, str(who.account_id)).decrypt(content, f"mail.content:{id_}")
    assert said == f'{{"to":"{EMAIL}","link":"{URL}/stories/{number}","number":"{number}"}}'


async def test_each_change_is_told_of_once(world: World, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar, "BATCH", 2)
    number = await world.story(await world.person())
    people = await marked(world, cast, number, 5)
    await changed(world, cast, number)
    assert [await cast.tell(number) for _ in range(2)] == [5, 0]
    await changed(world, cast, number)
    assert [await cast.tell(number) for _ in range(2)] == [5, 0]
    assert [await cast.mails(who) for who in people] == [TOLD * 2] * 5


@pytest.mark.parametrize("seed", range(3))
async def test_p21_whenever_it_is_broken_off_everybody_is_told_once(
    world: World, cast: Cast, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """P21: before a commit and after it, again and again, several at once."""
    monkeypatch.setattr(similar, "BATCH", 2)
    chance, numbers = Random(seed), [await world.story(await world.person()) for _ in range(2)]
    people = {number: await marked(world, cast, number, 5) for number in numbers}
    for number in numbers:
        await changed(world, cast, number)

    @asynccontextmanager
    async def transaction() -> AsyncIterator[AsyncSession]:
        async with world.sessions.begin() as session:
            yield session
            if chance.random() < 0.3:
                raise KilledError
        if chance.random() < 0.3:
            raise KilledError

    async def work(_: int) -> Any:
        try:
            return await similar.tell_similar(transaction, world.keyring, URL)
        except KilledError:
            return None

    for _ in range(10):
        await asyncio.gather(*map(work, range(2)))
    await cast.tell(numbers[0])
    told = [await cast.mails(who) for found in people.values() for who in found]
    assert told == [TOLD] * 10


async def test_other_events_are_passed_in_one_go(world: World, cast: Cast) -> None:
    await cast.tell(await changed(world, cast))
    number = await world.story(await world.person())
    for _ in range(2):
        await cast.published(await cast.staff(), number, ChangeKind.PLANNED)
    assert await cast.tell(number) == 0
    async with world.sessions.begin() as session:
        assert (await ahead(session, similar.READER))[1] == []
