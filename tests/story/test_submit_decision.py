"""Who sends a story, with which consent to its publication, and what an answer with everything costs."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from models.account import PlatformRole
from models.consent import ConsentPurpose
from models.privacy_notice import NOTICE_VERSION
from operations.session import WHOSE
from policies.viewer import Member
from tests.consent.world import ENGLAND, World
from tests.story.sending import SUBMIT, form, send

PUBLISH = ConsentPurpose.PUBLISH
# Consent is given with the story, stands from before, was taken back, or never was.
#   · is refused for want of consent, @ for want of an email, M waits for who reads the mailbox, Y is a story
CONSENTS = ("given", "stands", "back", "none")
TABLE = """
visitor   @ @ @ @
mailbox   M · · ·
member    Y Y · ·
author    Y Y · ·
staff     Y Y · ·
other     Y Y · ·
mod       Y Y · ·
safe      Y Y · ·
abuse     Y Y · ·
dpo       Y Y · ·
admin     Y Y · ·
"""
ROLES = {
    "mod": PlatformRole.MODERATOR, "safe": PlatformRole.SAFEGUARDING, "abuse": PlatformRole.ABUSE,
    "dpo": PlatformRole.DPO, "admin": PlatformRole.ADMIN,
}  # fmt: skip
JOIN = """
insert into membership (account_id, organisation_id, role)
select $1, organisation_id, 'MANAGER' from service where (id = $2) = $3 order by organisation_id desc limit 1
"""
DECISIONS = [
    (viewer, consent, mark)
    for viewer, *marks in (line.split() for line in TABLE.strip().splitlines())
    for consent, mark in zip(CONSENTS, marks, strict=True)
]
MARKS = {"consents": "·", "email": "@"}


async def _viewer(world: World, name: str) -> Member:
    """Somebody who is signed in, or whose address somebody else gives."""
    who = await world.person()
    if name in ROLES:
        await world.connection.execute("update account set roles = $2 where id = $1", who.account_id, [ROLES[name]])
    if name in ("staff", "other"):
        service = await world.connection.fetchval(ENGLAND)
        await world.connection.execute(JOIN, who.account_id, service, name == "staff")
    if name == "author":
        await world.story(who)
    return who


async def _mailbox(world: World, who: Member, email: str) -> None:
    sealed = world.keyring.open(who.key, str(who.account_id)).encrypt(email, f"account.email:{who.account_id}")
    hash_ = world.keyring.email_hash(email)
    await world.connection.execute(
        "update account set email_hash = $2, email = $3 where id = $1", who.account_id, hash_, sealed
    )


@pytest.mark.parametrize(("viewer", "consent", "mark"), DECISIONS)
async def test_p12_who_sends_a_story(world: World, viewer: str, consent: str, mark: str) -> None:
    """P12: never without consent; one that stands counts for who is signed in, not for who types their address."""
    who, email = await _viewer(world, viewer), f"{viewer}-{consent}@people.example"
    if viewer == "mailbox":
        await _mailbox(world, who, email)
    if consent in ("stands", "back"):
        await world.agree(who.account_id, PUBLISH)
    if consent == "back":
        await world.agree(who.account_id, PUBLISH, False)
    given: dict[str, Any] = {"consents": ["PUBLISH"] if consent == "given" else []}
    signed_in = None if viewer in ("visitor", "mailbox") else who
    payload = await send(world, signed_in, email=email if viewer == "mailbox" else None, **given)
    fields = [problem["field"] for problem in payload["problems"]]
    assert _outcome(fields, payload["number"]) == mark
    theirs = "select count(*) filter (where status = 'SUBMITTED') from story where author_id = $1"
    assert await world.connection.fetchval(theirs, who.account_id) == (mark == "Y")
    waits = "select count(*) from waiting_story where account_id = $1"
    assert await world.connection.fetchval(waits, who.account_id) == (mark == "M")


def _outcome(fields: list[str], number: int | None) -> str:
    if fields:
        (field,) = fields
        return MARKS[field]
    return "M" if number is None else "Y"


async def test_a_submission_is_ten_statements_with_its_answer(world: World) -> None:
    """Over HTTP, with all that can be sent; who asks is known from one more before."""
    who = await world.person(PUBLISH)
    await world.story(who)
    await send(world, who)
    filled = await _everything(world)
    heard: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        heard.append(statement)

    pool = world.client._transport.app.executor.pool  # type: ignore[attr-defined]
    readers = [connection for connection in pool._idle if connection]
    event.listen(Engine, "before_cursor_execute", hear)
    for connection in readers:
        connection.add_query_logger(lambda record: heard.append(record.query))
    payload = (await world.ask(SUBMIT, who, input=filled))["submitStory"]
    # The loggers hear of a statement a turn of the event loop later.
    await asyncio.sleep(0.05)
    event.remove(Engine, "before_cursor_execute", hear)
    for connection in readers:
        connection._query_loggers.clear()
    assert payload["story"]["number"] == payload["number"]
    assert heard.pop(heard.index(WHOSE))
    assert 8 < len(heard) <= 10, heard


async def _everything(world: World) -> dict[str, Any]:
    services = await world.connection.fetch("select id from service order by id limit 10")
    return await form(
        world, serviceIds=[f"Service:{service['id']}" for service in services], postcode="M1 1AE", penName="Robin",
        tags=[{"kind": kind, "label": f"cost {n}"} for kind in ("GOOD", "IMPROVE", "FEELING") for n in range(10)],
        consents=[purpose.value for purpose in ConsentPurpose], noticeVersion=NOTICE_VERSION, idempotencyKey="once",
    )  # fmt: skip
