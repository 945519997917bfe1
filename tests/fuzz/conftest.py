"""The whole application on a demo world of this folder's own, asked nonsense by everybody."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx2
import orjson
import pytest

from models.database.connection import Connection, normalise
from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring, token_hash
from tests.fault.load import SESSION
from tests.leaks.answer import Heard
from tests.leaks.conftest import opened
from tests.leaks.facts import Facts, read_facts

VIEWERS = (
    ("", ""), ("member", ""), ("author", ""), ("staff", ""), ("moderator", ""), ("safeguarding", "safeguarding"),
    ("abuse", "abuse"), ("dpo", "complaint"), ("admin", ""),
)  # fmt: skip
ROWS = ("Story", "Response", "Complaint", "Session", "Alert", "DataExport")
"""Whose ids are sent; those of accounts would be told apart from what leaks."""
MAY_CHANGE = ("Story.title", "Story.body", "Story.submittedAt", "Response", "Account.accessLog")
"""What those who moderate or look up may make visible meanwhile."""


@dataclass(repr=False)
class Prey:
    """Takes everything that is sent, and remembers what each viewer heard."""

    client: httpx2.AsyncClient
    connection: Connection
    facts: Facts
    identities: list[str]
    heard: dict[tuple[str, str], Heard] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    async def headers(self, name: str, purpose: str) -> dict[str, str]:
        """What says who asks."""
        if not name:
            return {}
        if name not in self.tokens:
            self.tokens[name] = f"fuzz-{uuid4()}"
            account = UUID(self.facts.people[name].account)
            await self.connection.execute(SESSION, uuid4(), token_hash(self.tokens[name]), account)
        found = {"Authorization": f"Bearer {self.tokens[name]}"}
        return {**found, "Candour-Purpose": purpose} if purpose else found

    async def ask(self, viewer: tuple[str, str], document: str, variables: dict[str, Any]) -> None:
        """Send a document, and look at the answer."""
        body = orjson.dumps({"query": document, "variables": _sendable(variables)})
        headers = {"Content-Type": "application/json", **await self.headers(*viewer)}
        answer = await self.client.post("/graphql", content=body, headers=headers)
        if answer.status_code == 401:
            # A mutation has ended the session.
            del self.tokens[viewer[0]]
        self.look(viewer, answer)

    def look(self, viewer: tuple[str, str], answer: httpx2.Response) -> None:
        """No failure, and errors only with codes."""
        assert answer.status_code < 500, answer.text
        found = self.heard.setdefault(viewer, Heard()).hear(answer)
        for error in found.get("errors", []):
            assert error["extensions"]["code"] not in ("INTERNAL", "UNAVAILABLE"), error

    def leaked(self, *, changing: bool) -> list[str]:
        """What somebody has met who may not: which fields of which rows, and who."""
        found = []
        for (name, purpose), heard in self.heard.items():
            person, holding = replace(self.facts.people[name], purpose=purpose), heard.holding()
            found += [
                f"{canary.field} of {canary.row.identity} by {name or 'a visitor'}"
                for canary in self.facts.canaries
                if not (changing and canary.field in MAY_CHANGE)
                and canary.value in holding
                and not canary.may_be_met_by(person)
            ]
        self.heard.clear()
        return found


def _sendable(value: Any) -> Any:
    """As JSON can hold it: numbers that no parser takes are sent as they come, in the tests of bodies."""
    if isinstance(value, dict):
        return {name: _sendable(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_sendable(part) for part in value]
    return float(value) if isinstance(value, int) and abs(value) >= 2**63 and abs(value) < 10**300 else _short(value)


def _short(value: Any) -> Any:
    return 1e300 if isinstance(value, int) and abs(value) >= 2**63 else value


@pytest.fixture(scope="module")
async def prey(cluster: EmbeddedPostgres, demo_template: str, keyring: Keyring) -> AsyncIterator[Prey]:
    """Everything starts here."""
    async with opened(cluster, demo_template, keyring, memory_mb=4) as site:
        connection = await asyncpg.connect(normalise(site.dsn))
        facts = await read_facts(connection, keyring)
        identities = [row.identity for name in ROWS for row in facts.of(name)[:40]]
        yield Prey(site.client, connection, facts, identities)
        await connection.close()


@pytest.fixture
def still(prey: Prey) -> Iterator[Prey]:
    """For what changes nothing: in the end, nobody has met what is not theirs to see."""
    yield prey
    assert prey.leaked(changing=False) == []


@pytest.fixture
def changing(prey: Prey) -> Iterator[Prey]:
    """For what changes rows: in the end, nobody has met what stays private whatever is done."""
    yield prey
    assert prey.leaked(changing=True) == []
