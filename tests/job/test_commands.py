"""The commands, as people type them."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest
import typer
from typer.testing import CliRunner, Result

from jobs import commands
from jobs.schedule import JOBS
from models.database.connection import normalise

Shell = Callable[..., Result]


RUNS = """
insert into job_record (name, started_at, finished_at, done, fault)
select 'send mail', at - interval '1.5 seconds', at, done, fault
from (values (interval '25 hours', 9, null), ('3 hours', 4, null), ('2 hours', 3, null), ('1 hour', null, 'OSError'),
    ('1 minute', null, 'stopped')) as run (ago, done, fault), lateral (select now() - ago) as time (at)
"""


@pytest.fixture
def shell(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Runs `jobs` on an empty database."""
    chosen = commands.Settings(CANDOUR_DATA=tmp_path)
    monkeypatch.setattr(commands, "settings", lambda: chosen)
    cli = typer.Typer()
    cli.command()(commands.jobs)

    @contextmanager
    def opened() -> Iterator[str]:
        yield database

    def run(*words: str) -> Result:
        return CliRunner().invoke(cli, words, obj=opened)

    return run


def row(result: Result, name: str) -> list[str]:
    """The cells of a job's line."""
    (line,) = (line for line in result.stdout.splitlines() if f" {name} " in line)
    return [cell.strip() for cell in line.split("│")[1:-1]]


def test_a_fault_is_named_by_its_kind_only(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(commands.console, "print", lambda text, **_: said.append(text))
    commands._tell("send mail", ValueError("canary@people.example"))
    commands._tell("forget mail", 3)
    assert said == ["send mail failed: ValueError", "forget mail: 3 done"]


def test_every_job_is_listed_with_what_waits(shell: Shell) -> None:
    result = shell()
    assert result.exit_code == 0, result.output
    assert row(result, "send mail") == ["send mail", "at once", "", "", "", "0", "0", "0", "0"]
    assert row(result, "forget mail") == ["forget mail", "1:00:00", "never", "", "now", "0", "0", "", ""]
    assert all(row(result, job.name) for job in JOBS)


def test_what_purges_would_do_is_counted_and_not_done(shell: Shell) -> None:
    result = shell("--dry-run")
    assert result.exit_code == 0, result.output
    assert row(result, "forget mail") == ["forget mail", "1:00:00", "never", "", "now", "0", "0", "0", ""]
    assert "never" in row(shell(), "forget mail")


@pytest.fixture
def lived(database: str) -> None:
    """Some runs of the job that sends e-mails."""

    async def write() -> None:
        connection = await asyncpg.connect(normalise(database))
        await connection.execute(RUNS)
        await connection.close()

    asyncio.run(write())


@pytest.mark.usefixtures("lived")
def test_what_came_of_a_job_in_the_last_day_is_told(shell: Shell) -> None:
    """Who stops a worker is no fault of the job."""
    assert row(shell(), "send mail") == ["send mail", "at once", "", "", "", "7", "1", "0", "0"]
    assert row(shell(), "forget mail")[5:7] == ["0", "0"]


@pytest.mark.usefixtures("lived")
def test_the_history_tells_of_the_latest_runs_the_last_first(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "LATEST", 4)
    lines = [line for line in shell("--history").stdout.splitlines() if " send mail " in line]
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines]
    assert [(lasted, result) for _, _, lasted, result in cells] == [
        ("1.5 s", "failed: stopped"), ("1.5 s", "failed: OSError"), ("1.5 s", "3 done"), ("1.5 s", "4 done"),
    ]  # fmt: skip


@pytest.mark.usefixtures("lived")
def test_the_history_can_be_of_one_job(shell: Shell) -> None:
    assert " send mail " in shell("--history", "--name", "send mail").stdout
    assert " send mail " not in shell("--name", "forget mail").stdout
