"""The command line of Candour, where its parts are put together."""

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Any, NoReturn

import asyncpg
import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import Progress

from jobs.commands import jobs, worker
from models.database import migration
from models.database.connection import DatabaseError, check_server, normalise
from models.database.embedded import EmbeddedPostgres
from models.database.identity import EmbeddedPostgresError
from models.database.keeper import kept
from models.secret import Keyring, new_master_key
from operations.appointment import appoint_first
from operations.audit.commands import audit
from operations.backup.commands import back_up, bring_back
from operations.demo import world
from operations.demo.commands import seed
from operations.imports.commands import importing, postcodes
from schema.policy.commands import policy
from settings import Settings, master_key, settings

# SECURITY: Typer's own tracebacks would show local variables, and with them passwords and keys.
cli = typer.Typer(
    help="Candour: stories of care, and what changed.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console(stderr=True, highlight=False, soft_wrap=True)
Workers = Annotated[int, typer.Option(min=1, max=64, help="How many processes answer; one that ends is replaced.")]


cli.command()(seed)
cli.command("appoint")(appoint_first)
cli.command("backup")(back_up)
cli.command("restore")(bring_back)
cli.command()(worker)
cli.command()(jobs)
cli.add_typer(audit, name="audit")
cli.add_typer(importing, name="import")
cli.add_typer(postcodes, name="postcodes")
cli.add_typer(policy, name="policy")


@cli.callback()
def prepare(context: typer.Context) -> None:
    """Candour: stories of care, and what changed."""
    context.obj = _ready


@cli.command()
def run(workers: Workers = 1) -> None:
    """Start everything: the database, its newest structure and the server."""
    _answer(workers, _set_up)


@cli.command()
def serve(workers: Workers = 1) -> None:
    """Start the server alone, on a database that is migrated already."""
    _answer(workers, lambda _chosen, dsn: asyncio.run(check_server(dsn)))


def _answer(workers: int, set_up: Callable[[Settings, str], None]) -> None:
    import server

    chosen = _settings()
    browse = "open it in a browser, choose who to be, and run [bold]{ story(number: 1) { title postcode } }[/]. "
    welcome = f"Candour is at [bold]{chosen.url}/graphql[/]: {browse if chosen.graphiql else ''}Ctrl-C stops it."
    if chosen.production and not (chosen.controller and chosen.contact):
        console.print("CANDOUR_CONTROLLER and CANDOUR_CONTACT are not set: the privacy notice names nobody.")
    try:
        sockets = server.listening(chosen.host, chosen.port, workers)
        with suppress(KeyboardInterrupt), sockets as listeners, _database(chosen) as dsn:
            set_up(chosen, dsn)
            server.serve(chosen, dsn, listeners, lambda: console.print(welcome))
    except server.ServerError as error:
        _give_up(str(error))


def _set_up(chosen: Settings, dsn: str) -> None:
    _migrate(dsn)
    _populate(chosen, dsn)


@cli.command()
def migrate() -> None:
    """Bring the database to the newest structure."""
    with _database(_settings()) as dsn:
        _migrate(dsn)


@cli.command()
def revise(slug: Annotated[str, typer.Argument(help="A few words, e.g. add_complaints.")]) -> None:
    """Write a migration with what the models have and the database has not."""
    with _database(_settings()) as dsn:
        _migrate(dsn)
        asyncio.run(migration.revise(dsn, slug))


@cli.command()
def db() -> None:
    """Start the embedded database, print its address, and keep it until Ctrl-C."""
    chosen = _settings()
    if chosen.database_url:
        _give_up("DATABASE_URL names another database: unset it to use the embedded one.")
    with suppress(KeyboardInterrupt), _database(chosen) as dsn:
        typer.echo(dsn)
        signal.pause()


@cli.command()
def docs() -> None:
    """Write the generated parts of docs/ and README.md anew."""
    from schema.documentation import write

    for path in write():
        typer.echo(path)


@cli.command()
def notice(
    amend: Annotated[
        bool, typer.Option("--amend", help="Rewrite the newest version: only while nobody was shown it.")
    ] = False,
) -> None:
    """Record a new version of the privacy notice, if policies, models or its texts changed what it says."""
    from schema.documentation.privacy_notice import renew

    for line in renew(amend=amend):
        typer.echo(line)


@cli.command()
def key() -> None:
    """Print a new master key for CANDOUR_MASTER_KEY."""
    typer.echo(new_master_key())


def _settings() -> Settings:
    try:
        return settings()
    except ValidationError as error:
        _give_up("\n".join(_mistakes(error)))


def _mistakes(error: ValidationError) -> Iterator[str]:
    """What is wrong with the environment, a line a variable."""
    for mistake in error.errors(include_url=False, include_input=False):
        # A default that depends on a wrong variable is no mistake of its own.
        if mistake["type"] != "default_factory_not_called":
            place = ".".join(map(str, mistake["loc"]))
            yield f"{place} {mistake['msg'].removeprefix('Value error, ')}".strip()


@contextmanager
def _database(chosen: Settings) -> Iterator[str]:
    """The address of the database, which is ours to stop if it is the embedded one."""
    if chosen.database_url:
        yield chosen.database_url.get_secret_value()
        return
    postgres = EmbeddedPostgres(chosen.data)
    console.print(f"Starting PostgreSQL in {postgres.cluster}")
    dsn = postgres.start()
    try:
        with kept(postgres, console.print):
            yield dsn
    finally:
        # A second Ctrl-C must not leave the database running.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if postgres.stop():
            console.print("PostgreSQL has stopped")


@contextmanager
def _ready() -> Iterator[str]:
    """The database at its newest structure, for a command that works on it."""
    with _database(_settings()) as dsn:
        _migrate(dsn)
        yield dsn


def _migrate(dsn: str) -> None:
    asyncio.run(migration.upgrade(dsn))
    console.print("The database is up to date")


def _populate(chosen: Settings, dsn: str) -> None:
    """The demo world, in an embedded database that is still empty."""
    if chosen.database_url or chosen.production:
        return
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("Writing the demo world", total=None)

        def tell(what: str, made: int, wanted: int) -> None:
            progress.update(task, description=f"Writing the demo world: {what}", completed=made, total=wanted)

        if asyncio.run(_populated(chosen, dsn, tell)):
            console.print("The demo world is in place")


async def _populated(chosen: Settings, dsn: str, tell: world.Progress) -> bool:
    connection = await asyncpg.connect(normalise(dsn))
    try:
        if not await world.is_empty(connection):
            return False
        await world.seed_demo(connection, Keyring(master_key(chosen, new_master_key)), tell)
        return True
    finally:
        await connection.close()


def _give_up(reason: str) -> NoReturn:
    console.print(reason, style="red", markup=False)
    sys.exit(1)


def _stop(*_: Any) -> NoReturn:
    """SIGTERM ends the process as Ctrl-C does, so that the database is stopped too."""
    raise KeyboardInterrupt


def main() -> None:
    """Run the command that the arguments name."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        cli()
    except (DatabaseError, EmbeddedPostgresError) as error:
        _give_up(str(error))


if __name__ == "__main__":
    main()
