"""Hears of every event of every process, once: by NOTIFY, and by a look at the table after each loss of connection."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import asyncpg

from models.database.connection import Connection, Pool, behind_pgbouncer, normalise
from models.event import EventKind
from operations.outbox import oldest, since
from resolvers.live.told import Told, told

CHANNEL = "candour_event"
LOOK_SECONDS = 30.0
"""How often the connection is tried, with a look for what it did not tell."""
POLL_SECONDS = 1.0
"""How often the table is looked at where there is no NOTIFY (PgBouncer)."""
RECONNECT_SECONDS = 1.0
LOST = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
Hear = Callable[[Told], None]


@asynccontextmanager
async def connected(dsn: str) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    """A connection of one's own, to listen on."""
    connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(normalise(dsn))
    try:
        yield connection
    finally:
        # A server that is gone does not answer a goodbye.
        with suppress(*LOST):
            await connection.close(timeout=1)


class Listener:
    """Calls `hear` with each event that commits from `ready` on; at least once, and in one process rarely twice."""

    def __init__(self, dsn: str, pool: Pool, hear: Hear) -> None:
        self._dsn = dsn
        self._pool = pool
        self._hear = hear
        self._seen: set[int] = set()
        self._since: str | None = None
        self.ready = asyncio.Event()

    async def run(self) -> None:
        """Listen until cancelled."""
        once = self._poll if behind_pgbouncer(self._dsn) else self._listen
        while True:
            with suppress(*LOST):
                await once()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _poll(self) -> None:
        while True:
            async with self._pool.acquire() as connection:
                await self._look(connection)
            await asyncio.sleep(POLL_SECONDS)

    async def _listen(self) -> None:
        async with connected(self._dsn) as connection:
            closed = asyncio.Event()
            connection.add_termination_listener(lambda _connection: closed.set())
            await connection.add_listener(CHANNEL, self._notified)
            while not closed.is_set():
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._look(connection)
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await closed.wait()

    async def _look(self, connection: Connection) -> None:
        """Tell what was not told yet; afterwards only what may come up again is remembered."""
        before = set(self._seen)
        if self._since is None:
            self._since = await oldest(connection)
            self.ready.set()
            return
        self._since, found = await since(connection, self._since)
        for event in found:
            if event.kind in EventKind.__members__:
                self._tell(Told(event.id, EventKind(event.kind), event.number))
        self._seen -= before - {event.id for event in found if event.young}

    def _notified(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        event = told(str(payload))
        if event is not None:
            self._tell(event)

    def _tell(self, event: Told) -> None:
        if event.id not in self._seen:
            self._seen.add(event.id)
            self._hear(event)
