"""The commands, as people type them."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner, Result

from operations.imports.commands import importing, postcodes
from operations.imports.progress import watch
from tests.imports.conftest import AREAS, ORGANISATIONS, register
from tests.imports.test_service import HEADER as SERVICES


class Shell:
    """Runs commands on a database, with files in a folder."""

    def __init__(self, dsn: str, folder: Path) -> None:
        self._dsn, self._folder = dsn, folder
        self._cli = typer.Typer()
        self._cli.add_typer(importing, name="import")
        self._cli.add_typer(postcodes, name="postcodes")

    @contextmanager
    def _database(self) -> Iterator[str]:
        yield self._dsn

    def path(self, name: str, *lines: str) -> str:
        """A file with these lines."""
        (self._folder / name).write_text("\n".join(lines))
        return str(self._folder / name)

    def run(self, *words: str) -> Result:
        """What the command said, and whether it failed."""
        return CliRunner().invoke(self._cli, words, obj=self._database)


@pytest.fixture
def shell(database: str, tmp_path: Path) -> Shell:
    """A shell on an empty database."""
    return Shell(database, tmp_path)


def test_a_file_of_another_layout_fails_and_says_so(shell: Shell) -> None:
    result = shell.run("import", "areas", shell.path("areas.csv", "a,b", "1,2"))
    assert result.exit_code == 1
    assert "areas.csv has no column code, name, kind" in result.stderr
    assert "Nothing of this file was imported." in result.stderr


def test_a_missing_file_fails_and_the_files_before_it_are_kept(shell: Shell, tmp_path: Path) -> None:
    result = shell.run("import", "organisations", shell.path("etr.csv", register("RZ1")), str(tmp_path / "none.csv"))
    assert result.exit_code == 1
    assert "etr.csv: 1 rows: 1 added" in result.stderr
    assert "none.csv: No such file" in result.stderr


def test_rejected_rows_are_told_and_written_to_a_file(shell: Shell, tmp_path: Path) -> None:
    lines = [register("RZ1", status="P") for _ in range(30)]
    rejects = tmp_path / "rejects.csv"
    path = shell.path("etr.csv", *lines, register("RZ2"))
    result = shell.run("import", "organisations", path, "--rejects", str(rejects))
    assert result.exit_code == 0
    assert "etr.csv line 20: only proposed yet (status P)" in result.stderr
    assert "line 21" not in result.stderr
    assert "… and 10 more rejected rows" in result.stderr
    assert "etr.csv: 31 rows: 1 added, 30 rejected" in result.stderr
    written = rejects.read_text().splitlines()
    assert written[:2] == ["file,line,why", "etr.csv,1,only proposed yet (status P)"]
    assert len(written) == 31


def test_everything_is_imported_and_what_no_area_has_is_listed(shell: Shell) -> None:
    files = {
        "organisations": shell.path("o.csv", ORGANISATIONS, "RZ1,One,NHS_TRUST,ENGLAND,,,"),
        "areas": shell.path("a.csv", AREAS, "E54000901,Some,INTEGRATED_CARE_BOARD,2022-07-01,,,RZ1"),
        "services": shell.path(
            "s.csv",
            SERVICES,
            "RZ101,Known,RZ1,,,NM1 1AQ,,,",
            "RZ102,Unknown,RZ1,,,NM1 2FZ,,,",
            "RZ103,Closed,RZ1,,,NM1 3WS,,,2020-01-01",
            "RZ104,Nowhere,RZ1,,,,,,",
        ),
        "postcodes": shell.path("p.csv", "pcds,icb", "NM1 1AQ,E54000901"),
    }
    for kind, path in files.items():
        result = shell.run("import", kind, path, *(["--on", "2026-11-01"] if kind == "postcodes" else []))
        assert result.exit_code == 0, result.output
    listed = shell.run("postcodes", "unknown")
    assert listed.stdout == "NM1 2FZ\tRZ102\tUnknown\n"
    assert "1 services have a postcode that is in no area" in listed.stderr


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_is_shown(terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.imports.progress.SECONDS_BETWEEN_LINES", 0.0)

    shown = StringIO()
    console = Console(file=shown, force_terminal=terminal, width=80)
    with watch(console, "some.csv", 200) as advance:
        advance(100)
        advance(100)
    said = shown.getvalue()
    assert "some.csv: storing" in said if terminal else said == "some.csv: 50 % read\nsome.csv: 100 % read\n"
