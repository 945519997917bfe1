"""Asking as people of the demo world, and what that leaves on the audit log."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from models.account import PlatformRole
from models.database.connection import Pool
from models.secret import Keyring
from operations.audit import Journal
from policies.plan import Policies
from policies.viewer import Member, Purpose, Viewer
from resolvers.answer import Request
from resolvers.executor import Executor
from schema.api import core

ACCESS_LOG = """{ viewer { account { accessLog(first: 100) { totalCount nodes {
    happenedAt roles organisation { name } fields purpose reasons
} } } } }"""
READ = "select * from audit_event where id > $1 and kind = 'READ' order by id"


@dataclass
class Log:
    """The log after the entry `last`."""

    reader: Pool
    journal: Journal
    keyring: Keyring
    last: int

    async def ask(self, viewer: Viewer, query: str) -> Any:
        """The data of the answer; denied fields are null."""
        asked = Executor(
            core(), Policies.load(), self.reader, self.keyring, "http://candour.test", journal=self.journal
        )
        answer = await asked.execute(Request(query, {}), viewer)
        return orjson.loads(answer.body)["data"]

    async def person(self, email: str) -> UUID:
        """The account of somebody in the demo world."""
        hashed = self.keyring.email_hash(f"{email}@demo.example")
        found = await self.reader.fetchval("select id from account where email_hash = $1", hashed)
        assert isinstance(found, UUID)
        return found

    async def member(self, email: str, purpose: Purpose | None = None) -> Member:
        """The same as a viewer, with their roles."""
        id_ = await self.person(email)
        roles = await self.reader.fetchval("select roles::text[] from account where id = $1", id_)
        return Member(
            id_, frozenset(map(PlatformRole, roles)), purpose=purpose, reference="CASE-12" if purpose else None
        )

    async def events(self) -> list[dict[str, Any]]:
        """The new entries about readings."""
        async with self.reader.acquire() as connection:
            found = await connection.fetch(READ, self.last)
        return [dict(row) for row in found]

    async def seen_by(self, email: str) -> list[dict[str, Any]]:
        """The whole access log of somebody, as they see it."""
        answer = await self.ask(Member(await self.person(email)), ACCESS_LOG)
        log = answer["viewer"]["account"]["accessLog"]
        assert log["totalCount"] == len(log["nodes"])
        return list(log["nodes"])
