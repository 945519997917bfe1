"""`audit verify` and `audit anchor`, as somebody runs them who answers for the log."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import orjson
import pytest
from typer.testing import CliRunner, Result

from models.database.connection import normalise
from models.secret import Keyring
from operations.audit import commands
from tests.audit.tamper import anchored

Shell = Callable[..., Result]
OWNER = "alter table audit_event disable trigger user; "


@pytest.fixture
def shell(aged: str, keyring: Keyring, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Runs commands on a log of 600 entries with one anchor."""
    asyncio.run(anchored(aged, keyring))

    @contextmanager
    def opened() -> Iterator[str]:
        yield aged

    monkeypatch.setattr(commands, "Keyring", lambda _: keyring)
    monkeypatch.setattr(commands, "master_key", lambda *_: "")
    return lambda *words: CliRunner().invoke(commands.audit, words, obj=opened)


async def _execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(normalise(dsn))
    await connection.execute(statement)
    await connection.close()


def test_a_changed_log_ends_with_one_and_names_each(shell: Shell, aged: str) -> None:
    asyncio.run(_execute(aged, OWNER + "update audit_event set account_id = null where id in (5, 9)"))
    result = shell("verify")
    assert result.exit_code == 1
    lines = sorted(result.stdout.splitlines())
    assert [line.partition(",")[0] for line in lines] == ["event 5", "event 9"]
    assert all(line.endswith(": was changed") for line in lines)
    assert "600 events and 1 anchors were looked at. 2 things are wrong." in result.stderr


def test_an_unchanged_log_ends_with_nothing(shell: Shell) -> None:
    result = shell("verify")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "600 events and 1 anchors were looked at. All is as it was written." in result.stderr


def test_an_anchor_is_a_line_that_finds_what_was_cut_off_with_it(shell: Shell, aged: str, tmp_path: Path) -> None:
    printed = shell("anchor")
    assert printed.exit_code == 0
    (line,) = printed.stdout.splitlines()
    assert orjson.loads(line)["id"] == 2
    assert "Nothing was written since this anchor." in shell("anchor").stderr
    kept = tmp_path / "anchors"
    kept.write_text(f"{line}\n\n")
    assert shell("verify", "--anchor", str(kept)).exit_code == 0
    asyncio.run(_execute(aged, OWNER + "alter table audit_anchor disable trigger user; delete from audit_anchor"))
    result = shell("verify", "--anchor", str(kept))
    assert (result.exit_code, result.stdout) == (1, "anchor 2, which was kept elsewhere, is missing\n")


@pytest.mark.parametrize("text", [None, "nothing", "{}"])
def test_a_file_without_anchors_is_refused(shell: Shell, tmp_path: Path, text: str | None) -> None:
    kept = tmp_path / "anchors"
    if text is not None:
        kept.write_text(text)
    result = shell("verify", "--anchor", str(kept))
    assert (result.exit_code, result.stdout) == (1, "")
