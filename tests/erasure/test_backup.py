"""Backups (P18): what a dump from before an erasure still gives, and what comes back when it is restored."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from models.base import metadata
from models.database import client
from models.database.connection import DatabaseError, normalise
from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring, SecretError, new_master_key
from operations.backup.dump import KEYS, back_up, back_up_keys
from operations.backup.restore import Restored, restore
from operations.erasure import erase_account
from operations.story import withdraw_stories
from tests.consent.world import World, opened
from tests.erasure import sealed
from tests.erasure.conftest import made_database
from tests.erasure.person import PASSWORD, Person, furnished, public, somebody, traces

ENCRYPTED = {f"{t.name}.{c.name}" for t in metadata.sorted_tables for c in t.columns if c.info.get("encrypted")}


@dataclass
class History:
    """Dumps were made, then somebody was erased, and a story of somebody else withdrawn; then the keys once more."""

    world: World
    folder: Path
    gone: Person
    kept: Person
    plain: Path
    dump: Path
    keys_before: bytes
    before: dict[UUID, dict[str, set[str]]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def source(cluster: EmbeddedPostgres, template: str) -> Iterator[str]:
    name = f"backup_{uuid4().hex}"
    yield made_database(cluster, name, template)
    cluster.dropdb(name)


@pytest.fixture(scope="module")
async def history(
    source: str, keyring: Keyring, cluster: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[History]:
    folder = tmp_path_factory.mktemp("backup")
    async with opened(source, keyring, cluster.data) as world:
        await public(world)
        gone, kept = await furnished(world), await furnished(world)
        dump = back_up(source, folder)
        plain = folder / "plain.dump"
        client.run("pg_dump", source, "--format=custom", "--enable-row-security", f"--file={plain}")
        made = History(world, folder, gone, kept, plain, dump, (folder / KEYS).read_bytes())
        for person in (gone, kept):
            made.before[person.id] = await sealed.opened(world.connection, keyring, person.member.key, person.id)
        await erase_account(world.sessions.begin, keyring, gone.id, PASSWORD, "192.0.2.1")
        async with world.sessions.begin() as session:
            await withdraw_stories(session, [kept.stories["PREVIEW"]])
        await _later(world)
        back_up_keys(source, folder)
        yield made


async def _later(world: World) -> None:
    """Somebody who was not there yet when the dump was made, and a story with the highest number, withdrawn."""
    newcomer = await somebody(world)
    number = await world.story(newcomer.member)
    async with world.sessions.begin() as session:
        await withdraw_stories(session, [number])


@pytest.fixture(scope="module")
async def restored(
    history: History, cluster: EmbeddedPostgres, template: str, keyring: Keyring
) -> AsyncIterator[tuple[asyncpg.Connection, Restored]]:
    name = f"restored_{uuid4().hex}"
    dsn = await asyncio.to_thread(made_database, cluster, name, template)
    told = await restore(dsn, keyring, history.folder)
    connection = await asyncpg.connect(normalise(dsn))
    yield connection, told
    await connection.close()
    await asyncio.to_thread(cluster.dropdb, name)


def test_p18_a_plain_dump_by_the_application_s_role_is_refused(history: History, source: str, tmp_path: Path) -> None:
    """P18: it would hold keys, and says so instead."""
    with pytest.raises(DatabaseError, match="row-level security"):
        client.run("pg_dump", source, f"--file={tmp_path / 'refused'}")


def _texts(path: Path) -> str:
    """All that a dump holds, decompressed."""
    command = [client._path("pg_restore"), "--file=-", str(path)]
    return subprocess.run(command, check=True, capture_output=True).stdout.decode()


@pytest.mark.parametrize("name", ["dump", "plain"])
def test_p18_no_dump_holds_a_key_or_a_private_value_in_clear(history: History, name: str) -> None:
    """P01, P02, P03, P11, P18: emails, postcodes, addresses, originals: sealed only."""
    text = _texts(getattr(history, name))
    for person in (history.gone, history.kept):
        assert person.sealed[0].hex() in text
        assert person.member.key.hex() not in text
        for told in (person.email, f"AB1 {person.mark}", f"CD2 {person.mark}", f"2001:db8::{person.mark}"):
            assert told not in text
        for told in (f"was {person.mark}", f"ring me {person.mark}", f"TOTP {person.mark}", f"Browser {person.mark}"):
            assert told not in text
    keys = "COPY public.person_key" in text and text.split("COPY public.person_key")[1].split("\\.")[0]
    assert not keys or keys.count("\n") == 1


def test_p18_only_the_newest_keys_are_kept_and_they_hold_nobody_who_is_gone(history: History) -> None:
    """P18: in a file for our eyes only; the keys of before are nowhere in the folder."""
    path = history.folder / KEYS
    text = _texts(path)
    assert history.kept.member.key.hex() in text
    assert history.gone.member.key.hex() not in text
    assert path.stat().st_mode & 0o777 == 0o600
    assert history.folder.joinpath(KEYS).read_bytes() != history.keys_before
    names = sorted(p.name for p in history.folder.iterdir())
    assert names == sorted([KEYS, history.dump.name, history.plain.name])


@pytest.mark.parametrize("name", ["dump", "plain"])
async def test_p18_an_old_dump_with_today_s_keys_gives_no_private_value_of_an_erased_person(
    history: History, name: str, cluster: EmbeddedPostgres, keyring: Keyring
) -> None:
    """P18: restored as it is, before anything is made to forget; all values of another person open."""
    made = f"old_{uuid4().hex}"
    dsn = await asyncio.to_thread(made_database, cluster, made)
    client.run("pg_restore", dsn, "--no-owner", "--exit-on-error", str(getattr(history, name)))
    table = ("--table=person_key",)
    client.run("pg_restore", dsn, "--data-only", "--enable-row-security", *table, str(history.folder / KEYS), keys=True)
    connection = await asyncpg.connect(normalise(dsn))
    try:
        found = set()
        for id_, wrapped in await connection.fetch("select id, wrapped from person_key"):
            for column, rows in (await sealed.opened(connection, keyring, wrapped, id_)).items():
                found |= {(column, row) for row in rows}
        lost = {(column, row) for column, rows in history.before[history.gone.id].items() for row in rows}
        safe = {(column, row) for column, rows in history.before[history.kept.id].items() for row in rows}
        assert await connection.fetchval("select count(*) from account where id = $1", history.gone.id) == 1
        assert lost & found == set()
        assert safe <= found
    finally:
        await connection.close()
        await asyncio.to_thread(cluster.dropdb, made)


def test_every_encrypted_column_takes_part(history: History) -> None:
    """P18: a new private column can't be forgotten."""
    for person in (history.gone, history.kept):
        assert set(history.before[person.id]) == ENCRYPTED


