"""How far an import is: a bar on a terminal, a line now and then elsewhere, always on stderr."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from operations.imports.source import Advance

SECONDS_BETWEEN_LINES = 5.0


@contextmanager
def watch(console: Console, name: str, size: int) -> Iterator[Advance]:
    """Show the reading of a file of `size` bytes; call what is yielded with the bytes of each piece."""
    if not console.is_terminal:
        yield _Lines(console, name, size).advance
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(name, total=size)

        def advance(read: int) -> None:
            progress.update(task, advance=read)
            if progress.tasks[task].finished:
                progress.update(task, description=f"{name}: storing")

        yield advance


class _Lines:
    """Plain lines, for logs."""

    def __init__(self, console: Console, name: str, size: int) -> None:
        self._console, self._name, self._size = console, name, size
        self._read = 0
        self._next = time.monotonic() + SECONDS_BETWEEN_LINES

    def advance(self, read: int) -> None:
        """Say how much is read, unless it was said a moment ago."""
        self._read += read
        if time.monotonic() >= self._next:
            self._console.print(f"{self._name}: {100 * self._read // self._size} % read", markup=False)
            self._next = time.monotonic() + SECONDS_BETWEEN_LINES
