"""Erasing a person waits for what is matched and told meanwhile, and nothing of theirs is left (P18)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from operations.account import hold
from operations.alert.due import due
from operations.alert.match import match_stories
from operations.erasure import erase
from policies.viewer import Member
from tests.alert.staff import Staff

Work = Callable[[AsyncSession, int], Awaitable[Any]]


async def _match(session: AsyncSession, number: int) -> None:
    await match_stories(session, [number])


async def _tell(session: AsyncSession, number: int) -> None:
    await due(session, 1_000)


async def _erase(staff: Staff, who: Member) -> None:
    async with staff.world.sessions.begin() as session:
        await erase(session, staff.world.keyring, await hold(session, who.account_id, change=True))


@pytest.mark.parametrize("work", [_match, _tell])
async def test_an_erasure_waits_and_leaves_nothing(staff: Staff, work: Work) -> None:
    who = await staff.hire()
    alert = await staff.set(who)
    number = await staff.world.story(None, service=staff.service)
    if work is _tell:
        await staff.match(number)
    async with staff.world.sessions.begin() as session:
        await work(session, number)
        erasing = asyncio.create_task(_erase(staff, who))
        await staff.world.waited()
    await erasing
    assert await staff.matched(alert) == []
    assert await staff.world.connection.fetchval("select count(*) from alert where id = $1", alert) == 0


@pytest.mark.parametrize("work", [_match, _tell])
async def test_who_is_being_erased_is_told_nothing(staff: Staff, work: Work) -> None:
    who, colleague = await staff.hire(), await staff.hire()
    alert, other = await staff.set(who), await staff.set(colleague)
    number = await staff.world.story(None, service=staff.service)
    if work is _tell:
        await staff.match(number)

    async def working() -> None:
        async with staff.world.sessions.begin() as session:
            await work(session, number)

    async with staff.world.sessions.begin() as session:
        await erase(session, staff.world.keyring, await hold(session, who.account_id, change=True))
        busy = asyncio.create_task(working())
        if work is _match:
            await staff.world.waited()
        else:
            await busy
    await busy
    assert (await staff.matched(alert), await staff.matched(other)) == ([], [number])
