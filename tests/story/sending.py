"""Sends stories, and follows the links in the e-mails about them."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from operations.demo.cast import HOST, PASSWORD
from tests.consent.world import ENGLAND, World

SUBMIT = """mutation($input: SubmitStoryInput!) {
  submitStory(input: $input) { number story { number status } problems { code field message } }
}"""
VERIFY = "mutation($t: String!) { verifyEmail(token: $t) { confirmed problems { code field } } }"
SIGN_IN = "mutation($e: String!, $p: String!) { signIn(email: $e, password: $p) { token } }"
EVERY = "{ stories(first: 100, filter: FILTER) { totalCount nodes { number } } }"
MAILS = """
select mail.id, template, content, account_id, wrapped from mail join person_key on person_key.id = account_id
where account_id = $1 order by queued_at
"""


async def form(world: World, **given: Any) -> dict[str, Any]:
    """A form that can be sent as it is."""
    service = await world.connection.fetchval(ENGLAND)
    filled = {
        "title": "A title", "body": "What happened to me.", "serviceIds": [f"Service:{service}"], "ageGroup": "ADULT",
        "authorRole": "CARER", "consents": ["PUBLISH"],
    }  # fmt: skip
    return filled | given


async def send(world: World, who: Any = None, **given: Any) -> Any:
    """The payload of sending a story; whatever was sent before is not counted."""
    (payload,) = await send_at_once(world, who, 1, **given)
    return payload


async def send_at_once(world: World, who: Any, times: int, **given: Any) -> list[Any]:
    """The payloads of sending the same as many times, all at once."""
    await world.connection.execute("delete from attempt where kind = 'SUBMIT'")
    filled = await form(world, **given)
    answers = await asyncio.gather(*(world.ask(SUBMIT, who, input=filled) for _ in range(times)))
    return [answer["submitStory"] for answer in answers]


async def row(world: World, query: str, *values: Any) -> asyncpg.Record:
    """The one row of a query."""
    found = await world.connection.fetchrow(query, *values)
    assert found is not None
    return found


async def account(world: World, email: str) -> UUID | None:
    """The account of this email."""
    hash_ = world.keyring.email_hash(email)
    found: UUID | None = await world.connection.fetchval("select id from account where email_hash = $1", hash_)
    return found


async def mails(world: World, person: UUID | None) -> list[tuple[str, dict[str, str]]]:
    """The e-mails that wait for this person: template and values."""
    rows = await world.connection.fetch(MAILS, person)
    return [
        (
            mail["template"],
            orjson.loads(
                world.keyring.open(mail["wrapped"], str(person)).decrypt(mail["content"], f"mail.content:{mail['id']}")
            ),
        )
        for mail in rows
    ]


async def token(world: World, person: UUID | None) -> str:
    """The token of the newest link that waits for this person."""
    *_, (_, values) = await mails(world, person)
    return values["link"].rpartition("=")[2]


async def confirm(world: World, token: str) -> Any:
    """Follow the link."""
    return (await world.ask(VERIFY, t=token))["verifyEmail"]


async def signed_in(world: World, name: str) -> str:
    """The token of a session of somebody of the demo world."""
    answer = await world.ask(SIGN_IN, e=f"{name}@{HOST}", p=PASSWORD)
    return str(answer["signIn"]["token"])
