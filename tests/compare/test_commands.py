"""`policy test`, `diff` and `impact`: what they write, and how they end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from policies.coverage import Untried
from policies.error import PolicyError
from schema.policy import source, tables
from schema.policy.commands import policy
from tests.compare.candidate import FORGETS_AUTHORS, SHOWS_REVIEWS, Edit, texts

Folder = Callable[..., str]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    def made(*edits: Edit) -> str:
        for file, text in texts(*edits).items():
            (tmp_path / file).write_text(text)
        return str(tmp_path)

    return made


@pytest.fixture(autouse=True)
def two_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two kinds of viewers are enough here."""
    from policies.compare import difference
    from policies.viewer import Kind

    monkeypatch.setattr(difference, "all_kinds", lambda: (Kind("Member"), Kind("Member", staff=True)))


def run(*arguments: str, dsn: str = "") -> Result:
    @contextmanager
    def ready() -> Iterator[str]:
        yield dsn

    return CliRunner().invoke(policy, arguments, obj=ready, env={"COLUMNS": "200"})


def test_a_private_gain_ends_with_1(folder: Folder) -> None:
    found = run("diff", "policies", "--to", folder(SHOWS_REVIEWS))
    assert found.exit_code == 1
    assert "gained, private Story: ageGroup authorRole" in found.stdout
    assert "by            member+staff" in found.stdout


def test_a_loss_ends_with_0(folder: Folder) -> None:
    found = run("diff", folder(SHOWS_REVIEWS))
    assert found.exit_code == 0
    assert "lost            Story: ageGroup authorRole" in found.stdout
    assert "0 gained (0 of them private)" in found.stdout


@pytest.mark.parametrize("arguments", [["nowhere"], ["--", "--help"], ["policies", "--to", "nowhere"]])
@pytest.mark.parametrize("command", ["diff", "impact"])
def test_what_is_no_revision_ends_with_2(command: str, arguments: list[str]) -> None:
    assert run(command, *arguments).exit_code == 2


def test_rules_that_polar_refuses_are_told(folder: Folder) -> None:
    broken = Path(folder()) / "tag.polar"
    broken.write_text("grant(")
    found = run("diff", str(broken.parent))
    assert found.exit_code == 2
    assert "tag.polar:1" in found.stderr


def test_impact_counts(folder: Folder, demo: str) -> None:
    found = run("impact", "policies", "--to", folder(SHOWS_REVIEWS, FORGETS_AUTHORS), dsn=demo)
    assert found.exit_code == 0
    assert "Story: postcode" in found.stdout
    assert "rows gained" in found.stdout
    same = run("impact", "policies", "--to", "policies", dsn=demo)
    assert (same.exit_code, same.stdout) == (
        0, "0 pairs of viewers and fields differ; in 0 of them no row changes.\n"
    )  # fmt: skip


MISSING = Untried("grant", "tag.polar:4", "Tag.kind (clear)", "no case denies it")


@pytest.mark.parametrize(
    ("failures", "missing", "code"), [((), (), 0), ((), (MISSING,), 1), (("tests/x.py::test_y: no",), (), 1)]
)
def test_tables_that_leave_something_untried_end_with_1(
    failures: tuple[str, ...], missing: tuple[Untried, ...], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tried(tell: tables.Tell) -> tables.Trial:
        tell(3, 3)
        return tables.Trial(3, 5, 0.1, failures, {"grant": 2}, missing, 100.0 if not missing else 50.0)

    monkeypatch.setattr(tables, "tried", tried)
    found = run("test")
    assert found.exit_code == code
    assert all(text in found.stdout for text in failures)
    assert ("policies/tag.polar:4: Tag.kind (clear): no case denies it" in found.stdout) == bool(missing)


def test_tables_that_do_not_run_end_with_2(monkeypatch: pytest.MonkeyPatch) -> None:
    def tried(_: tables.Tell) -> Any:
        raise PolicyError("the decision tables can't be run")

    monkeypatch.setattr(tables, "tried", tried)
    assert run("test").exit_code == 2


def test_a_folder_is_compared_with_the_rules_of_this_tree(folder: Folder) -> None:
    assert source.compared(folder(), None) == []
