"""`access`, asked by people of the demo world."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any, cast

import orjson
import pytest

from models.account import PlatformRole
from models.database.connection import Connection, Pool, open_pool
from models.secret import Keyring
from operations.demo.cast import HOST
from policies.plan import Policies
from policies.viewer import Anonymous, Member, Purpose, Viewer
from resolvers.answer import Request
from resolvers.executor import Executor
from schema.api import core, fields
from tests.planner.counter import CountingPool

ADDRESS = "http://candour.test"
NAMES = ("author", "member", "staff", "other", "moderator", "safeguarding", "abuse", "dpo", "admin", "police")
PERSON = """
    select id, roles, exists (select from membership m where m.account_id = a.id) as staff
    from account a where email_hash = $1
"""
STORY = "select id from story where status::text = $1 and author_id is distinct from $2 order by id limit 1"


@dataclass
class Desk:
    """Asks `access`, and knows some people and rows of the demo world."""

    executor: Executor
    viewers: dict[str, Viewer]
    rows: dict[str, str]
    pool: CountingPool

    async def decide(self, name: str, selection: str, purpose: str = "", **question: Any) -> Any:
        """What is decided on the question, for one of the people."""
        answer = await self.ask(name, selection, purpose, **question)
        assert "errors" not in answer, answer
        return answer["data"]["access"]

    async def refusal(self, name: str, **question: Any) -> tuple[str, str]:
        """Code and message of the answer's only error."""
        (error,) = (await self.ask(name, "allowed", **question))["errors"]
        return error["extensions"]["code"], error["message"]

    async def ask(self, name: str, selection: str, purpose: str = "", **question: Any) -> Any:
        """The whole answer."""
        document = f"query($input: AccessInput!) {{ access(input: $input) {{ {selection} }} }}"
        return await self.run(Request(document, {"input": question}), name, purpose)

    async def run(self, request: Request, name: str, purpose: str = "") -> Any:
        """The answer to a request of one of the people."""
        viewer = self.viewers[name]
        if purpose:
            assert isinstance(viewer, Member)
            viewer = replace(viewer, purpose=Purpose(purpose))
        return orjson.loads((await self.executor.execute(request, viewer)).body)


@pytest.fixture(scope="package")
async def desk(demo: str, keyring: Keyring) -> AsyncIterator[Desk]:
    """The planner on the demo world."""
    pool = await open_pool(demo, 1)
    try:
        counting = CountingPool(pool)
        executor = Executor(core(), Policies.load(fields=fields()), cast(Pool, counting), keyring, ADDRESS)
        async with pool.acquire() as connection:
            people = {name: await _person(connection, keyring, name) for name in NAMES}
            rows = await _rows(connection, people["author"])
        yield Desk(executor, {"": Anonymous(), **people}, rows, counting)
    finally:
        await pool.close()


async def _person(connection: Connection, keyring: Keyring, name: str) -> Member:
    row = await connection.fetchrow(PERSON, keyring.email_hash(f"{name}@{HOST}"))
    assert row is not None
    return Member(row["id"], frozenset(map(PlatformRole, row["roles"])), row["staff"])


async def _rows(connection: Connection, author: Member) -> dict[str, str]:
    """Global ids: a story of the author's (number 1), and of others' one in each status."""
    rows = {"mine": "Story:1", "nothing": "Story:2000000000", "author": f"Account:{author.account_id}"}
    for status in ("PUBLISHED", "RESTRICTED", "SUBMITTED", "WITHDRAWN"):
        rows[status] = f"Story:{await connection.fetchval(STORY, status, author.account_id)}"
    return rows
