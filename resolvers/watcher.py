"""Hears of changed tables, from all processes, and vouches for the memory while it surely does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from time import monotonic

from models.database.connection import Connection, behind_pgbouncer
from models.watch import CHANNEL
from operations.beside import beside
from resolvers.live.listener import LOST, RECONNECT_SECONDS, connected
from resolvers.memory import Memory

BEAT_SECONDS = 0.2
"""How often the connection is asked whether it still is one, while the memory is in use."""
LEASE_SECONDS = 0.5
"""How long after the question memory may be told: the longest that an answer outlives a change nobody told us of."""
PATIENCE_SECONDS = 5.0
"""After how long without an answer another connection is made."""


Fault = Callable[[Exception], object]


def _unseen(error: Exception) -> None:
    raise error


class Watcher:
    """Listens for one process; `fault` is told of what should not happen.

    PostgreSQL tells of a change, in order, before it answers what it was asked later on the same connection.
    """

    def __init__(
        self, dsn: str, memory: Memory, fault: Fault = _unseen, clock: Callable[[], float] = monotonic
    ) -> None:
        self._dsn, self.memory, self._fault, self._clock = dsn, memory, fault, clock
        self._waiting: list[asyncio.Future[None]] = []

    async def run(self) -> None:
        """Listen until cancelled; without NOTIFY (PgBouncer) nothing is ever remembered."""
        while self.memory.size and not behind_pgbouncer(self._dsn):
            try:
                with suppress(*LOST):
                    await self._listen()
            except Exception as error:
                self._fault(error)
            finally:
                self._lost()
            await asyncio.sleep(RECONNECT_SECONDS)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Listen meanwhile."""
        async with beside(self.run()):
            yield

    async def settled(self) -> None:
        """Return once this process has heard of all that is committed by now: who changes something then sees it."""
        if not self.memory.listening:
            return
        heard: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(heard)
        self.memory.wanted.set()
        # Where there is no answer for so long, memory is off by itself.
        await asyncio.wait([heard], timeout=LEASE_SECONDS)

    async def _listen(self) -> None:
        async with connected(self._dsn) as connection:
            await connection.add_listener(CHANNEL, self._told)
            connection.add_termination_listener(lambda _connection: self._lost())
            while True:
                await self._beat(connection)
                await self._rest()

    async def _beat(self, connection: Connection) -> None:
        waiting, self._waiting = self._waiting, []
        try:
            asked = self._clock()
            async with asyncio.timeout(PATIENCE_SECONDS):
                await connection.fetchval("select 1")
            self.memory.vouch(asked + LEASE_SECONDS)
        finally:
            _wake(waiting)

    async def _rest(self) -> None:
        """Until the next beat: at once where somebody waits, soon where the memory is used, else when it is."""
        memory = self.memory
        try:
            async with asyncio.timeout(BEAT_SECONDS):
                await memory.wanted.wait()
        except TimeoutError:
            if not memory.used:
                await memory.wanted.wait()
        memory.wanted.clear()
        memory.used = False

    def _told(self, _connection: object, _pid: int, _channel: str, table: object) -> None:
        self.memory.drop(str(table))

    def _lost(self) -> None:
        # SECURITY: who does not hear of withdrawals forgets what could be withdrawn.
        self.memory.lose()
        waiting, self._waiting = self._waiting, []
        _wake(waiting)


def _wake(waiting: list[asyncio.Future[None]]) -> None:
    for heard in waiting:
        if not heard.done():
            heard.set_result(None)
