"""Where the commands get their rules from, and the table of what follows from them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console

from policies.compare import Difference, differences, revision
from policies.error import PolicyError
from policies.plan import FOLDER, Policies
from schema.api import fields
from schema.documentation.access import Section, Table


def loaded(folder: Path | None) -> Policies:
    """The policies of a folder (Candour's own if None), linted; says what is wrong and ends the command otherwise."""
    try:
        return Policies.load(folder or FOLDER, fields())
    except PolicyError as error:
        for problem in error.problems:
            Console(stderr=True, highlight=False, soft_wrap=True).print(problem, style="red", markup=False)
        raise typer.Exit(1) from None


def table(policies: Policies, types: Sequence[str]) -> list[Section]:
    """The sections of the access table, of these types only if some are named."""
    found = list(Table(policies, fields()).sections(types))
    if not found:
        raise typer.BadParameter(f"There is no table of {', '.join(types)}.")
    return found


def compared(before: str, after: str | None) -> list[Difference]:
    """The differences between two versions, each a git revision or a folder; Candour's own rules if `after` is None."""
    with refusing():
        return differences(revision(before), revision(after) if after else Policies.load())


@contextmanager
def refusing() -> Iterator[None]:
    """Says what is wrong with the rules, and ends the command with exit code 2."""
    try:
        yield
    except PolicyError as error:
        for problem in error.problems:
            Console(stderr=True, highlight=False, soft_wrap=True).print(problem, style="red", markup=False)
        raise typer.Exit(2) from None
