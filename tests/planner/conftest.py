"""The planner on a small invented world, with an ear at its connection."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import orjson
import pytest

from models import PlatformRole, Story, StoryStatus
from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring
from policies.viewer import Anonymous, Member, Viewer
from resolvers.answer import Request
from resolvers.executor import Executor
from tests.reference.invented import invented
from tests.reference.proof import Proof, proof
from tests.reference.world import World, write

SEED = 77
STORIES = 40


@dataclass
class Client:
    """Asks the planner, and hears each statement that it runs."""

    executor: Executor
    world: World
    viewers: list[Viewer]
    statements: list[str] = field(default_factory=list)

    async def bytes(self, document: str, viewer: Viewer | None = None, **variables: Any) -> bytes:
        """The answer as it is sent."""
        self.statements.clear()
        answer = await self.executor.execute(Request(document, variables), viewer or Anonymous())
        # The connection tells of its statements in the loop's next turn.
        await asyncio.sleep(0)
        return answer.body

    async def ask(self, document: str, viewer: Viewer | None = None, **variables: Any) -> Any:
        """The whole answer."""
        return orjson.loads(await self.bytes(document, viewer, **variables))

    async def data(self, document: str, viewer: Viewer | None = None, **variables: Any) -> Any:
        """The data of an answer without errors."""
        answer = await self.ask(document, viewer, **variables)
        assert "errors" not in answer, answer
        return answer["data"]

    async def refusal(self, document: str, viewer: Viewer | None = None, **variables: Any) -> tuple[str, str]:
        """Code and message of an answer's only error."""
        (error,) = (await self.ask(document, viewer, **variables))["errors"]
        return error["extensions"]["code"], error["message"]

    @property
    def published(self) -> int:
        """The number of a published story."""
        return next(s.id for s in self.world.all(Story) if s.status == StoryStatus.PUBLISHED)  # type: ignore[no-any-return]

    def member(self, role: PlatformRole | None = None, staff: bool = False) -> Member:
        """The first viewer with just this role."""
        roles = frozenset([role] if role else [])
        return next(v for v in self.viewers if isinstance(v, Member) and v.roles == roles and v.staff == staff)


@pytest.fixture(scope="session")
async def planned(cluster: EmbeddedPostgres, template: str, keyring: Keyring) -> AsyncIterator[Proof]:
    """Both executors on a world of this folder's own."""
    dsn = await asyncio.to_thread(cluster.createdb, f"planned_{uuid4().hex}", template)
    await write(dsn, invented(SEED, keyring, STORIES))
    async with proof(dsn, keyring) as ready:
        yield ready


@pytest.fixture
async def client(planned: Proof) -> AsyncIterator[Client]:
    """A client whose statements are counted."""
    heard = Client(planned.planner, planned.world, planned.viewers)

    def hear(record: Any) -> None:
        heard.statements.append(record.query)

    async with planned.planner.pool.acquire() as connection:
        connection.add_query_logger(hear)
    yield heard
    async with planned.planner.pool.acquire() as connection:
        connection.remove_query_logger(hear)
