"""Connections lent for one statement at a time, at less cost than asyncpg's own pool (a task a release)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from types import TracebackType
from typing import TYPE_CHECKING, Any

import asyncpg

from models.database.outage import is_outage

if TYPE_CHECKING:
    from models.database.connection import Connection

    Opener = Callable[[], Awaitable[Connection]]

GIVEN_UP = (asyncio.CancelledError, TimeoutError)
CANCEL_SECONDS = 5.0
UNSURE = (asyncio.CancelledError, TimeoutError, OSError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""After these the server may still be at work for the connection, or gone."""


class Lending:
    """A fixed number of connections; who asks when all are lent waits in line.

    A connection comes back as it was left: borrowers run single statements, or whole transactions. After an error that
    is not the database's answer (a cancelled statement, a lost server), the connection is closed, and the next borrower
    opens another.

    With `begin`, a statement that begins a transaction, each loan is one transaction: for PgBouncer, which keeps no
    settings of a session.
    """

    def __init__(self, opener: Opener, size: int, begin: str = "") -> None:
        self._open, self.begin = opener, begin
        self._idle: deque[Connection | None] = deque([None] * size)
        self._waiting: deque[asyncio.Future[Connection | None]] = deque()
        self._size = size
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def lent(self) -> int:
        """How many connections are lent at this moment."""
        return self._size - len(self._idle)

    @property
    def awaited(self) -> int:
        """How many wait in line for one."""
        return len(self._waiting)

    def acquire(self) -> Loan:
        """For `async with`: a connection, opened if need be; raises what opening one raises."""
        return Loan(self)

    async def take(self) -> Connection:
        """A connection; who takes one gives it back."""
        found = self._idle.pop() if self._idle else await self._in_line()
        if found is not None and not found.is_closed():
            return found
        try:
            return await self._open()
        except BaseException:
            self.give(None)
            raise

    def give(self, connection: Connection | None) -> None:
        """Take back a connection, or the place of one that is gone."""
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(connection)
                return
        self._idle.append(connection)

    async def _in_line(self) -> Connection | None:
        waiting: asyncio.Future[Connection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        try:
            return await waiting
        except asyncio.CancelledError:
            if waiting.done() and not waiting.cancelled():
                self.give(waiting.result())
            raise

    async def fetchrow(self, sql: str, *values: Any) -> asyncpg.Record | None:
        """The first row of one statement."""
        async with self.acquire() as connection:
            return await connection.fetchrow(sql, *values)

    async def fetchval(self, sql: str, *values: Any) -> Any:
        """The first value of one statement."""
        async with self.acquire() as connection:
            return await connection.fetchval(sql, *values)

    async def execute(self, sql: str, *values: Any) -> None:
        """Run one statement."""
        async with self.acquire() as connection:
            await connection.execute(sql, *values)

    def part_with(self, connection: Connection, error: BaseException) -> None:
        """Close a connection after an error, and end what the server still does for it."""
        if not isinstance(error, GIVEN_UP):
            connection.terminate()
            return
        # SECURITY: nobody waits for the statement any more, so that it must not keep the database busy.
        task = asyncio.create_task(_cancelled(connection))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """Close the connections that are not lent."""
        await asyncio.gather(*self._closing)
        for connection in self._idle:
            if connection is not None:
                await connection.close()
        self._idle.clear()


class Loan:
    """One connection for the time of an `async with`."""

    __slots__ = ("_connection", "_lending")

    def __init__(self, lending: Lending) -> None:
        self._lending = lending

    async def __aenter__(self) -> Connection:
        connection = self._connection = await self._lending.take()
        if self._lending.begin:
            try:
                await connection.execute(self._lending.begin)
            except BaseException as error:
                self._give_back(error)
                raise
        return connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lending.begin and not _is_unsure(error):
            try:
                await self._connection.execute("rollback" if error else "commit")
            except BaseException as failure:
                self._give_back(failure)
                raise
        self._give_back(error)

    def _give_back(self, error: BaseException | None) -> None:
        if error is not None and _is_unsure(error):
            self._lending.part_with(self._connection, error)
            self._lending.give(None)
        else:
            self._lending.give(self._connection)


def whole(connection: Connection) -> AbstractAsyncContextManager[object]:
    """For `async with`: a transaction, or the one in which the connection was lent already."""
    return nullcontext() if connection.is_in_transaction() else connection.transaction()


def _is_unsure(error: BaseException | None) -> bool:
    return error is not None and (isinstance(error, UNSURE) or is_outage(error))


async def _cancelled(connection: Connection) -> None:
    """Close a connection whose statement was cancelled, which asyncpg tells the server before it closes."""
    try:
        await connection.close(timeout=CANCEL_SECONDS)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        connection.terminate()
