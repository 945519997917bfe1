"""Settings: what is refused, what is never shown, and where the master key is kept."""

import stat
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from settings import Settings, master_key, settings_table


def never() -> str:
    raise AssertionError("a key was made")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)


def test_production_without_a_key_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANDOUR_ENV", "production")
    with pytest.raises(ValidationError, match="CANDOUR_MASTER_KEY must be set"):
        Settings()


def test_a_refusal_shows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANDOUR_MASTER_KEY", "hush")
    monkeypatch.setenv("PORT", "hush-too")
    with pytest.raises(ValidationError) as refusal:
        Settings()
    assert "hush" not in str(refusal.value)


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("CANDOUR_MASTER_KEY", "DATABASE_URL", "SMTP_URL"):
        monkeypatch.setenv(variable, "hush")
    chosen = Settings()
    assert "hush" not in f"{chosen!r} {chosen} {chosen.model_dump_json()} {chosen.model_dump()}"


def test_the_names_of_fields_are_not_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("ENV", "DATA", "URL", "port", "data"):
        monkeypatch.setenv(variable, "elsewhere")
    assert Settings().port == 8000
    assert Settings().data.name == ".data"


def test_a_key_that_is_set_is_used_and_none_made(tmp_path: Path) -> None:
    chosen = Settings(CANDOUR_DATA=tmp_path, CANDOUR_MASTER_KEY=SecretStr("given"))
    assert master_key(chosen, never) == "given"
    assert not list(tmp_path.iterdir())


def test_a_key_is_made_once_for_our_eyes_only(tmp_path: Path) -> None:
    chosen = Settings(CANDOUR_DATA=tmp_path)
    assert master_key(chosen, lambda: "made") == "made"
    assert master_key(chosen, never) == "made"
    assert stat.S_IMODE((tmp_path / "master.key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["master.key"]


@pytest.mark.parametrize(("env", "shown"), [("development", True), ("production", False)])
def test_graphiql_is_for_development(env: str, shown: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANDOUR_ENV", env)
    monkeypatch.setenv("CANDOUR_MASTER_KEY", "given")
    assert Settings().graphiql is shown


def test_the_public_address_follows_the_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9000")
    assert Settings().url == "http://localhost:9000"
    monkeypatch.setenv("CANDOUR_URL", "https://candour.example/")
    assert Settings().url == "https://candour.example"


def test_every_variable_is_in_the_table() -> None:
    table = settings_table()
    assert all(f"`{field.alias}`" in table and field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize(
    ("variable", "value", "needed"),
    [
        ("CANDOUR_ENV", "development", False),
        ("CANDOUR_ENV", "production", True),
        ("DATABASE_URL", "postgresql://elsewhere/candour", True),
    ],
)
def test_roles_need_a_second_factor_wherever_data_may_be_real(
    variable: str, value: str, needed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANDOUR_MASTER_KEY", "given")
    monkeypatch.setenv(variable, value)
    assert Settings().second_factor is needed
    monkeypatch.setenv("CANDOUR_SECOND_FACTOR", "no" if needed else "yes")
    assert Settings().second_factor is not needed


@pytest.mark.parametrize("hours", ["0", "-1", "721", "x"])
def test_a_session_without_end_is_refused(hours: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANDOUR_SESSION_HOURS", hours)
    with pytest.raises(ValidationError, match="CANDOUR_SESSION_HOURS"):
        Settings()
