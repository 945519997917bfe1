"""The commands, as people type them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from jobs import commands
from jobs.schedule import JOBS

Shell = Callable[..., Result]


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
    assert row(result, "send mail") == ["send mail", "at once", "", "", "", "0", "0"]
    assert row(result, "forget mail") == ["forget mail", "1:00:00", "never", "", "now", "", ""]
    assert all(row(result, job.name) for job in JOBS)


def test_what_purges_would_do_is_counted_and_not_done(shell: Shell) -> None:
    result = shell("--dry-run")
    assert result.exit_code == 0, result.output
    assert row(result, "forget mail") == ["forget mail", "1:00:00", "never", "", "now", "0", ""]
    assert "never" in row(shell(), "forget mail")
