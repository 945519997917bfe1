"""A cluster of the first release, whose only role is a superuser named candour: it goes on, and its dumps hold no key."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from models.database import client, cluster, migration
from models.database.connection import engine, normalise, session_factory
from models.database.embedded import EmbeddedPostgres
from models.database.identity import Identity
from models.secret import Keyring
from operations.account import hold
from operations.backup.dump import KEYS, back_up
from operations.backup.restore import Restored, restore
from operations.erasure import erase

BEFORE = "327a880a41e7"
"""The revision that the first release left, in which keys lay in the table of accounts."""


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """Made as the first release made it, started as today."""
    patch, run = pytest.MonkeyPatch(), cluster.run

    def as_before(where: Path, identity: Identity, command: list[str], given: bytes = b"") -> None:
        renamed = [part.replace("--username=postgres", "--username=candour") for part in command]
        run(where, identity, renamed, b"CREATE DATABASE candour\n" if given else given)

    patch.setattr(cluster, "run", as_before)
    postgres = EmbeddedPostgres(tmp_path_factory.mktemp("old"), durable=False)
    postgres.start()
    patch.undo()
    yield postgres
    postgres.stop()


async def _execute(dsn: str, statement: str, *values: object) -> object:
    connection = await asyncpg.connect(normalise(dsn))
    try:
        return await connection.fetchval(statement, *values)
    finally:
        await connection.close()


async def test_p18_an_old_cluster_migrates_its_keys_and_dumps_none(
    old: EmbeddedPostgres, keyring: Keyring, tmp_path: Path
) -> None:
    """P18: row security does not count for a superuser, so keys are left out by name; erasing destroys them there too."""
    dsn = old.dsn()
    people = [uuid4() for _ in range(2)]
    wrapped = {person: keyring.new_person_key(str(person)) for person in people}
    await migration.upgrade(dsn, BEFORE)
    for person in people:
        sealed = keyring.open(wrapped[person], str(person)).encrypt("a@b.example", f"account.email:{person}")
        insert = "insert into account (id, created_at, key, email, roles) values ($1, now(), $2, $3, '{}')"
        await _execute(dsn, insert, person, wrapped[person], sealed)
    await migration.upgrade(dsn)
    assert await _execute(dsn, "select usesuper from pg_user where usename = current_user") is True
    assert await _execute(dsn, "select count(*) from person_key") == len(people)
    dump = back_up(dsn, tmp_path)
    held = subprocess.run([client._path("pg_restore"), "--file=-", str(dump)], check=True, capture_output=True).stdout
    assert str(people[0]).encode() in held
    assert not any(key.hex().encode() in held for key in wrapped.values())
    operations = engine(dsn, 1)
    async with session_factory(operations).begin() as session:
        await erase(session, keyring, await hold(session, people[0], change=True))
    await operations.dispose()
    assert await _execute(dsn, "select id from person_key") == people[1]


async def test_a_new_cluster_takes_over_what_an_old_one_dumped(
    old: EmbeddedPostgres, database: str, keyring: Keyring, tmp_path: Path
) -> None:
    """The way to a cluster whose role is no superuser: back up, start in a new folder, restore."""
    back_up(old.dsn(), tmp_path)
    assert (tmp_path / KEYS).exists()
    assert await restore(database, keyring, tmp_path) == Restored(0, 0)
    assert await _execute(database, "select count(*) from person_key") == 1
    assert await _execute(database, "select usesuper from pg_user where usename = current_user") is False
