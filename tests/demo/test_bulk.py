"""The big seed: what it does not touch, that it can be cut short anywhere, and that its rows are true."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg
import pytest

from models.database import migration
from models.database.connection import Connection, normalise
from models.secret import Keyring, new_master_key
from operations.demo import bulk
from operations.demo.batch import SHARES
from operations.demo.bulk import seed_many
from operations.demo.index import drop_indexes, missing_indexes
from tests.demo.test_world import CONTRADICTIONS
from tests.demo.world import broken_references, private_values

WORDS = """
select count(*) from story where title is not null and search is distinct from
    setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', body), 'B')
"""
FUTURE = "select count(*) from response where published_at > '2026-11-20 09:00Z'"
BULK = "from story where id > 300"


@asynccontextmanager
async def _opened(dsn: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(normalise(dsn))
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture
def plain_role() -> str:
    """The name of a role that owns nothing and may switch no check off."""
    return f"plain_{uuid4().hex}"


async def _numbers(dsn: str) -> list[int]:
    async with _opened(dsn) as connection:
        return [row["id"] for row in await connection.fetch("select id from story order by id")]


async def test_a_database_with_something_else_is_left_alone(database: str, keyring: Keyring) -> None:
    async with _opened(database) as connection:
        await connection.execute(
            "insert into organisation (name, slug, kind, region) values ('Real', 'real', 'CHARITY', 'WALES')"
        )
    with pytest.raises(ValueError, match="something else"):
        await seed_many(database, keyring, 1000)
    assert await _numbers(database) == []


async def test_an_empty_database_gets_the_demo_world_first(database: str, keyring: Keyring) -> None:
    assert await seed_many(database, keyring, 0) == 300
    assert len(await _numbers(database)) == 300


async def test_the_demo_world_of_another_master_key_is_left_alone(world: str, keyring: Keyring) -> None:
    with pytest.raises(ValueError, match="another master key"):
        await seed_many(world, Keyring(new_master_key()), 1000)
    assert len(await _numbers(world)) == 300


async def test_it_goes_on_where_it_was_cut_short(world: str, keyring: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "BATCH", 200)
    monkeypatch.setattr(bulk, "MANY", 1)

    def interrupt(what: str, made: int, wanted: int) -> None:
        if (what, made) == ("stories", 600):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await seed_many(world, keyring, 1100, interrupt)
    assert await _numbers(world) == list(range(1, 601)), "batches that were written are kept"
    await migration.check_models(world)
    assert await seed_many(world, keyring, 1100) == 500
    assert await _numbers(world) == list(range(1, 1101))


async def test_a_batch_is_written_whole_or_not_at_all(
    world: str, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("operations.demo.load.TOMBSTONES", "select 1 / 0")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await seed_many(world, keyring, 400)
    async with _opened(world) as connection:
        assert await connection.fetchval(f"select count(*) {BULK}") == 0
        assert await connection.fetchval("select count(*) from response where story_id > 300") == 0


async def test_indexes_lost_by_a_killed_load_come_back(world: str, keyring: Keyring) -> None:
    async with _opened(world) as connection:
        await drop_indexes(connection)
        assert await missing_indexes(connection) != []
    await seed_many(world, keyring, 0)
    await migration.check_models(world)


async def test_again_is_nothing_and_further_is_only_the_rest(world: str, keyring: Keyring) -> None:
    assert await seed_many(world, keyring, 507) == 207
    assert await seed_many(world, keyring, 507) == 0
    assert await seed_many(world, keyring, 513) == 6, "within a group of stories that share authors"
    assert await seed_many(world, keyring, 100) == 0
    async with _opened(world) as connection:
        assert await connection.fetchval(f"select count(distinct id) {BULK}") == 213
        assert await broken_references(connection) == []
        await private_values(connection, keyring)


async def test_a_story_of_the_site_in_between_keeps_its_number(world: str, keyring: Keyring) -> None:
    await seed_many(world, keyring, 320)
    async with _opened(world) as connection:
        number = await connection.fetchval(
            "insert into story (status, region, title, body, age_group, author_role, progress, submitted_at)"
            " values ('SUBMITTED', 'WALES', 'Mine', 'Mine', 'ADULT', 'FRIEND', 'AWAITING_RESPONSE', now())"
            " returning id"
        )
    assert number == 321
    assert await seed_many(world, keyring, 400) == 79
    async with _opened(world) as connection:
        assert await connection.fetchval("select title from story where id = 321") == "Mine"
        assert await broken_references(connection) == []


@pytest.fixture
async def many(world: str, keyring: Keyring) -> AsyncIterator[Connection]:
    """A database with 3,000 stories."""
    assert await seed_many(world, keyring, 3000) == 2700
    async with _opened(world) as connection:
        yield connection


async def test_what_is_written_is_true(many: Connection, keyring: Keyring) -> None:
    for contradiction, condition in CONTRADICTIONS.items():
        found = await many.fetch(f"select id from story where {condition} order by id limit 5")
        assert [row["id"] for row in found] == [], contradiction
    assert await many.fetchval(WORDS) == 0
    assert await many.fetchval(FUTURE) == 0
    assert await broken_references(many) == []
    assert await private_values(many, keyring)


async def test_it_is_like_a_site(many: Connection) -> None:
    statuses = {row[0] for row in await many.fetch(f"select distinct status::text {BULK}")}
    assert statuses == {status for _, status in SHARES}
    answered = await many.fetchval(f"select avg((progress <> 'AWAITING_RESPONSE')::int) {BULK}")
    assert 0.5 < answered < 0.75
    assert await many.fetchval(f"select count(*) {BULK} and id % 20 = 0 and postcode is not null") == 0
    assert await many.fetchval(f"select count(distinct body) {BULK}") > 1500
    services, per_story = await many.fetchrow(
        "select count(distinct service_id), count(*)::float / count(distinct story_id) from story_service"
    ) or (0, 0)
    assert services > 100
    assert 1 < per_story < 1.5


async def test_a_role_that_may_switch_no_check_off_keeps_them_all(
    world: str, keyring: Keyring, plain_role: str
) -> None:
    superuser = world.replace("candour@", "postgres@")
    async with _opened(superuser) as connection:
        await connection.execute(
            f"create role {plain_role} login; grant all on all tables in schema public to {plain_role};"
            f" grant all on all sequences in schema public to {plain_role}"
        )
    try:
        assert await seed_many(world.replace("candour@", f"{plain_role}@"), keyring, 900) == 600
        async with _opened(world) as connection:
            assert await connection.fetchval(f"select sum(similar_count) {BULK}") > 0
            marks = CONTRADICTIONS["a number of marks that is not true"]
            assert await connection.fetchval(f"select count(*) from story where {marks}") == 0
    finally:
        async with _opened(superuser) as connection:
            await connection.execute(f"drop owned by {plain_role}; drop role {plain_role}")
