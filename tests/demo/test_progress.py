"""How far a seed is, told to people and to logs."""

import io

import pytest
from rich.console import Console

from operations.demo import progress
from operations.demo.progress import watch


def _shown(*, terminal: bool) -> str:
    written = io.StringIO()
    with watch(Console(file=written, force_terminal=terminal, width=80)) as tell:
        tell("stories", 20_000, 100_000)
        tell("indexes", 1, 21)
    return written.getvalue()


@pytest.mark.parametrize("terminal", [False, True])
def test_a_short_seed_shows_nothing(terminal: bool) -> None:
    assert _shown(terminal=terminal) == ""


def test_a_log_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0)
    assert _shown(terminal=False) == "stories: 20,000 of 100,000\n", "and the next one only after a while"


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0)
    assert "stories" in _shown(terminal=True)
