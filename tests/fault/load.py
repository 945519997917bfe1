"""Changes that many people send at once, each again under the same key until it is acknowledged."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx2

from models.database.connection import normalise
from models.secret import token_hash
from tests.consent.world import ENGLAND
from tests.story.sending import SUBMIT

PAUSE = 0.02
PATIENCE = 60.0
SESSION = """
insert into session (id, token_hash, account_id, created_at, expires_at)
values ($1, $2, $3, now(), now() + interval '1 hour')
"""
WRITTEN = """
select title, id,
    (select count(*) from story_service where story_id = story.id) as services,
    (select count(*) from moderation_entry where story_id = story.id and action = 'SUBMITTED') as entries,
    (select count(*) from event where kind = 'STORY_SUBMITTED' and number = story.id) as events
from story where title like 'Load %' order by id
"""
"""Every story of a load, with all that its transaction writes beside it."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in, at an address of their own."""

    id: UUID
    token: str
    address: str


async def signed_in(dsn: str, count: int) -> list[Person]:
    """So many people of the demo world without roles."""
    connection = await asyncpg.connect(normalise(dsn))
    try:
        rows = await connection.fetch("select id from account where roles = '{}' order by id limit $1", count)
        people = [Person(row["id"], f"load-{uuid4()}", f"198.51.100.{place}") for place, row in enumerate(rows)]
        await connection.executemany(SESSION, [(uuid4(), token_hash(one.token), one.id) for one in people])
    finally:
        await connection.close()
    return people


async def until(true: Callable[[], bool | Awaitable[bool]]) -> None:
    """Wait for what will come true."""
    for _ in range(int(PATIENCE / PAUSE)):
        found = true()
        if await found if isinstance(found, Awaitable) else found:
            return
        await asyncio.sleep(PAUSE)
    raise AssertionError("this never came to be")


class Load:
    """Stories that are sent, and what was acknowledged of them."""

    def __init__(self, url: str, dsn: str, people: list[Person], each: int) -> None:
        self.url, self.dsn, self.people, self.each = url, dsn, people, each
        self.name = f"Load {uuid4().hex[:8]}"
        self.taken: dict[str, int] = {}
        self.statuses: Counter[int] = Counter()
        """How often there was which status; 0 where a connection broke."""

    async def run(self) -> None:
        """Send all, all people at once."""
        connection = await asyncpg.connect(normalise(self.dsn))
        service = await connection.fetchval(ENGLAND)
        await connection.close()
        async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
            for place, person in enumerate(self.people):
                group.create_task(self._send_all(place, person, f"Service:{service}"))

    async def reached(self, count: int) -> None:
        """Return once so many are acknowledged."""
        await until(lambda: len(self.taken) >= count)

    async def _send_all(self, place: int, person: Person, service: str) -> None:
        headers = {"Authorization": f"Bearer {person.token}", "X-Forwarded-For": person.address}
        async with httpx2.AsyncClient(headers=headers, timeout=PATIENCE) as client:
            for number in range(self.each):
                title = f"{self.name}: {place}, {number}"
                story = {
                    "title": title, "body": "What happened.", "serviceIds": [service], "ageGroup": "ADULT",
                    "authorRole": "CARER", "consents": ["PUBLISH"], "idempotencyKey": title,
                }  # fmt: skip
                while title not in self.taken:
                    await self._send(client, title, {"query": SUBMIT, "variables": {"input": story}})

    async def _send(self, client: httpx2.AsyncClient, title: str, body: dict[str, Any]) -> None:
        try:
            answer = await client.post(f"{self.url}/graphql", json=body)
        except httpx2.TransportError:
            self.statuses[0] += 1
            return
        self.statuses[answer.status_code] += 1
        if answer.status_code == 200:
            payload = answer.json()["data"]["submitStory"]
            assert payload["problems"] == [], payload
            self.taken[title] = payload["number"]
            return
        assert answer.status_code == 503, answer.text
        assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["UNAVAILABLE"]
        assert int(answer.headers["retry-after"]) > 0
        await asyncio.sleep(PAUSE)

    async def check(self) -> None:
        """What was acknowledged is there, once and whole, and nothing else is."""
        connection = await asyncpg.connect(normalise(self.dsn))
        rows = [row for row in await connection.fetch(WRITTEN) if row["title"].startswith(self.name)]
        await connection.close()
        assert [(row["title"], row["id"]) for row in rows] == sorted(self.taken.items(), key=lambda pair: pair[1])
        assert {tuple(row)[2:] for row in rows} == {(1, 1, 1)}
        assert len(rows) == len(self.people) * self.each
