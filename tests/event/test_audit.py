"""Subscriptions are on the audit log as answers are: before anything leaves, and with the request that began them."""

from dataclasses import replace

import asyncpg

from models.account import PlatformRole
from operations.audit import request_reference
from policies.viewer import Purpose
from resolvers.answer import Request
from tests.consent.world import World
from tests.event.live import Live, answer, codes, grant
from tests.moderation.desk import author_of

QUERY = "subscription ($id: ID!) { storyChanged(id: $id) { title postcode ipAddress } }"
LOGGED = """
select kind::text, fields, count, request, subject, reference from audit_event where account_id = $1 order by fields, id
"""
BREAK = "create trigger broken before insert on audit_event for each statement execute function audit_event_stays()"


async def test_denied_fields_are_attempts_with_each_event(live: Live, world: World) -> None:
    who, number = await world.person(), await world.story(await author_of(world))
    heard = await live.hub.subscribe(Request(QUERY, {"id": f"Story:{number}"}), who, world.tokens[who.account_id])
    assert await world.connection.fetch(LOGGED, who.account_id) == []
    for title in ("One", "Two"):
        await world.connection.execute("update story set title = $2 where id = $1", number, title)
        await live.tell("STORY_PUBLISHED", number)
        assert (await answer(heard))["data"]["storyChanged"] == {"title": title, "postcode": None, "ipAddress": None}
    await live.executor.close()
    found = [tuple(row)[:3] for row in await world.connection.fetch(LOGGED, who.account_id)]
    ip_address, postcode = ["Story.ipAddress"], ["Story.postcode"]
    assert found == [
        ("DENIED", ip_address, 1),
        ("DENIED", ip_address, 1),
        ("DENIED", postcode, 1),
        ("DENIED", postcode, 1),
    ]


async def test_a_reading_names_the_request_that_began_it(live: Live, world: World) -> None:
    who = await grant(world, await world.person(), PlatformRole.ABUSE)
    number = await _told(world)
    reading = request_reference.set("0a1b2c3d4e5f")
    purposeful = replace(who, purpose=Purpose.ABUSE, reference="CASE-9")
    request = Request(QUERY.replace("postcode", "number"), {"id": f"Story:{number}"})
    heard = await live.hub.subscribe(request, purposeful, world.tokens[who.account_id])
    request_reference.reset(reading)
    await world.connection.execute("update story set title = 'Other' where id = $1", number)
    await live.tell("STORY_PUBLISHED", number)
    assert (await answer(heard))["data"]["storyChanged"]["ipAddress"] == "192.0.2.7"
    (event,) = await world.connection.fetch(LOGGED, who.account_id)
    assert tuple(event) == ("READ", ["Story.ipAddress"], 1, "0a1b2c3d4e5f", f"Story:{number}", "CASE-9")


async def test_a_log_that_cannot_be_written_ends_it_without_data(live: Live, world: World) -> None:
    who = await grant(world, await world.person(), PlatformRole.ABUSE)
    number = await _told(world)
    request = Request(QUERY, {"id": f"Story:{number}"})
    heard = await live.hub.subscribe(request, replace(who, purpose=Purpose.ABUSE), world.tokens[who.account_id])
    await world.connection.execute(BREAK)
    try:
        await world.connection.execute("update story set title = 'Other' where id = $1", number)
        await live.tell("STORY_PUBLISHED", number)
        said = await answer(heard)
    finally:
        await world.connection.execute("drop trigger broken on audit_event")
    assert (said["data"], codes(said)) == (None, ["INTERNAL"])
    (fault,) = live.faults
    assert isinstance(fault, asyncpg.InsufficientPrivilegeError)
    live.faults.clear()


async def _told(world: World) -> int:
    """A story with the IP address from which it was sent."""
    author = await author_of(world)
    number = await world.story(author)
    sealed = world.keyring.open(author.key, str(author.account_id)).encrypt("192.0.2.7", f"story.ip_address:{number}")
    await world.connection.execute("update story set ip_address = $2 where id = $1", number, sealed)
    return number
