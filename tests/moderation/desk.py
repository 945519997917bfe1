"""What tests of moderation share: authors with an email, moderators, and what is left of what they did."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import orjson

from models.account import PlatformRole
from models.consent import ConsentPurpose
from operations.moderation import Desk
from operations.problem import ProblemError
from policies.viewer import Member
from tests.consent.world import World

URL = "https://candour.example"
EMAIL = "canary-author@people.example"
REASON = "It names a nurse."
MODERATES = frozenset([PlatformRole.MODERATOR])
Step = Callable[[Desk, int], Awaitable[int]]


async def author_of(world: World, *purposes: ConsentPurpose) -> Member:
    """Somebody with a confirmed email."""
    who = await world.person(*(purposes or (ConsentPurpose.PUBLISH,)))
    email = world.keyring.open(who.key, str(who.account_id)).encrypt(EMAIL, f"account.email:{who.account_id}")
    await world.connection.execute("update account set email = $2 where id = $1", who.account_id, email)
    return who


async def moderator(world: World) -> Member:
    """Somebody who moderates, by the database too."""
    who = await world.person()
    await world.connection.execute("update account set roles = '{MODERATOR}' where id = $1", who.account_id)
    return replace(who, roles=MODERATES)


async def do(world: World, who: Member, step: Step, number: int) -> int:
    """A step in a transaction of its own."""
    async with world.sessions.begin() as session:
        return await step(Desk(session, world.keyring, world.plan(who), who, URL), number)


async def outcome(world: World, who: Member, step: Step, number: int) -> str:
    """Y where it was done, or the problem's code."""
    try:
        await do(world, who, step, number)
    except ProblemError as error:
        return str(error.code)
    return "Y"


async def status(world: World, number: int) -> str:
    return str(await world.connection.fetchval("select status from story where id = $1", number))


async def steps(world: World, number: int) -> list[tuple[str, str | None]]:
    """The moderation log: what was done, and the note."""
    rows = await world.connection.fetch(
        "select action::text, note from moderation_entry where story_id = $1 order by done_at, id", number
    )
    return [(row["action"], row["note"]) for row in rows]


async def events(world: World, number: int) -> list[str]:
    rows = await world.connection.fetch("select kind::text from event where number = $1 order by id", number)
    return [row["kind"] for row in rows]


async def mails(world: World, author: Member) -> list[dict[str, Any]]:
    """The e-mails that wait for a person: the template, and what it says."""
    key = world.keyring.open(author.key, str(author.account_id))
    rows = await world.connection.fetch(
        "select id, template, content from mail where account_id = $1 order by queued_at", author.account_id
    )
    return [
        {"template": row["template"], **orjson.loads(key.decrypt(row["content"], f"mail.content:{row['id']}"))}
        for row in rows
    ]
