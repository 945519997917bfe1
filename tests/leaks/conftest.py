"""The demo world, with everybody who asks, and what nobody but a few may see."""

from collections.abc import AsyncIterator
from functools import cached_property

import orjson
import pytest

from models.secret import Keyring
from policies.viewer import Anonymous, Member, Viewer
from resolvers.answer import Request
from tests.leaks.canary import Canary, canaries
from tests.reference.proof import Proof, proof

NAMES = frozenset(
    "author member staff manager other commissioner moderator safeguarding abuse dpo admin police".split()
)


class Demo:
    """The demo world behind the planner."""

    def __init__(self, ready: Proof) -> None:
        self.proof = ready
        ready.keep(NAMES)
        self.viewers = ready.viewers
        self.world = ready.world

    @cached_property
    def canaries(self) -> list[Canary]:
        return canaries(self.world, self.proof.keyring)

    async def text(self, document: str, viewer: Viewer | None = None, **variables: object) -> str:
        """The answer as it is sent."""
        request = Request(document, dict(variables))
        return (await self.proof.planner.execute(request, viewer or Anonymous())).body.decode()

    async def ask(
        self, document: str, viewer: Viewer | None = None, **variables: object
    ) -> dict[str, dict[str, object]]:
        """The whole answer."""
        return orjson.loads(await self.text(document, viewer, **variables))  # type: ignore[no-any-return]

    def named(self, name: str) -> Member:
        """A fixed account without a purpose."""
        account = self.proof.person(name)
        return next(v for v in self.viewers if isinstance(v, Member) and v.account_id == account and not v.purpose)


@pytest.fixture(scope="session")
async def world(demo: str, keyring: Keyring) -> AsyncIterator[Demo]:
    """The demo world behind the planner."""
    async with proof(demo, keyring) as ready:
        yield Demo(ready)
