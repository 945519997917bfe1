"""Whether answers are counted follows the ledger, though nothing but the person's key leads from one to the other."""

import asyncio
from random import Random
from uuid import UUID

import pytest
from sqlmodel import select

from models.account import Account
from models.consent import ConsentPurpose, standing
from models.demographics import Demographics
from operations.consent import set_consent
from operations.demographics import row_of, update_demographics
from operations.sharing import countable
from policies.viewer import Member
from tests.consent.world import World

STEPS = 12


async def _disagreeing(world: World) -> list[UUID]:
    """The accounts whose answers are counted without consent, or not counted with it."""
    async with world.sessions() as session:
        counted = {row.id for row in await session.exec(countable())}
        known = {row.id for row in await session.exec(select(Demographics))}
        people = await session.exec(select(Account, standing(Account.id, ConsentPurpose.STATISTICS)))
        rows = [(account.id, row_of(world.keyring, account), agreed) for account, agreed in people]
    assert {row for _, row, _ in rows if row} <= known
    return [person for person, row, agreed in rows if row and (row in counted) != agreed]


async def test_p12_in_the_demo_world_those_are_counted_who_agreed(world: World) -> None:
    """P12: the seed keeps to it, too."""
    assert await _disagreeing(world) == []
    async with world.sessions() as session:
        agreed = {row.counted for row in await session.exec(select(Demographics))}
    assert agreed == {False, True}


@pytest.mark.parametrize("seed", range(3))
async def test_p07_whatever_people_do_at_once_only_who_agrees_is_counted(world: World, seed: int) -> None:
    """P07, P12: answering, clearing, agreeing and taking that back, from several devices of each person."""
    people = [await world.person() for _ in range(4)]

    async def device(who: Member, chance: Random) -> None:
        for _ in range(STEPS):
            async with world.sessions.begin() as session:
                if chance.random() < 0.5:
                    purpose, granted = ConsentPurpose.STATISTICS, chance.random() < 0.5
                    await set_consent(session, world.keyring, who.account_id, purpose, granted, "API")
                else:
                    year = chance.choice([None, 1950, 1960])
                    await update_demographics(session, world.keyring, who.account_id, {"birth_year": year})

    await asyncio.gather(*(device(who, Random(f"{seed} {n}")) for n, who in enumerate(people * 2)))
    assert await _disagreeing(world) == []
