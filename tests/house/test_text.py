"""What may stand in no file. The patterns are put together here, so that this file does not hold them."""

import re

import pytest

from tests.house.tree import ROOT, ending, files, name

PLACES = "|".join(["/wo" + "rk/", r"\.\./sha" + "red", r"/\.lib" + "rary", "/fa" + "rm/", "/tmp/l" + "ab"])
HOSTS = "|".join(["py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.(org|com)", "ex" + "tra-index"])
UNFINISHED = "|".join(
    ["TO" + "DO", "FIX" + "ME", "XX" + "X", "NotImpl" + "ementedError", r"(pytest|mark)\.sk" + "ip", "importor" + "skip"]
    + ["xf" + "ail", r"\.sk" + "ipif"]
)
CODE = (".py", ".polar", ".js", ".ts", ".css", ".html", ".toml", ".sql")
BINARY = (".png", ".ico", ".woff2", ".gz")


def _found(pattern: str, *endings: str) -> list[str]:
    paths = ending(*endings) if endings else [path for path in files() if path.suffix not in BINARY]
    lines = ((path, n, line) for path in paths for n, line in enumerate(_read(path), start=1))
    return [f"{name(path)}:{n}" for path, n, line in lines if re.search(pattern, line)]


def _read(path) -> list[str]:  # type: ignore[no-untyped-def]
    return path.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("pattern", [PLACES, HOSTS], ids=["places", "hosts"])
def test_nothing_names_where_it_was_made(pattern: str) -> None:
    assert _found(pattern) == []


def test_nothing_is_unfinished_or_switched_off() -> None:
    assert _found(UNFINISHED, *CODE) == []


def test_the_lock_holds_hashes_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert "--hash=sha256:" in lock
    assert "://" not in lock
    assert not re.search(r"^-", lock, re.MULTILINE)
    assert not (ROOT / ("uv" + ".lock")).exists()
