"""A disclosure on an open subscription: what it opens is told while it is active, and with the next event no more (P09)."""

from dataclasses import replace
from uuid import UUID

import pytest

from policies.viewer import Member
from tests.consent.world import World
from tests.event.live import Live, answer, answers

TOLD = "subscription ($id: ID!) { storyChanged(id: $id) { number title author { id } postcode } }"
MADE = """
insert into disclosure (id, story_id, account_id, fields, organisation_id, requested_by, approved_by, approved_at, expires_at)
select gen_random_uuid(), $1, $2, array['Account.id', 'Story.author'], $3, $4, $5, now(), now() + $6::text::interval
returning id
"""
JOIN = "insert into membership (account_id, organisation_id, role) values ($1, $2, 'MANAGER')"
READ = "select fields from audit_event where disclosure_id = $1 and account_id = $2"
ENDS = {
    "revoked": "update disclosure set revoked_at = clock_timestamp() where id = $1",
    "another's": "delete from membership where account_id = $2 and $1::uuid is not null",
}


async def disclosed(world: World, number: int, author: Member, lasts: str = "1 hour") -> tuple[Member, UUID]:
    """A manager of the police to whom a story and who wrote it are disclosed."""
    one, other, who = await world.person(), await world.person(), await world.person()
    police = await world.connection.fetchval("select min(id) from organisation where kind = 'POLICE'")
    await world.connection.execute(JOIN, who.account_id, police)
    people = (author.account_id, police, one.account_id, other.account_id)
    return replace(who, staff=True, recipient=True), await world.connection.fetchval(MADE, number, *people, lasts)


async def change(live: Live, number: int, title: str) -> None:
    await live.world.connection.execute("update story set title = $2 where id = $1", number, title)
    await live.tell("STORY_RESTRICTED", number)


@pytest.mark.parametrize("end", ENDS)
async def test_p09_what_is_not_disclosed_any_more_is_not_told(live: Live, world: World, end: str) -> None:
    author = await world.person()
    number = await world.story(author, "RESTRICTED")
    who, id_ = await disclosed(world, number, author)
    heard = await live.listen(TOLD, who, id=f"Story:{number}")
    await change(live, number, "Told")
    told = (await answer(heard))["data"]["storyChanged"]
    assert told == {
        "number": number,
        "title": "Told",
        "author": {"id": f"Account:{author.account_id}"},
        "postcode": None,
    }
    assert {field for row in await world.connection.fetch(READ, id_, who.account_id) for field in row["fields"]} == {
        "Story.author", "Account.id",
    }  # fmt: skip
    before = await world.connection.fetchval("select count(*) from audit_event where disclosure_id = $1", id_)
    statement = ENDS[end]
    await world.connection.execute(statement, id_, *([who.account_id] if "$2" in statement else []))
    await change(live, number, "Not told")
    found = await answers(live, heard)
    assert [one["data"]["storyChanged"] for one in found] == [
        {"number": number, "title": None, "author": None, "postcode": None}
    ]
    assert "Not told" not in str(found)
    after = await world.connection.fetchval("select count(*) from audit_event where disclosure_id = $1", id_)
    assert after == before


async def test_p09_what_has_expired_is_not_told(live: Live, world: World) -> None:
    """By the database's clock, without anybody doing anything."""
    author = await world.person()
    number = await world.story(author, "RESTRICTED")
    who, id_ = await disclosed(world, number, author, "1 second")
    heard = await live.listen(TOLD, who, id=f"Story:{number}")
    await world.connection.fetchval(
        "select pg_sleep(greatest(0, extract(epoch from expires_at - clock_timestamp()))) from disclosure where id = $1",
        id_,
    )
    await change(live, number, "Not told")
    assert all(one["data"]["storyChanged"]["title"] is None for one in await answers(live, heard))
