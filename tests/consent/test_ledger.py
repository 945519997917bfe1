"""The consent ledger only grows, whoever writes: the database itself says so (P12)."""

from uuid import UUID

import asyncpg
import pytest

from models.consent import ConsentPurpose
from tests.consent.world import World

CHANGES = (
    "update consent set granted = true where account_id = $1",
    "update consent set given_at = now() where account_id = $1",
    "delete from consent where account_id = $1",
    "update consent set account_id = (select id from account where id <> $1 limit 1) where account_id = $1",
)


@pytest.mark.parametrize("change", CHANGES)
async def test_p12_an_entry_is_neither_changed_nor_deleted(world: World, change: str) -> None:
    who = await world.person(ConsentPurpose.FEED)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await world.connection.execute(change, who.account_id)
    assert await _entries(world, who.account_id) == 1


async def test_p12_the_ledger_is_not_emptied(world: World) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await world.connection.execute("truncate consent")


async def test_p18_entries_go_with_their_account_alone(world: World) -> None:
    """P18: erasure leaves no entry, and touches nobody else's."""
    who, other = await world.person(ConsentPurpose.FEED, ConsentPurpose.SOCIAL), await world.person(ConsentPurpose.FEED)
    await world.connection.execute("delete from account where id = $1", who.account_id)
    assert await _entries(world, who.account_id) == 0
    assert await _entries(world, other.account_id) == 1


async def _entries(world: World, person: UUID) -> int:
    return int(await world.connection.fetchval("select count(*) from consent where account_id = $1", person))
