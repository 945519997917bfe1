"""The databases that are measured: one a number of stories, in a cluster of their own that is kept between runs."""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from models.database import migration
from models.database.cluster import postmaster
from models.database.connection import Connection, normalise
from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring, new_master_key
from operations.demo.bulk import seed_many
from settings import Settings, master_key

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / ".data" / "bench"
EXISTS = "select exists (select from pg_database where datname = $1)"
ANSWER = """
insert into response (story_id, organisation_id, account_id, body, staff_name, job_title, status, created_at,
    published_at)
select newest.id, given.organisation_id, given.account_id, given.body, given.staff_name, given.job_title,
    'PUBLISHED', newest.shown_at, newest.shown_at
from (
    select id, shown_at, row_number() over (order by shown_at desc, id desc) as place from story
    where status = 'PUBLISHED' order by shown_at desc, id desc limit 600) as newest
join (
    select response.*, row_number() over (order by id) as place from response
    where status = 'PUBLISHED' and organisation_id is not null order by id limit 600) as given using (place)
where place % 3 > 0 and not exists (select from response where story_id = newest.id)
"""
"""Responses for two in three of the newest stories: most of them still wait, which would make a light page."""


@dataclass(frozen=True, slots=True)
class World:
    """A seeded database: its address, the folder and the process of its server, and the key of its private data."""

    dsn: str
    data: Path
    stories: int
    keyring: Keyring

    @property
    def name(self) -> str:
        """The database's name."""
        return _name(self.stories)

    @property
    def postgres(self) -> int:
        """The process of the database server."""
        return postmaster(self.data / "postgres")[0]


def prepare(cluster: EmbeddedPostgres, stories: int, *, fresh: bool) -> World:
    """The database with so many stories, made if it is not there; `fresh` makes it anew."""
    name = _name(stories)
    if fresh:
        cluster.dropdb(name)
    dsn = cluster.dsn(name)
    if not asyncio.run(_exists(cluster.dsn("postgres"), name)):
        cluster.createdb(name)
    keyring = Keyring(master_key(Settings(CANDOUR_DATA=cluster.data), new_master_key))
    asyncio.run(_fill(dsn, keyring, stories))
    return World(dsn, cluster.data, stories, keyring)


def _name(stories: int) -> str:
    return f"stories_{stories}"


def superuser(dsn: str) -> str:
    """The same database as the cluster's superuser, for what only that role may do."""
    return normalise(dsn.replace("//candour@", "//postgres@"))


async def _exists(dsn: str, name: str) -> bool:
    connection = await asyncpg.connect(normalise(dsn))
    try:
        return bool(await connection.fetchval(EXISTS, name))
    finally:
        await connection.close()


async def _fill(dsn: str, keyring: Keyring, stories: int) -> None:
    await migration.upgrade(dsn)
    await seed_many(dsn, keyring, stories, _tell)
    connection: Connection = await asyncpg.connect(superuser(dsn))
    try:
        await connection.execute(ANSWER)
        # What is still to be written would be written while something is measured.
        await connection.execute("checkpoint")
    finally:
        await connection.close()


def _tell(what: str, made: int, wanted: int) -> None:
    print(f"\r{what}: {made} of {wanted} ", end="\n" if made == wanted else "", file=sys.stderr, flush=True)
