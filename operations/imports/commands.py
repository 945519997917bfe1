"""The commands `import …` and `postcodes …`."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from rich.console import Console

from models.database.connection import check_server, engine, normalise, session_factory
from models.organisation import OrganisationKind
from models.region import Region
from models.service import Service
from operations.imports.area import load_areas
from operations.imports.organisation import load_organisations
from operations.imports.postcode import load_postcodes
from operations.imports.progress import watch
from operations.imports.report import ImportFailedError, Report, Sink, rejects
from operations.imports.run import Load, import_file
from operations.imports.service import load_services
from operations.imports.unknown import unknown_postcodes

Database = Callable[[], AbstractContextManager[str]]
"""Opens the database of this process for a while, and gives its address."""

Files = Annotated[list[Path], typer.Argument(help="CSV files, each imported whole or not at all.")]
File = Annotated[Path, typer.Argument(help="A CSV file, imported whole or not at all.")]
Rejects = Annotated[Path | None, typer.Option(help="Also write all rejected rows to this CSV file.")]
Kind = Annotated[OrganisationKind | None, typer.Option(help="What a register lists, if its name does not say it.")]
Nation = Annotated[Region | None, typer.Option(help="The nation of a register, if its codes do not say it.")]
Day = Annotated[
    datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day whose map counts: today by default.")
]
Lookup = Annotated[
    Path | None, typer.Option(help="A CSV code,area that leads further codes, e.g. of councils, to areas of care.")
]

importing = typer.Typer(help="Take over public reference data.", no_args_is_help=True)
postcodes = typer.Typer(help="Look after postcodes.", no_args_is_help=True)
console = Console(stderr=True, highlight=False, soft_wrap=True)


@importing.command("organisations")
def organisations(
    context: typer.Context, files: Files, kind: Kind = None, region: Nation = None, rejects: Rejects = None
) -> None:
    """Organisations: registers (etr.csv, epraccur.csv, …) or a CSV with our own columns."""
    _import(context, files, partial(load_organisations, kind=kind, region=region), rejects)


@importing.command("services")
def services(context: typer.Context, files: Files, rejects: Rejects = None) -> None:
    """Services: trusts' sites (ets.csv) or a CSV with our own columns."""
    _import(context, files, load_services, rejects)


@importing.command("areas")
def areas(context: typer.Context, file: File, rejects: Rejects = None) -> None:
    """Areas of care, their terms, successors and responsible organisations."""
    _import(context, [file], load_areas, rejects)


@importing.command("postcodes")
def postcodes_of(
    context: typer.Context, files: Files, on: Day = None, lookup: Lookup = None, rejects: Rejects = None
) -> None:
    """The areas of postcodes, from the ONS Postcode Directory."""
    day: date | None = on.date() if on else None
    _import(context, files, partial(load_postcodes, day=day, lookup=lookup), rejects)


@postcodes.command("unknown")
def unknown(context: typer.Context) -> None:
    """List services whose postcode is in no area."""
    with _opened(context) as dsn:
        found = asyncio.run(_unknown(dsn))
    for service in found:
        typer.echo(f"{service.postcode}\t{service.ods_code or ''}\t{service.name}")
    console.print(f"{len(found):,} services have a postcode that is in no area")


def _import(context: typer.Context, files: Sequence[Path], load: Load, rejected: Path | None) -> None:
    try:
        with _opened(context) as dsn, rejects(rejected) as sink:
            asyncio.run(_import_all(dsn, files, load, sink))
    except ImportFailedError as error:
        console.print(f"{error}\nNothing of this file was imported.", style="red", markup=False)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        console.print("Interrupted: nothing of this file was imported.", style="red")
        raise typer.Exit(130) from None


def _opened(context: typer.Context) -> AbstractContextManager[str]:
    database: Database = context.obj
    return database()


async def _import_all(dsn: str, files: Sequence[Path], load: Load, sink: Sink | None) -> None:
    await check_server(dsn)
    connection = await asyncpg.connect(normalise(dsn), statement_cache_size=0)
    try:
        for path in files:
            size = path.stat().st_size if path.exists() else 0
            with watch(console, path.name, size) as advance:
                report = await import_file(connection, path, load, sink, advance)
            _tell(report)
    finally:
        await connection.close()


def _tell(report: Report) -> None:
    for line, why in report.examples:
        console.print(f"{report.file} line {line}: {why}", style="yellow", markup=False)
    if report.rejected > len(report.examples):
        console.print(f"… and {report.rejected - len(report.examples):,} more rejected rows", style="yellow")
    console.print(str(report), markup=False)


async def _unknown(dsn: str) -> Sequence[Service]:
    own = engine(dsn, size=1)
    try:
        async with session_factory(own)() as session:
            return await unknown_postcodes(session)
    finally:
        await own.dispose()
