"""Programs that some tests need and pip can't install.

Where one is absent those tests are not collected, and the summary of the run says so.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

PLACES = ("/usr/sbin", "/usr/local/sbin")
NEEDS = {"tests/client": ("node", "npm"), "tests/fault/test_pgbouncer.py": ("pgbouncer",)}
"""Which tests need which programs."""
SHARE = Path(sys.prefix) / "share" / "candour-tests"
"""What tests install and note, for all workers of a run."""


def place(name: str) -> str | None:
    """Where a program is; None where it is not installed."""
    return shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), *PLACES)))


def program(name: str) -> str:
    """Where a program is; raises FileNotFoundError where it is not installed."""
    found = place(name)
    if found is None:
        raise FileNotFoundError(name)
    return found


def missing(tests: str) -> list[str]:
    """Which programs are absent that these tests need."""
    return [name for name in NEEDS[tests] if place(name) is None]


def note(tests: str) -> Path:
    """Where it is written for this run why tests can't be tried, though their programs are there."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    return SHARE / f"untried-{tests.replace('/', '-')}-{run[:12]}"


def untried() -> Iterator[str]:
    """What is not tried in this run, and why, a line each."""
    for tests in NEEDS:
        if absent := missing(tests):
            yield f"{tests}: {' and '.join(absent)} not installed"
        elif note(tests).exists():
            yield f"{tests}: {note(tests).read_text()}"
