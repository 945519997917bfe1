"""Candour behind PgBouncer in transaction mode, where each transaction may have another connection."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx2
import pytest

from jobs.job import Work
from jobs.schedule import JOBS
from jobs.worker import run_once
from models.database.connection import engine, normalise, open_pool, session_factory
from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring
from operations.demo.cast import PASSWORD
from schema.endpoint.application import Application
from settings import Settings
from tests.conftest import Turn
from tests.endpoint.live import streamed
from tests.fault.bouncer import Bouncer, admit
from tests.fault.load import until
from tests.limit.conftest import client_of, started
from tests.limit.test_patience import _asked

SIGN_IN = "mutation($email: String!, $password: String!) { signIn(email: $email, password: $password) { token } }"
OWN = "{ viewer { account { email postcode roles sessions { id } } } }"
CONSENT = "mutation { setConsent(purpose: RESEARCH, granted: %s) { problems { code } viewer { account { id } } } }"
PRIVATE = "{ complaints(first: 3) { nodes { id body email } } }"
REGISTER = 'mutation { register(input: {email: "new@bouncer.example", password: "Correct horse 47 battery"}) { problems { code } } }'
READS = [
    *(f"{{ story(number: {number}) {{ number title body services {{ name }} tags {{ label }} }} }}" for number in range(1, 9)),
    '{ stories(first: 5, filter: {search: "ward"}) { totalCount nodes { number title } } }',
    "{ services(first: 5) { totalCount nodes { name organisation { name } } } }",
    "{ tags(first: 9) { nodes { kind label } } }",
    "{ __typename organisations(first: 3) { nodes { name storyCount } } }",
]  # fmt: skip
RUNNING = """
select count(*) from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock' and query not like '%pg_stat_activity%'
"""
PUBLISHED = "insert into event (kind, number) select 'STORY_PUBLISHED', min(id) from story where status = 'PUBLISHED'"


@pytest.fixture(scope="module")
def direct(cluster: EmbeddedPostgres, demo_template: str) -> Iterator[str]:
    """A demo world, past PgBouncer."""
    name = f"bouncer_{uuid4().hex}"
    with Turn(cluster):
        address = cluster.createdb(name, demo_template)
    yield address
    cluster.dropdb(name)


@pytest.fixture(scope="module")
async def bouncer(cluster: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bouncer]:
    await admit(cluster)
    found = Bouncer(cluster, tmp_path_factory.mktemp("bouncer"))
    yield found
    found.kill()


@pytest.fixture(scope="module")
async def behind(
    cluster: EmbeddedPostgres, bouncer: Bouncer, direct: str, keyring: Keyring
) -> AsyncIterator[Application]:
    """The application behind it, with more connections than it has; with rates, so that they are told too."""
    chosen = {"CANDOUR_RATE": 60_000_000, "CANDOUR_RATE_MEMBER": 60_000_000, "CANDOUR_REQUEST_SECONDS": 2}
    async with started(cluster, bouncer.dsn(direct), **chosen) as application:
        yield application


@pytest.fixture
async def rows(direct: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(normalise(direct))
    yield connection
    await connection.close()


async def _post(app: Application, query: str, headers: dict[str, str] | None = None, **variables: Any) -> Any:
    async with client_of(app) as client:
        answer = await client.post("/graphql", json={"query": query, "variables": variables}, headers=headers or {})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def _signed_in(app: Application, name: str) -> dict[str, str]:
    answer = await _post(app, SIGN_IN, email=f"{name}@demo.example", password=PASSWORD)
    return {"Authorization": f"Bearer {answer['data']['signIn']['token']}"}


async def test_without_a_purpose_nothing_private_is_told_there_either(behind: Application) -> None:
    answer = await _post(behind, PRIVATE, await _signed_in(behind, "moderator"))
    assert "@" not in str(answer["data"])


async def test_a_read_can_not_write_nor_last(bouncer: Bouncer, direct: str) -> None:
    """Neither is a setting of the connection, which others use in between."""
    pool = await open_pool(bouncer.dsn(direct), 1, statement_ms=200)
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await pool.execute("delete from reading")
    with pytest.raises(asyncpg.QueryCanceledError):
        await pool.fetchval("select pg_sleep(30)")
    assert await pool.fetchval("select 1") == 1
    assert pool.lent == 0
    await pool.close()
    writer = await open_pool(bouncer.dsn(direct), 1, readonly=False)
    await writer.execute("delete from reading")
    assert await writer.fetchval("select count(*) from reading") == 0
    await writer.close()


async def test_many_at_once_get_each_their_own_answer(
    behind: Application, cluster: EmbeddedPostgres, direct: str
) -> None:
    """A connection's statements are not those of another client that had it in between."""
    async with started(cluster, direct) as application:
        expected = [await _post(application, query) for query in READS]
    for _ in range(3):
        found = await asyncio.gather(*(_post(behind, query) for query in READS * 2))
        assert found == expected * 2


