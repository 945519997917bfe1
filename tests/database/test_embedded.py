"""The embedded PostgreSQL: who can't reach it, what it does not tell, and what it survives."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from models.database.embedded import EmbeddedPostgres
from models.database.identity import EmbeddedPostgresError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("embedded")


@pytest.fixture
def postgres(data: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(data, durable=False) as postgres:
        yield postgres


async def ask(dsn: str, question: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def server_pid(postgres: EmbeddedPostgres) -> int:
    return int((postgres.cluster / "postmaster.pid").read_text().splitlines()[0])


def test_data_of_another_release_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("14\n")
    with pytest.raises(EmbeddedPostgresError, match="made by PostgreSQL 14"):
        EmbeddedPostgres(tmp_path).start()


def test_a_lock_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres.gate").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        EmbeddedPostgres(tmp_path).start()
    assert not (tmp_path / "elsewhere").exists()


def test_a_broken_configuration_says_so_and_leaves_no_server(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.database.embedded.OPTIONS", {"no_such_option": "1"})
    with pytest.raises(EmbeddedPostgresError, match="no_such_option"):
        EmbeddedPostgres(data).start()
    assert not (data / "postgres" / "postmaster.pid").exists()


async def test_only_this_user_can_connect(postgres: EmbeddedPostgres) -> None:
    assert stat.S_IMODE(postgres.cluster.stat().st_mode) == 0o700
    assert await ask(postgres.dsn(), "SHOW listen_addresses") == ""
    superuser = postgres.dsn().replace("//candour@", "//postgres@")
    assert await ask(superuser, "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'peer'") == 0


async def test_the_applications_role_is_no_superuser(postgres: EmbeddedPostgres) -> None:
    """P18: row security holds for it, and for the dumps that it makes."""
    assert await ask(postgres.dsn(), "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


async def test_the_server_does_not_run_as_root(postgres: EmbeddedPostgres) -> None:
    assert Path(f"/proc/{server_pid(postgres)}").stat().st_uid != 0


def test_the_server_gets_none_of_our_secrets(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANDOUR_MASTER_KEY", "do-not-tell")
    with EmbeddedPostgres(data, durable=False) as postgres:
        # The server runs as another user; what it hands to a command of its own is its environment.
        shown = subprocess.run(
            ["ps", "eww", "-o", "command=", "-p", str(server_pid(postgres))], capture_output=True, check=True
        )
    assert b"postgres" in shown.stdout
    assert b"do-not-tell" not in shown.stdout


async def test_private_values_stay_out_of_the_log(postgres: EmbeddedPostgres) -> None:
    await ask(postgres.dsn(), "CREATE TABLE t (a text UNIQUE)")
    with pytest.raises(asyncpg.UniqueViolationError):
        await ask(postgres.dsn(), "INSERT INTO t VALUES ('hush'), ('hush')")
    log = (postgres.data / "postgres.log").read_text()
    assert "duplicate key" in log
    assert "hush" not in log


def test_the_terminal_s_ctrl_c_does_not_reach_the_server(postgres: EmbeddedPostgres) -> None:
    assert os.getsid(server_pid(postgres)) != os.getsid(0)


async def test_a_second_process_uses_the_server_and_does_not_stop_it(postgres: EmbeddedPostgres) -> None:
    code = f"""
from pathlib import Path
from models.database.embedded import EmbeddedPostgres
with EmbeddedPostgres(Path({str(postgres.data)!r}), durable=False) as postgres:
    print(postgres.dsn())
"""
    before = server_pid(postgres)
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert said.stdout.strip() == postgres.dsn()
    assert server_pid(postgres) == before
    assert await ask(postgres.dsn(), "SELECT 1") == 1


async def test_the_last_to_leave_stops_the_server(data: Path) -> None:
    first, second = EmbeddedPostgres(data, durable=False), EmbeddedPostgres(data, durable=False)
    first.start()
    second.start()
    first.stop()
    assert await ask(second.dsn(), "SELECT 1") == 1
    second.stop()
    second.stop()
    with pytest.raises(OSError, match=r"refused|No such file"):
        await ask(second.dsn(), "SELECT 1")


async def test_data_outlives_a_killed_server(data: Path) -> None:
    killed = EmbeddedPostgres(data, durable=False)
    await ask(killed.start(), "CREATE TABLE IF NOT EXISTS kept AS SELECT 7 AS number")
    os.kill(server_pid(killed), signal.SIGKILL)
    killed.stop()
    with EmbeddedPostgres(data, durable=False) as again:
        assert await ask(again.dsn(), "SELECT number FROM kept") == 7


def test_a_pid_file_that_names_another_program_is_no_obstacle(data: Path) -> None:
    with EmbeddedPostgres(data, durable=False) as postgres:
        lines = (postgres.cluster / "postmaster.pid").read_text().splitlines()
    with subprocess.Popen(["sleep", "60"]) as other:
        lines[0] = str(other.pid)
        (data / "postgres" / "postmaster.pid").write_text("\n".join(lines))
        with EmbeddedPostgres(data, durable=False) as postgres:
            assert server_pid(postgres) != other.pid
        other.terminate()


async def test_a_private_folder_with_a_long_and_odd_name_will_do(tmp_path: Path) -> None:
    folder = tmp_path / ("deep" * 20) / "naïve, folder: 1"
    folder.mkdir(parents=True)
    tmp_path.chmod(0o700)
    (folder / "postgres.new").mkdir()
    (folder / "postgres.new" / "left by an interrupted start").touch()
    with EmbeddedPostgres(folder, durable=False) as postgres:
        assert await ask(postgres.dsn(), "SHOW server_encoding") == "UTF8"
        link = postgres._socket_folder()
        assert link.is_symlink()
    assert not link.parent.exists()


async def test_a_copy_of_a_database_holds_its_rows(postgres: EmbeddedPostgres) -> None:
    await ask(await asyncio.to_thread(postgres.createdb, "origin"), "CREATE TABLE r AS SELECT 3 AS number")
    copy = await asyncio.to_thread(postgres.createdb, "copy", "origin")
    assert await ask(copy, "SELECT number FROM r") == 3
    for name in ("copy", "origin", "origin"):
        await asyncio.to_thread(postgres.dropdb, name)
