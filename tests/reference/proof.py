"""One world with both executors on it."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

import orjson

from models import Account
from models.database.connection import open_pool
from models.secret import Keyring
from operations.audit import Entry, Journal
from policies.plan import Policies
from policies.viewer import Member, Viewer
from resolvers.executor import Executor, Request
from resolvers.limit import Limits
from schema.api import core
from tests.reference.compare import differences
from tests.reference.executor import Reference
from tests.reference.viewers import viewers
from tests.reference.world import World, load

ADDRESS = "https://candour.test"
WIDE = Limits(aliases=5_000, roots=100, cost=10**12, member_cost=10**12)
"""Documents here are made to ask for everything at once."""


EDGES = "edges { cursor } pageInfo { startCursor }"
LISTS = f"""
{{
  a: stories(first: 30) {{ {EDGES} nodes {{ responses {{ {EDGES} }} }} }}
  b: stories(orderBy: OLDEST, first: 8) {{ {EDGES} }}
  c: stories(orderBy: MOST_SIMILAR, first: 8) {{ {EDGES} }}
  d: stories(orderBy: RELEVANCE, filter: {{search: "waiting"}}, first: 8) {{ {EDGES} }}
  services(first: 12) {{ {EDGES} nodes {{ stories(first: 3) {{ {EDGES} }} }} }}
  organisations(first: 8) {{ {EDGES} nodes {{ services(first: 3) {{ {EDGES} }} stories(first: 3) {{ {EDGES} }} }} }}
  tags {{ {EDGES} }}
  viewer {{
    account {{
      stories {{ {EDGES} }} readingHistory {{ {EDGES} }} similarExperiences {{ {EDGES} }} accessLog {{ {EDGES} }}
    }}
  }}
  auditEvents {{ {EDGES} }}
  complaints {{ {EDGES} }}
  disclosures {{ {EDGES} }}
  moderationQueue {{ {EDGES} }}
}}
"""
"""Every list that has pages."""


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

    def keep(self, names: Collection[str]) -> None:
        """Forgets all viewers but the visitor and people with one of these names before the @ of their email."""
        known = {account.id for account in self.world.all(Account) if self._email(account).split("@")[0] in names}
        self.viewers = [v for v in self.viewers if not isinstance(v, Member) or v.account_id in known]

    def person(self, name: str) -> UUID:
        """The account with this name before the @ of its email."""
        accounts = self.world.all(Account)
        return next(account.id for account in accounts if self._email(account).split("@")[0] == name)  # type: ignore[no-any-return]

    def _email(self, account: Account) -> str:
        key = self.keyring.open(account.key, str(account.id))
        return key.decrypt(account.email or b"", f"account.email:{account.id}")

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


async def meet_cursors(ready: Proof) -> None:
    """Lets the reference know cursors of every list, to use them in documents."""
    for viewer in ready.viewers[:2]:
        assert await ready.differences(LISTS, {}, viewer) == []


class Unwritten(Journal):
    """Takes the place of the audit log: what a proof reads must not change what it reads next."""

    async def write(self, entries: Sequence[Entry]) -> None:
        """Writes nothing."""


@asynccontextmanager
async def proof(dsn: str, keyring: Keyring) -> AsyncIterator[Proof]:
    """Both executors on the database, which must not change meanwhile."""
    pool = await open_pool(dsn, 1)
    try:
        world = await load(dsn)
        journal = Unwritten(pool, keyring)
        planner = Executor(core(), Policies.load(), pool, keyring, ADDRESS, journal=journal, limits=WIDE)
        yield Proof(world, keyring, Reference(world, keyring, ADDRESS), planner)
    finally:
        await pool.close()