async def test_the_whole_life_of_a_person(behind: Application, rows: asyncpg.Connection) -> None:
    headers = await _signed_in(behind, "author")
    account = (await _post(behind, OWN, headers))["data"]["viewer"]["account"]
    assert account["email"] == "author@demo.example", "keys are shown to Candour's connections"
    assert account["postcode"]
    for granted in ("true", "false"):
        answer = await _post(behind, CONSENT % granted, headers)
        assert (answer["data"]["setConsent"]["problems"], "errors" in answer) == ([], False)
    before = await rows.fetchval("select count(*) from audit_event")
    dpo = {**await _signed_in(behind, "dpo"), "Candour-Purpose": "complaint"}
    told = await _post(behind, PRIVATE, dpo)
    assert any(node["body"] for node in told["data"]["complaints"]["nodes"])
    assert await rows.fetchval("select count(*) from audit_event") > before
    assert (await _post(behind, "mutation { signOut { viewer { account { id } } } }", headers))["data"]["signOut"]


async def test_all_jobs(behind: Application, bouncer: Bouncer, direct: str, keyring: Keyring, tmp_path: Path) -> None:
    await _post(behind, REGISTER)
    dsn = bouncer.dsn(direct)
    async with AsyncExitStack() as stack:
        opened = engine(dsn, 2)
        stack.push_async_callback(opened.dispose)
        writer = await open_pool(dsn, 2, readonly=False)
        stack.push_async_callback(writer.close)
        work = Work(session_factory(opened).begin, writer, keyring, Settings(CANDOUR_DATA=tmp_path))
        for job in JOBS:
            await run_once(work, job)
    assert any("new@bouncer.example" in path.read_text() for path in (tmp_path / "mail").iterdir())


async def test_a_subscription_hears_of_events(behind: Application, rows: asyncpg.Connection) -> None:
    async with streamed(behind, "subscription { storyPublished { number } }") as wire:
        assert (await wire.take())["status"] == 200
        await wire.take()
        await rows.execute(PUBLISHED)
        assert b'"storyPublished":{"number":' in (await wire.take())["body"]


async def test_who_hangs_up_or_takes_too_long_ends_its_statement(
    behind: Application, direct: str, rows: asyncpg.Connection
) -> None:
    holder = await asyncpg.connect(normalise(direct))

    async def waiting() -> bool:
        return bool(await rows.fetchval(RUNNING))

    async def over() -> bool:
        return not await rows.fetchval(RUNNING)

    async with holder.transaction():
        await holder.execute("lock table tag in access exclusive mode")
        async with _asked(behind, "{ tags(first: 3) { totalCount } }") as wire:
            await until(waiting)
            wire.give({"type": "http.disconnect"})
            await until(over)
            await wire.ended()
            assert wire.silent
        async with _asked(behind, "{ tags(first: 4) { totalCount } }") as wire:
            await until(waiting)
            assert (await wire.take())["status"] == 504
            await until(over)
    await holder.close()


async def test_where_it_is_killed_and_comes_back(behind: Application, bouncer: Bouncer) -> None:
    async with client_of(behind) as client:
        bouncer.kill()
        answer = await client.post("/graphql", json={"query": READS[0]})
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (503, "UNAVAILABLE")
        assert (await client.get("/readyz")).status_code == 503
        await asyncio.to_thread(bouncer.start)
        answers: list[httpx2.Response] = [
            await client.post("/graphql", json={"query": query}) for query in READS
        ]  # fmt: skip
        assert [answer.status_code for answer in answers[2:]] == [200] * len(answers[2:])
    assert await _signed_in(behind, "member")