async def test_p18_restoring_brings_back_nobody_who_was_erased(
    history: History, restored: tuple[asyncpg.Connection, Restored]
) -> None:
    """P18: not their account, stories, responses, answers; the dump is older than the erasure."""
    connection, told = restored
    assert told == Restored(accounts=1, stories=1)
    world = World(history.world.client, connection, history.world.engine, history.world.sessions, history.world.keyring)
    left = await traces(world, [*history.gone.needles(), str(history.gone.id)])
    assert set(left) <= {"audit_event"}
    assert set().union(*left.values()) <= {str(history.gone.id)}
    kinds = "select kind::text from tombstone where number = $1"
    assert await connection.fetchval(kinds, history.gone.stories["PUBLISHED"]) == "ERASED"
    assert await connection.fetchval("select count(*) from demographics") == 1


async def test_p17_restoring_brings_back_no_story_that_was_withdrawn(
    history: History, restored: tuple[asyncpg.Connection, Restored], keyring: Keyring
) -> None:
    """P17: for ever; everything else of its author is there, and opens."""
    connection, _ = restored
    number, kept = history.kept.stories["PREVIEW"], history.kept
    row = await connection.fetchrow("select status, title, author_id from story where id = $1", number)
    assert tuple(row) == ("WITHDRAWN", None, None)
    opens = await sealed.opened(connection, keyring, kept.member.key, kept.id)
    of_story = {"story.postcode", "story.ip_address", "story_original.title", "story_original.body"}
    assert {column: rows - {str(number)} for column, rows in history.before[kept.id].items()} == opens
    assert of_story <= set(opens)


async def test_p18_another_program_s_dump_is_restored_as_well(
    history: History, database: str, keyring: Keyring
) -> None:
    """P18: as whoever dumps by cron has it."""
    assert await restore(database, keyring, history.folder, history.plain) == Restored(accounts=1, stories=1)


async def test_a_restored_database_goes_on(restored: tuple[asyncpg.Connection, Restored]) -> None:
    """A number that a later story had is not given again, and events leave."""
    connection, _ = restored
    last = await connection.fetchval("select max(number) from tombstone")
    assert await connection.fetchval("select nextval('story_id_seq')") > last
    waiting = "select count(*) from event where transaction >= pg_snapshot_xmin(pg_current_snapshot())"
    assert await connection.fetchval(waiting) == 0


async def test_a_database_with_people_is_not_restored_into(history: History, source: str, keyring: Keyring) -> None:
    with pytest.raises(DatabaseError, match="not empty"):
        await restore(source, keyring, history.folder)


async def test_without_keys_nothing_is_restored(history: History, empty: str, keyring: Keyring, tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="no dump"):
        await restore(empty, keyring, tmp_path)
    (tmp_path / history.dump.name).write_bytes(history.dump.read_bytes())
    with pytest.raises(DatabaseError, match="without the keys"):
        await restore(empty, keyring, tmp_path)


async def test_p18_with_a_wrong_master_key_nothing_stays_restored(history: History, database: str) -> None:
    """P18: where it can't be told whose is what, nothing is left standing."""
    with pytest.raises(SecretError):
        await restore(database, Keyring(new_master_key()), history.folder)
    connection = await asyncpg.connect(normalise(database))
    try:
        assert await connection.fetchval("select to_regclass('account')") is None
    finally:
        await connection.close()


def test_a_password_is_on_no_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = tmp_path / "seen"
    program = tmp_path / "pg_dump"
    program.write_text(f'#!/bin/sh\necho "$@" > {seen}\necho "$PGPASSWORD" >> {seen}\n')
    program.chmod(0o700)
    monkeypatch.setattr(client, "_path", lambda _: str(program))
    client.run("pg_dump", "postgresql://me:se%20cret@db.example:5433/candour?sslmode=require&pgbouncer=true", "--x")
    line, password = seen.read_text().splitlines()
    assert password == "se cret"
    assert line == (
        "--dbname=postgresql://me@db.example:5433/candour?sslmode=require&application_name=pg_dump --no-password --x"
    )
