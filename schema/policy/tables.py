"""The decision tables, run to see what of the rules they exercise."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from policies.coverage import Coverage, Untried, untried, watching
from policies.error import PolicyError
from policies.plan import Policies

ROOT = Path(__file__).resolve().parents[2]
TABLES, POLICIES = "tests/policies", "policies"
DECIDERS = ("by_plan", "may", "may_call", "assert_decided")
"""What tables decide with (`tests/policies/decision.py`, `table.py`); a file that uses none of them has no table."""
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of the tables: the cases that failed, and what no case tries."""

    cases: int
    decisions: int
    seconds: float
    failures: tuple[str, ...]
    wanted: dict[str, int]
    missing: tuple[Untried, ...]
    percent: float


def tried(tell: Tell) -> Trial:
    """Run all tables; `tell` is told how many cases are done, of how many.

    Raises PolicyError where the policies can't be loaded, or where there are no tables to run.
    """
    try:
        import pytest
    except ImportError:
        raise PolicyError("pytest is not installed: the decision tables need the packages for development") from None
    began = time.perf_counter()
    coverage, cases = Coverage(Policies.load()), Cases(tell)
    # No table needs a database, or the application that is made for other tests.
    options = ["--rootdir", str(ROOT), "--confcutdir", str(ROOT / TABLES), "--import-mode=importlib"]
    quietly = ["-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:xdist"]
    with watching(coverage):
        code = pytest.main([*options, *quietly, str(ROOT / TABLES)], plugins=[cases])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or not cases.wanted:
        raise PolicyError([f"the decision tables in {TABLES} can't be run", *cases.failures])
    found = untried(coverage)
    lasted = time.perf_counter() - began
    failures = tuple(cases.failures)
    return Trial(cases.wanted, coverage.decisions, lasted, failures, found.wanted, found.missing, found.percent)


@dataclass(slots=True, eq=False)
class Cases:
    """Listens to pytest: keeps the cases of decision tables, and the failures."""

    tell: Tell
    wanted: int = 0
    done: int = 0
    failures: list[str] = field(default_factory=list)

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Leave out what decides on nothing."""
        items[:] = [item for item in items if any(hasattr(item.module, name) for name in DECIDERS)]
        self.wanted = len(items)

    def pytest_collectreport(self, report: Any) -> None:
        """A file that can't be read."""
        if report.failed:
            self.failures.append(f"{report.nodeid}: {report.longreprtext}")

    def pytest_runtest_logreport(self, report: Any) -> None:
        """A case, or its preparation, is over."""
        if report.failed:
            self.failures.append(f"{report.nodeid}: {report.longreprtext}")
        if report.when == "teardown":
            self.done += 1
            self.tell(self.done, self.wanted)


def show(trial: Trial, console: Console) -> None:
    """Write what failed and what is untried, and how much was tried."""
    for failure in trial.failures:
        console.print(failure, style="red", markup=False)
    for untried_ in trial.missing:
        console.print(f"{POLICIES}/{untried_}", markup=False)
    sorts = ", ".join(f"{number:,} of {sort}s" for sort, number in trial.wanted.items())
    console.print(f"{trial.cases:,} cases decided {trial.decisions:,} times in {trial.seconds:.0f} s.")
    console.print(f"Wanted: {sorts}, allowed and denied. Tried: {trial.percent} %, {len(trial.missing)} missing.")
    if trial.failures:
        console.print(f"{len(trial.failures)} cases failed.", style="red")
