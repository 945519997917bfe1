"""The commands `policy …`; the schema and the rules are loaded only once one of them runs."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from policies.viewer import Kind
from schema.policy.kind import kind_of

policy = typer.Typer(help="Read the access rules, and what follows from them.", no_args_is_help=True)
console = Console(stderr=True, highlight=False, soft_wrap=True)
WIDTH = 140


class Format(StrEnum):
    """In which form the matrix is written."""

    TERMINAL = "terminal"
    MARKDOWN = "md"
    HTML = "html"


Folder = Annotated[
    Path | None, typer.Option("--folder", exists=True, file_okay=False, help="Policy files, if not Candour's own.")
]
Types = Annotated[list[str] | None, typer.Option("--type", help="Only the rows of this type; may be given again.")]
Asker = Annotated[
    Kind,
    typer.Option("--viewer", parser=kind_of, metavar="KIND", help="E.g. member+staff, or SAFEGUARDING:safeguarding."),
]
Viewer = Annotated[
    Kind, typer.Argument(parser=kind_of, metavar="KIND", help="E.g. anonymous, member+staff, DPO:complaint.")
]
Field = Annotated[str, typer.Option("--field", metavar="TYPE.FIELD", help="E.g. Story.postcode, or Story.* for all.")]
Revision = Annotated[str, typer.Argument(metavar="REV", help="The rules before: a git revision, or a folder.")]
Other = Annotated[str | None, typer.Option("--to", metavar="REV", help="The rules after; Candour's own by default.")]
Action = Annotated[str, typer.Option("--action", help="What they want to do: read, or an action such as withdraw.")]


@policy.command("lint")
def lint(folder: Folder = None) -> None:
    """Say what is wrong with the policy files, with file and line."""
    from schema.policy.source import loaded

    found = loaded(folder)
    console.print(f"{len(found.rules)} rules in {len(found.texts)} files: nothing to mend.")


@policy.command("matrix")
def matrix(
    form: Annotated[Format, typer.Option("--format")] = Format.TERMINAL, types: Types = None, folder: Folder = None
) -> None:
    """Show who sees what: viewers in columns, fields in rows, for each state of each type."""
    from schema.policy.matrix import as_html, as_markdown, on_terminal
    from schema.policy.source import loaded, table

    found = table(loaded(folder), types or [])
    match form:
        case Format.MARKDOWN:
            typer.echo(as_markdown(found), nl=False)
        case Format.HTML:
            typer.echo(as_html(found), nl=False)
        case Format.TERMINAL:
            on_terminal(found)


@policy.command("explain")
def explain(viewer: Asker, field: Field, action: Action = "read", folder: Folder = None) -> None:
    """Say which rule decides, what each rule asks of the viewer and of the row, and what would grant it."""
    from schema.policy.explain import explained
    from schema.policy.source import loaded

    explained(loaded(folder), viewer, field, action)


@policy.command("contract")
def contract(viewer: Viewer, folder: Folder = None) -> None:
    """Print the part of the schema that this kind of viewer can use, as SDL."""
    from schema.policy.contract import contract_of
    from schema.policy.source import loaded

    typer.echo(contract_of(loaded(folder), viewer), nl=False)


@policy.command("test")
def test() -> None:
    """Run the decision tables, and name each rule, alternative and field that no case allows or denies."""
    from schema.policy.source import refusing
    from schema.policy.tables import show, tried

    with refusing(), Progress(console=console, transient=True) as progress:
        task = progress.add_task("Deciding", total=None)
        trial = tried(lambda done, wanted: progress.update(task, completed=done, total=wanted))
    show(trial, Console(highlight=False, soft_wrap=True))
    if trial.failures or trial.missing:
        raise typer.Exit(1)


@policy.command("diff")
def diff(revision: Revision, to: Other = None) -> None:
    """Show what each kind of viewer gains and loses; exit code 1 if anybody gains a private field."""
    from policies.compare import gains_private
    from schema.policy.difference import changes, show
    from schema.policy.source import compared

    found = compared(revision, to)
    show(changes(found), Console(highlight=False, soft_wrap=True))
    if gains_private(found):
        raise typer.Exit(1)


@policy.command("impact")
def impact(
    context: typer.Context,
    revision: Revision,
    to: Other = None,
    seconds: Annotated[int, typer.Option("--seconds", min=1, help="How long each count may take.")] = 60,
) -> None:
    """Count the rows of this database that each kind of viewer gains and loses, by field."""
    from schema.policy.impact import counted, show
    from schema.policy.source import compared

    found = compared(revision, to)
    with context.obj() as dsn, Progress(console=console, transient=True) as progress:
        task = progress.add_task("Counting rows", total=None)

        def tell(done: int, wanted: int) -> None:
            progress.update(task, completed=done, total=wanted)

        numbers = asyncio.run(counted(dsn, found, seconds, tell))
    show(numbers, Console(highlight=False, width=max(console.width, WIDTH)))
