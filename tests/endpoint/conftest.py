"""The endpoint in front of a stand-in for the executor: what HTTP alone decides."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx2
import pytest

from models.account import PlatformRole
from policies.viewer import Member, Viewer
from resolvers.answer import Answer, Request
from schema.context import Origin
from schema.endpoint.cookie import Cookie
from schema.endpoint.view import Endpoint, Mutate

TOKEN = "a-good-token"
PERSON = UUID("6f0a4a55-3c57-4d2b-9a3a-0d5b8a1f5a11")


@dataclass
class StandIn:
    """Keeps what it was asked, and answers or fails as told."""

    answer: Answer = field(default_factory=lambda: Answer(b'{"data":{"ok":true}}'))
    failure: Exception | None = None
    roles: frozenset[PlatformRole] = frozenset()
    asked: list[tuple[Request, Viewer]] = field(default_factory=list)
    mutated: list[tuple[Request, Viewer, str | None]] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)

    async def execute(self, request: Request, viewer: Viewer, mutate: Mutate | None = None) -> Answer:
        self.asked.append((request, viewer))
        if self.failure is not None:
            raise self.failure
        if request.query.startswith("mutation"):
            assert mutate is not None
            return await mutate(request, viewer)
        return self.answer

    async def mutate(
        self, request: Request, viewer: Viewer, token: str | None, reference: str, origin: Origin
    ) -> Answer:
        self.mutated.append((request, viewer, token))
        self.origins.append(origin)
        return self.answer

    async def authenticate(self, token: str) -> Member | None:
        return Member(PERSON, roles=self.roles) if token == TOKEN else None


@pytest.fixture
def stand_in() -> StandIn:
    """What answers behind the endpoint."""
    return StandIn()


@pytest.fixture
async def http(stand_in: StandIn) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the endpoint alone; it asks for nothing in particular."""
    endpoint: Any = Endpoint(stand_in, stand_in.mutate, stand_in.authenticate, Cookie())
    transport = httpx2.ASGITransport(app=endpoint)
    async with httpx2.AsyncClient(transport=transport, base_url="http://candour.test") as client:
        yield client
