"""How far a seed is: once it takes longer, a bar on a terminal, a line now and then elsewhere, on stderr."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

Progress = Callable[[str, int, int], None]
"""Is told what is being made, how many of it are there, and how many there will be."""
PATIENCE = 2.0
"""Seconds that pass before anything is shown."""
SECONDS_BETWEEN_LINES = 5.0


def silent(what: str, made: int, wanted: int) -> None:
    """Progress that nobody watches."""


@contextmanager
def watch(console: Console) -> Iterator[Progress]:
    """Show what the yielded function is told."""
    if not console.is_terminal:
        yield _Lines(console).tell
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Bar(*columns, console=console, transient=True)
    try:
        yield _Bar(bar).tell
    finally:
        bar.stop()


class _Bar:
    """One bar at a time, begun late."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=None)
        self._what = ""
        self._begin = time.monotonic() + PATIENCE

    def tell(self, what: str, made: int, wanted: int) -> None:
        if what != self._what:
            self._bar.reset(self._task, description=what, total=wanted)
            self._what = what
        self._bar.update(self._task, completed=made)
        if time.monotonic() >= self._begin:
            self._bar.start()


class _Lines:
    """Plain lines, for logs."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._next = time.monotonic() + PATIENCE

    def tell(self, what: str, made: int, wanted: int) -> None:
        if time.monotonic() >= self._next:
            self._console.print(f"{what}: {made:,} of {wanted:,}", markup=False)
            self._next = time.monotonic() + SECONDS_BETWEEN_LINES
