"""Outages: was an error the database's absence, so that the same request will be answered once it is back?"""

from collections.abc import Iterator

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoneFreeError

RETRY_SECONDS = 2
"""After how long it is worth trying again: PostgreSQL is back from a crash within seconds."""
GONE = (
    # These two also stand for: nobody listens there, the server does not answer, no connection is free.
    OSError,
    TimeoutError,
    NoneFreeError,
    # The connection broke; also what PgBouncer says of a server that it can't reach.
    asyncpg.PostgresConnectionError,
    # The server is being stopped, has crashed, or is not up yet.
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
)
CLOSED = ("connection is closed", "not connected", "cannot switch to state")
"""The last is what a connection says that has heard of the server's end, and not yet of its own."""
LONGEST_CHAIN = 8


def is_outage(error: BaseException) -> bool:
    """Whether an error, or what caused it, says that the database can't be reached."""
    return any(map(_is_gone, _chain(error)))


def _is_gone(error: BaseException) -> bool:
    if isinstance(error, DBAPIError):
        return error.connection_invalidated
    # asyncpg has one kind of error for a closed connection and for wrong use, which is our fault.
    if isinstance(error, (asyncpg.InterfaceError, asyncpg.InternalClientError)):
        return any(words in str(error) for words in CLOSED)
    return isinstance(error, GONE)


def _chain(error: BaseException) -> Iterator[BaseException]:
    following: BaseException | None = error
    for _ in range(LONGEST_CHAIN):
        if following is None:
            return
        yield following
        following = following.__cause__ or following.__context__
