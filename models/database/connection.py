"""Connections to any PostgreSQL from release 15: a pool for planned reads, an engine for operations."""

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database.lending import Lending

OLDEST_SERVER = 15
STATEMENT_TIMEOUT_MS = 15_000
CONNECT_SECONDS = 10
STATEMENTS_CACHED = 100
NAME = "candour"
UNSENT = {"pgbouncer", "application_name"}
SCHEMES = {"postgres", "postgresql", "postgresql+asyncpg"}

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
else:
    Connection = asyncpg.Connection

Pool = Lending


class DatabaseError(RuntimeError):
    """The database can't be used; the text names no password."""


def normalise(dsn: str) -> str:
    """The address in the form that asyncpg takes, whichever of the usual schemes it came with.

    Connections made with it go by Candour's name, without which the database shows no person's key (see `models.key`).
    Raises DatabaseError for the address of anything but PostgreSQL.
    """
    parts = urlsplit(dsn)
    # SECURITY: the refusal repeats the scheme only, for the address holds a password.
    if parts.scheme not in SCHEMES:
        raise DatabaseError(f"DATABASE_URL starts with {parts.scheme!r}, not with postgresql://")
    query = [(name, value) for name, value in parse_qsl(parts.query) if name not in UNSENT]
    query.append(("application_name", NAME))
    # `postgresql:///name` must keep its empty host, which urlunsplit drops for schemes that it doesn't know.
    rest = urlunsplit(("", parts.netloc, parts.path, urlencode(query), ""))
    return "postgresql:" + (rest if rest.startswith("//") else f"//{rest}")


def behind_pgbouncer(dsn: str) -> bool:
    """Whether the address says `pgbouncer=true`: a pooler in transaction mode, without lasting sessions."""
    return dict(parse_qsl(urlsplit(dsn).query)).get("pgbouncer", "").lower() in {"true", "1"}


async def open_pool(dsn: str, size: int, readonly: bool = True, statement_ms: int = STATEMENT_TIMEOUT_MS) -> Pool:
    """Up to `size` connections for statements that are prepared once and return `json` as bytes.

    Released connections keep their session: run single statements, or transactions in `async with`.
    Raises DatabaseError if the server is too old; OSError or asyncpg.PostgresError if it does not answer.
    """
    options = _options(dsn, statement_ms, readonly=readonly)

    async def opened() -> Connection:
        connection: Connection = await asyncpg.connect(normalise(dsn), **options)
        await _prepare(connection)
        return connection

    pool = Lending(opened, size, _beginning(statement_ms, readonly=readonly) if behind_pgbouncer(dsn) else "")
    pool.give(await pool.take())
    return pool


def engine(dsn: str, size: int = 5, statement_ms: int = STATEMENT_TIMEOUT_MS) -> AsyncEngine:
    """A SQLAlchemy engine for operations and migrations: `size` connections, and as many more for peaks."""
    options = _options(dsn, statement_ms, readonly=False)
    if behind_pgbouncer(dsn):
        options |= {"prepared_statement_cache_size": 0, "prepared_statement_name_func": _unique_name}
    return create_async_engine(
        "postgresql+asyncpg://",
        connect_args={"dsn": normalise(dsn), **options},
        pool_size=size,
        max_overflow=size,
        pool_pre_ping=True,
        # SECURITY: errors must not repeat the private values of a statement's parameters.
        hide_parameters=True,
    )


def session_factory(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Makes the sessions of operations; rows stay readable after a commit."""
    return async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)


async def check_server(dsn: str) -> None:
    """Raise DatabaseError unless PostgreSQL answers there, and is one of the supported releases."""
    try:
        connection = await asyncpg.connect(normalise(dsn), timeout=CONNECT_SECONDS)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise DatabaseError(f"PostgreSQL does not answer: {type(error).__name__}: {error}") from None
    try:
        _check_release(connection)
    finally:
        await connection.close()


def _options(dsn: str, statement_ms: int, *, readonly: bool) -> dict[str, Any]:
    settings = {"application_name": f"{NAME} read" if readonly else NAME, "timezone": "UTC"}
    options: dict[str, Any] = {"timeout": CONNECT_SECONDS, "server_settings": settings}
    if behind_pgbouncer(dsn):
        return options | {"statement_cache_size": 0}
    settings |= {"jit": "off", "statement_timeout": str(statement_ms)}
    if readonly:
        # Planning a whole answer takes longer than most answers: a statement is planned once for all parameters.
        settings["plan_cache_mode"] = "force_generic_plan"
        # What a site reads lies in memory: key lookups, then, beat reading all of a small table for every row.
        settings |= {"random_page_cost": "0.1", "seq_page_cost": "0.1"}
        # SECURITY: a planned read that was somehow made to write fails in the server.
        settings["default_transaction_read_only"] = "on"
    return options | {"statement_cache_size": STATEMENTS_CACHED, "max_cached_statement_lifetime": 0}


def _beginning(statement_ms: int, *, readonly: bool) -> str:
    """What sets behind PgBouncer, for one transaction, what is otherwise set for a session."""
    # SECURITY: a planned read that was somehow made to write fails there, too.
    return f"begin{' read only' if readonly else ''}; set local statement_timeout = {statement_ms}"


async def _prepare(connection: Connection) -> None:
    _check_release(connection)
    await connection.set_type_codec("json", schema="pg_catalog", format="binary", encoder=_same, decoder=_same)


def _same(value: bytes) -> bytes:
    return value


def _unique_name() -> str:
    return f"candour_{uuid4()}"


def _check_release(connection: Connection) -> None:
    release = connection.get_server_version().major
    if release < OLDEST_SERVER:
        raise DatabaseError(f"PostgreSQL {release} is too old: Candour needs {OLDEST_SERVER} or later.")
