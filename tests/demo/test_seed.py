"""The command `seed`, from its refusals to what it says at the end."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import typer
from typer.testing import CliRunner, Result

from models.secret import new_master_key
from operations.demo.commands import seed
from settings import settings


@pytest.fixture(autouse=True)
def _fresh_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for variable in ("CANDOUR_ENV", "DATABASE_URL", "CANDOUR_MASTER_KEY"):
        monkeypatch.delenv(variable, raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


def _seed(dsn: str, *arguments: str) -> Result:
    """What the command says, with the database at `dsn` (empty: it must not be opened)."""

    @contextmanager
    def database() -> Iterator[str]:
        assert dsn, "opened"
        yield dsn

    cli = typer.Typer()
    cli.command()(seed)
    return CliRunner().invoke(cli, arguments, obj=database)


def test_production_is_refused_before_the_database_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANDOUR_ENV", "production")
    monkeypatch.setenv("CANDOUR_MASTER_KEY", new_master_key())
    refused = _seed("", "--force", "--stories", "1000")
    assert refused.exit_code == 1
    assert "never loaded with CANDOUR_ENV=production" in refused.output


def test_a_database_of_ones_own_is_refused_before_it_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody:something@elsewhere/care")
    refused = _seed("")
    assert refused.exit_code == 1
    assert "--force" in refused.output
    assert "something" not in refused.output


def test_wrong_settings_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANDOUR_ENV", "production")
    refused = _seed("")
    assert refused.exit_code == 1
    assert "CANDOUR_MASTER_KEY must be set" in refused.output


def test_a_wrong_master_key_is_not_repeated(monkeypatch: pytest.MonkeyPatch, database: str) -> None:
    monkeypatch.setenv("CANDOUR_MASTER_KEY", "nonsense")
    refused = _seed(database)
    assert refused.exit_code == 1
    assert "CANDOUR_MASTER_KEY is not a keyset" in refused.output
    assert "nonsense" not in refused.output


def test_it_says_what_it_made_and_who_can_sign_in(monkeypatch: pytest.MonkeyPatch, database: str) -> None:
    monkeypatch.setenv("CANDOUR_MASTER_KEY", new_master_key())
    made = _seed(database, "--stories", "310")
    assert made.exit_code == 0
    assert "310 new stories" in made.output
    assert "author@demo.example" in made.output
    assert "There is nothing left to do" in _seed(database).output
