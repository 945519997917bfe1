"""What may stand in no file. Each pattern has a class of one letter, so that it does not find itself."""

import re
from pathlib import Path

import pytest

from tests.house.tree import ROOT, ending, files, name

PLACES = r"/[w]ork/|\.\./[s]hared|/\.[l]ibrary|/[f]arm/|/tmp/[l]ab"
HOSTS = r"[p]ypi\.org|[p]ythonhosted|[n]pmjs\.|[e]xtra-index|[i]ndex-url="
UNFINISHED = (
    r"\b[T]ODO\b|\b[F]IXME\b|\b[X]XX\b|[N]otImplementedError"
    r"|(pytest|mark|unittest)\.[s]kip|importor[s]kip|\b[x]fail\b"
)
CODE = (".py", ".polar", ".js", ".ts", ".css", ".html", ".toml", ".sql")


def _found(pattern: str, paths: list[Path]) -> list[str]:
    compiled = re.compile(pattern)
    lines = ((path, n, line) for path in paths for n, line in enumerate(_lines(path), start=1))
    return [f"{name(path)}:{n}" for path, n, line in lines if compiled.search(line)]


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


@pytest.mark.parametrize("pattern", [PLACES, HOSTS], ids=["places", "hosts"])
def test_nothing_names_where_it_was_made(pattern: str) -> None:
    assert _found(pattern, list(files())) == []


def test_nothing_is_unfinished_or_switched_off() -> None:
    assert _found(UNFINISHED, ending(*CODE, ".mjs")) == []


def test_the_lock_holds_hashes_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert "--hash=sha256:" in lock
    assert "://" not in lock
    assert not re.search(r"^-", lock, re.MULTILINE)
    assert not (ROOT / "uv.lock").exists()
