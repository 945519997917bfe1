"""Copies made in a demo world of this folder's own."""

import csv
import json
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from typing import Any
from uuid import UUID, uuid4
from zipfile import ZipFile

import asyncpg
import httpx2
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from models.attempt import AttemptKind
from models.database.connection import engine, normalise, session_factory
from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring, token_hash
from operations.attempt import attempt
from operations.data_export.make import Maker
from operations.data_export.request import request
from operations.data_export.sink import place
from operations.demo.cast import HOST
from operations.rate import of_account, of_address, rate_hash
from schema.endpoint.application import create_app
from settings import Settings
from tests.conftest import Turn
from tests.data_export.traces import leave

SITE = "http://candour.test"


@dataclass(frozen=True)
class Unpacked:
    """A copy as its person has it."""

    data: bytes
    names: list[str]
    document: dict[str, Any]
    readme: str
    texts: dict[str, str] = field(repr=False)

    def table(self, name: str) -> list[dict[str, str]]:
        """The rows of a CSV file."""
        return list(csv.DictReader(StringIO(self.texts[f"csv/{name}.csv"], newline="")))


def unpacked(data: bytes) -> Unpacked:
    """The files of a ZIP file, read by Python's own reader, which checks their sums."""
    with ZipFile(BytesIO(data)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        texts = {name: archive.read(name).decode("utf-8-sig") for name in names}
    return Unpacked(data, names, json.loads(texts["candour.json"]), texts["README.txt"], texts)


@dataclass(frozen=True)
class Desk:
    """Asks for copies, makes them, and reads what the database holds of them."""

    dsn: str
    keyring: Keyring
    transaction: Callable[[], AbstractAsyncContextManager[AsyncSession]]
    connection: asyncpg.Connection

    @property
    def maker(self) -> Maker:
        return Maker(self.transaction, self.keyring, SITE)

    async def person(self, name: str) -> UUID:
        """The account of somebody in the demo world."""
        hashed = self.keyring.email_hash(f"{name}@{HOST}")
        found: UUID = await self.connection.fetchval("select id from account where email_hash = $1", hashed)
        return found

    async def ask(self, account_id: UUID) -> UUID:
        """Ask for a copy; the row that waits."""
        async with self.transaction() as session:
            return (await request(session, account_id)).id

    async def ready(self, account_id: UUID) -> tuple[UUID, str]:
        """A copy that was just made, and the token of its link."""
        export_id = await self.ask(account_id)
        assert await self.maker.run() == 1
        sealed = await self.connection.fetchval("select token from data_export where id = $1", export_id)
        return export_id, (await self.key(account_id)).decrypt(sealed, f"data_export.token:{export_id}")

    async def key(self, account_id: UUID) -> Any:
        wrapped = await self.connection.fetchval("select wrapped from person_key where id = $1", account_id)
        return self.keyring.open(wrapped, str(account_id))

    async def copy(self, account_id: UUID) -> Unpacked:
        """What is in a person's copy, past the address that gives it out."""
        export_id, _ = await self.ready(account_id)
        key = await self.key(account_id)
        rows = await self.connection.fetch(
            "select number, content from data_export_part where export_id = $1 order by number", export_id
        )
        return unpacked(b"".join(key.decrypt_bytes(content, place(export_id, number)) for number, content in rows))

    @property
    def nobody(self) -> UUID:
        """The id of no account."""
        return uuid4()

    async def newcomer(self, email: str) -> UUID:
        """One more account, which a test may delete."""
        id_ = uuid4()
        wrapped = self.keyring.new_person_key(str(id_))
        sealed = self.keyring.open(wrapped, str(id_)).encrypt(email, f"account.email:{id_}")
        await self.connection.execute("insert into person_key (id, wrapped) values ($1, $2)", id_, wrapped)
        await self.connection.execute(
            "insert into account (id, created_at, email, email_hash) values ($1, now(), $2, $3)",
            id_,
            sealed,
            self.keyring.email_hash(email),
        )
        return id_

    async def status(self, export_id: UUID) -> Any:
        """The row of a request."""
        return await self.connection.fetchrow("select * from data_export where id = $1", export_id)

    async def parts(self, export_id: UUID) -> int:
        """How many parts are stored."""
        found: int = await self.connection.fetchval(
            "select count(*) from data_export_part where export_id = $1", export_id
        )
        return found


@pytest.fixture(scope="session")
def world(cluster: EmbeddedPostgres, demo_template: str) -> Iterator[str]:
    """The address of a demo world in which copies may be made."""
    name = f"export_{uuid4().hex}"
    with Turn(cluster):
        dsn = cluster.createdb(name, demo_template)
    yield dsn
    cluster.dropdb(name)


@pytest.fixture(scope="session")
async def office(world: str, keyring: Keyring) -> AsyncIterator[Desk]:
    """The desk, for all tests of a worker."""
    operations = engine(world, 4)
    connection = await asyncpg.connect(normalise(world))
    yield Desk(world, keyring, session_factory(operations).begin, connection)
    await connection.close()
    await operations.dispose()


@pytest.fixture
async def desk(office: Desk) -> AsyncIterator[Desk]:
    """The desk with nothing on it."""
    yield office
    await office.connection.execute("delete from data_export; delete from mail")


@pytest.fixture(scope="session")
async def authors(office: Desk) -> Unpacked:
    """The copy of `author@`, made once, with rows of every kind in it."""
    author, key = await office.person("author"), await office.key(await office.person("author"))
    await leave(office.connection, key, author, await office.person("dpo"))
    for subject in (f"Author@{HOST}", str(author)):
        await attempt(office.transaction, office.keyring, AttemptKind.SIGN_IN, subject, "192.0.2.1")
    for subject, level in ((of_account(author), 4_711), (of_account(office.nobody), 1), (of_address("192.0.2.1"), 2)):
        hashed = rate_hash(office.keyring, subject)
        await office.connection.execute("insert into rate values ($1, $2, now())", hashed, level)
    copy = await office.copy(author)
    await office.connection.execute("delete from data_export; delete from mail")
    return copy


@dataclass
class Browser:
    """Clients of the whole application, signed in or not."""

    client: httpx2.AsyncClient
    desk: Desk
    tokens: dict[str, str] = field(default_factory=dict)

    async def open_session(self, account_id: UUID) -> str:
        """A session of this account; its token."""
        token = secrets.token_urlsafe(32)
        await self.desk.connection.execute(
            "insert into session (id, token_hash, account_id, created_at, expires_at)"
            " values ($1, $2, $3, now(), now() + interval '1 hour')",
            uuid4(),
            token_hash(token),
            account_id,
        )
        return token

    async def sign_in(self, name: str, afresh: bool = False) -> str:
        """The token of one of the demo world's people."""
        if afresh or name not in self.tokens:
            token = await self.open_session(await self.desk.person(name))
            return token if afresh else self.tokens.setdefault(name, token)
        return self.tokens[name]

    async def get(
        self, path: str, name: str, method: str = "GET", afresh: bool = False, **headers: str
    ) -> httpx2.Response:
        """The answer to a signed-in person."""
        bearer = {"Authorization": f"Bearer {await self.sign_in(name, afresh)}"}
        return await self.client.request(
            method, path, headers=bearer | {name.replace("_", "-"): value for name, value in headers.items()}
        )

    async def ask(self, query: str, name: str) -> Any:
        """The data of a GraphQL answer."""
        headers = {"Authorization": f"Bearer {await self.sign_in(name)}"}
        return (await self.client.post("/graphql", json={"query": query}, headers=headers)).json()["data"]


@pytest.fixture(scope="session")
async def browser(office: Desk, cluster: EmbeddedPostgres) -> AsyncIterator[Browser]:
    """The whole application on this folder's world."""
    chosen = Settings(CANDOUR_DATA=cluster.data, CANDOUR_POOL_SIZE=2, CANDOUR_URL=SITE)
    application = create_app(chosen, office.dsn)
    async with application.router.lifespan_context(application):
        transport = httpx2.ASGITransport(app=application)
        async with httpx2.AsyncClient(transport=transport, base_url=SITE) as client:
            yield Browser(client, office)
