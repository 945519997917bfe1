"""A demo world of a folder's own, in which tests make people and stories and ask as those people."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx2
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from models.consent import ConsentPurpose
from models.database.connection import engine, normalise, session_factory
from models.secret import Keyring, token_hash
from policies.plan import AccessPlan, Policies
from policies.viewer import Member
from schema.endpoint.application import create_app
from settings import Settings

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)
ENGLAND = """
select service.id from service join organisation on organisation.id = organisation_id
where service.region = 'ENGLAND' and kind = 'NHS_TRUST' order by 1 limit 1
"""
SETTLED = """
select pg_snapshot_xmin(pg_current_snapshot()) > coalesce(max(transaction), '0')
from event where number = any($1::int[])
"""
WAITING = """
select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')
"""
STORY = """
insert into story (status, region, title, body, age_group, author_role, progress, submitted_at, published_at,
    restriction_reason, author_id)
select status::storystatus, 'ENGLAND', case when status <> 'WITHDRAWN' then 'A title' end,
    case when status <> 'WITHDRAWN' then 'A text' end, 'ADULT', 'SERVICE_USER', 'AWAITING_RESPONSE', at,
    case when status in ('PUBLISHED', 'RESTRICTED') then at end, case when status = 'RESTRICTED' then 'A reason' end, who
from (select $1::text, $2::timestamptz, $3::uuid) as given (status, at, who)
returning id
"""


@dataclass
class World:
    """The application, its database, and who asks."""

    client: httpx2.AsyncClient
    connection: asyncpg.Connection
    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]
    keyring: Keyring
    policies: Policies = field(default_factory=Policies.load)
    tokens: dict[UUID, str] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: count(1))

    async def person(self, *purposes: ConsentPurpose) -> Member:
        """Somebody new, who agreed to these purposes and is signed in."""
        id_, token = uuid4(), f"token-{next(self.numbers)}"
        wrapped = self.keyring.new_person_key(str(id_))
        await self.connection.execute("insert into person_key (id, wrapped) values ($1, $2)", id_, wrapped)
        await self.connection.execute(
            "insert into account (id, created_at, email_verified_at) values ($1, $2, $2)", id_, NOON
        )
        await self.connection.execute(
            "insert into session (id, token_hash, account_id, created_at, expires_at) values ($1, $2, $3, $4, $5)",
            *(uuid4(), token_hash(token), id_, NOON, datetime.now(UTC) + timedelta(hours=1)),
        )
        for purpose in purposes:
            await self.agree(id_, purpose)
        self.tokens[id_] = token
        return Member(id_, key=wrapped)

    async def agree(self, person: UUID, purpose: ConsentPurpose, granted: bool = True) -> None:
        """An entry of the ledger, as a registration writes it."""
        await self.connection.execute(
            "insert into consent (account_id, purpose, granted, given_at, notice_version, given_by)"
            " values ($1, $2::consentpurpose, $3, $4, '2023-11', 'registration')",
            *(person, purpose.value, granted, NOON),
        )

    async def story(self, author: Member | None, status: str = "PUBLISHED", service: int | None = None) -> int:
        """A story, about a service of the NHS in England unless another is given; its number."""
        number: int = await self.connection.fetchval(STORY, status, NOON, author.account_id if author else None)
        about = service or await self.connection.fetchval(ENGLAND)
        link = "insert into story_service (story_id, service_id, position) values ($1, $2, 0)"
        await self.connection.execute(link, number, about)
        return number

    async def answer(self, document: str, who: Member | None = None, **variables: Any) -> Any:
        """The whole answer."""
        headers = {"Authorization": f"Bearer {self.tokens[who.account_id]}"} if who else {}
        body = {"query": document, "variables": variables}
        return (await self.client.post("/graphql", json=body, headers=headers)).json()

    async def ask(self, document: str, who: Member | None = None, **variables: Any) -> Any:
        """The data of an answer without errors."""
        answer = await self.answer(document, who, **variables)
        assert "errors" not in answer, answer
        return answer["data"]

    async def settled(self, numbers: Iterable[int]) -> None:
        """Wait until no transaction of this server is open that is older than these stories' events."""
        while not await self.connection.fetchval(SETTLED, list(numbers)):
            await self.connection.execute("select pg_sleep(0.01)")

    async def waited(self) -> None:
        """Wait until some other connection to this database waits for a lock."""
        while not await self.connection.fetchval(WAITING):
            await self.connection.execute("select pg_sleep(0.01)")

    def plan(self, who: Member) -> AccessPlan:
        return self.policies.plan(who)

    @asynccontextmanager
    async def statements(self) -> AsyncIterator[list[str]]:
        """Hears the statements that operations send, apart from beginning and end of transactions."""
        heard: list[str] = []

        def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            heard.append(statement)

        event.listen(self.engine.sync_engine, "before_cursor_execute", hear)
        yield heard
        event.remove(self.engine.sync_engine, "before_cursor_execute", hear)


@asynccontextmanager
async def opened(dsn: str, keyring: Keyring, data: Path) -> AsyncIterator[World]:
    """The world, started."""
    app = create_app(Settings(CANDOUR_DATA=data, CANDOUR_POOL_SIZE=4, CANDOUR_URL="http://candour.test"), dsn)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx2.ASGITransport(app=app)
        client = await stack.enter_async_context(
            httpx2.AsyncClient(transport=transport, base_url="http://candour.test")
        )
        connection = await asyncpg.connect(normalise(dsn))
        stack.push_async_callback(connection.close)
        operations = engine(dsn, 10)
        stack.push_async_callback(operations.dispose)
        yield World(client, connection, operations, session_factory(operations), keyring)
