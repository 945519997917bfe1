"""Programs of the machine that some tests need: where one is absent, they say so, and do nothing else."""

import os
import shutil
from typing import NoReturn

import pytest

PLACES = ("/usr/sbin", "/usr/local/sbin")


def needed(name: str) -> str:
    """Where a program is; without it the test that asks is left out."""
    found = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), *PLACES)))
    if found is None:
        absent(f"the program {name} is not installed")
    return found


def absent(why: str) -> NoReturn:
    """Leave out the test that asks, and say why."""
    pytest.skip(why)
