"""The commands `backup` and `restore`, as people type them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import typer
from typer.testing import CliRunner

from models.database.connection import normalise
from models.database.embedded import EmbeddedPostgres
from models.secret import new_master_key
from operations.backup import commands
from settings import Settings
from tests.erasure.conftest import made_database


@pytest.fixture
def other(cluster: EmbeddedPostgres, template: str) -> Iterator[str]:
    name = f"other_{uuid4().hex}"
    yield made_database(cluster, name, template)
    cluster.dropdb(name)


@contextmanager
def _database(dsn: str) -> Iterator[str]:
    yield dsn


def _run(dsn: str, *words: str) -> Any:
    cli = typer.Typer()
    cli.command("backup")(commands.back_up)
    cli.command("restore")(commands.bring_back)
    return CliRunner().invoke(cli, words, obj=partial(_database, dsn))


async def _ask(dsn: str, statement: str) -> Any:
    connection = await asyncpg.connect(normalise(dsn))
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


@pytest.fixture(autouse=True)
def _master_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = Settings(CANDOUR_DATA=tmp_path / "data", CANDOUR_MASTER_KEY=new_master_key())
    monkeypatch.setattr(commands, "settings", lambda: chosen)


def test_a_folder_without_dumps_is_told(database: str, tmp_path: Path) -> None:
    result = _run(database, "restore", str(tmp_path))
    assert (result.exit_code, "no dump in this folder" in result.stderr) == (1, True)


def test_what_the_program_says_is_told_without_its_address(tmp_path: Path) -> None:
    result = _run("postgresql://me:secret@localhost:1/nowhere", "backup", str(tmp_path / "dumps"))
    assert result.exit_code == 1
    assert "pg_dump" in result.stderr
    assert "secret" not in result.output
    assert list((tmp_path / "dumps").iterdir()) == []


def test_p18_backed_up_and_restored(database: str, other: str, tmp_path: Path) -> None:
    """P18: only the newest keys.dump is there, whatever is run how often."""
    folder, person = tmp_path / "dumps", uuid4()
    insert = f"insert into account (id, created_at) values ('{person}', now())"
    asyncio.run(_ask(database, insert))
    asyncio.run(_ask(database, f"insert into person_key (id, wrapped) values ('{person}', 'sealed')"))
    result = _run(database, "backup", str(folder))
    assert result.exit_code == 0, result.output
    assert "Keep no older keys.dump" in result.stderr
    assert _run(database, "backup", str(folder), "--keys-only").stdout.strip() == str(folder / "keys.dump")
    assert len(list(folder.iterdir())) == 2
    assert folder.stat().st_mode & 0o777 == 0o700
    restored = _run(other, "restore", str(folder))
    assert "without 0 people erased and 0 stories withdrawn" in restored.stderr
    assert asyncio.run(_ask(other, "select id from account")) == person
    again = _run(other, "restore", str(folder))
    assert (again.exit_code, "not empty" in again.stderr) == (1, True)
