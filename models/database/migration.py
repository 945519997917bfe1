"""Bring a database to the newest structure with Alembic, whose revisions lie in `migrations/versions`.

Migrations need PostgreSQL itself, not PgBouncer in transaction mode: they keep a lock in their session.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from models.database.connection import check_server, engine

ROOT = Path(__file__).resolve().parents[2]
LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "10min"
# The application's other advisory locks use other numbers.
TURN = 0x43616E64
Answer = TypeVar("Answer")


def head() -> str | None:
    """The newest revision in `migrations/versions`, if any; alembic's CommandError if there are two."""
    return ScriptDirectory.from_config(_configuration()).get_current_head()


def revisions() -> tuple[str, ...]:
    """All revisions in `migrations/versions`, the newest first."""
    return tuple(script.revision for script in ScriptDirectory.from_config(_configuration()).walk_revisions())


async def current(dsn: str) -> str | None:
    """The revision that the database is at, or None if it was never migrated."""
    return await _run(dsn, _revision)


async def upgrade(dsn: str, revision: str = "head") -> None:
    """Bring the database to `revision`, each step in a transaction; processes that start together take turns.

    A step that waits longer than 5 s for a lock or runs longer than 10 min is undone, and its error raised.
    """
    await check_server(dsn)
    await _run(dsn, lambda connection: _upgrade(connection, revision))


async def downgrade(dsn: str, revision: str) -> None:
    """Take the database back to `revision` (`base` for none): for tests and development."""
    await _run(dsn, lambda connection: command.downgrade(_ready(connection), revision))


async def revise(dsn: str, slug: str) -> None:
    """Write a revision with what differs between the models and this migrated database, to be corrected."""
    await _run(dsn, lambda connection: command.revision(_ready(connection), slug, autogenerate=True))


async def check_models(dsn: str) -> None:
    """Raise alembic's CommandError, with the differences, unless the migrated database matches the models."""
    await _run(dsn, lambda connection: command.check(_ready(connection)))


def _configuration() -> Config:
    return Config(toml_file=ROOT / "pyproject.toml")


async def _run(dsn: str, work: Callable[[Connection], Answer]) -> Answer:
    own = engine(dsn, size=1)
    try:
        async with own.connect() as connection:
            return await connection.run_sync(work)
    finally:
        await own.dispose()


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _upgrade(connection: Connection, revision: str) -> None:
    if revision == "head" and _revision(connection) == head():
        return
    connection.rollback()
    command.upgrade(_ready(connection), revision)


def _ready(connection: Connection) -> Config:
    """Wait for our turn, set the timeouts, and hand the connection to `migrations/env.py`."""
    connection.execute(text(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'"))
    connection.execute(text(f"SELECT pg_advisory_lock({TURN})"))
    connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.commit()
    configuration = _configuration()
    configuration.attributes["connection"] = connection
    return configuration
