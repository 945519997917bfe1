"""One world with both executors on it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from models.database.connection import open_pool
from models.secret import Keyring
from policies.plan import Policies
from policies.viewer import Viewer
from resolvers.executor import Executor, Request
from schema.api import core
from tests.reference.compare import differences
from tests.reference.executor import Reference
from tests.reference.viewers import viewers
from tests.reference.world import World, load

ADDRESS = "https://candour.test"


@dataclass
class Proof:
    """Asks both executors, and says where they differ."""

    world: World
    keyring: Keyring
    reference: Reference
    planner: Executor

    @cached_property
    def viewers(self) -> list[Viewer]:
        return viewers(self.world, self.keyring)

    async def planned(
        self, document: str, variables: Mapping[str, Any], viewer: Viewer, denied_null: bool = False
    ) -> dict[str, Any]:
        """The planner's answer."""
        answer = await self.planner.execute(Request(document, dict(variables), None, denied_null), viewer)
        return orjson.loads(answer.body)  # type: ignore[no-any-return]

    async def differences(
        self, document: str, variables: Mapping[str, Any], viewer: Viewer, denied_null: bool = False
    ) -> list[str]:
        """Where the planner's answer is not the reference's."""
        expected = self.reference.execute(document, variables, viewer, denied_null)
        found = await self.planned(document, variables, viewer, denied_null)
        return differences(expected, found, self.reference.cursors)


@asynccontextmanager
async def proof(dsn: str, keyring: Keyring) -> AsyncIterator[Proof]:
    """Both executors on the database, which must not change meanwhile."""
    pool, writer = await open_pool(dsn, 1), await open_pool(dsn, 1, readonly=False)
    try:
        world = await load(dsn)
        planner = Executor(core(), Policies.load(), pool, keyring, ADDRESS, writer=writer)
        yield Proof(world, keyring, Reference(world, keyring, ADDRESS), planner)
    finally:
        await pool.close()
        await writer.close()
