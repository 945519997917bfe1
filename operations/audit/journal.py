"""The journal of readings: many requests' entries are committed together, and each waits for its own."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from models.database.connection import Pool
from models.database.lending import whole
from models.secret import Keyring
from operations.audit.entry import Entry
from operations.audit.write import write

MOST = 1_000
"""Entries of one commit; more wait for the next."""
Fault = Callable[[BaseException], object]
Waiting = tuple[Sequence[Entry], asyncio.Future[None]]


class Journal:
    """Writes entries of one process, one commit after the other: what comes meanwhile goes into the next."""

    def __init__(self, pool: Pool, keyring: Keyring, fault: Fault = lambda _: None) -> None:
        """`fault` is told what fails where nobody waits for it."""
        self.fault = fault
        self._pool = pool
        self._keyring = keyring
        self._waiting: deque[Waiting] = deque()
        self._working: asyncio.Task[None] | None = None

    async def write(self, entries: Sequence[Entry]) -> None:
        """Returns once the entries are committed; raises what the database raised, and then nothing may be shown."""
        if not entries:
            return
        written = asyncio.get_running_loop().create_future()
        self._waiting.append((entries, written))
        if self._working is None:
            self._working = asyncio.create_task(self._work())
        await written

    async def _work(self) -> None:
        try:
            while self._waiting:
                await self._together(self._next())
        finally:
            self._working = None
            while self._waiting:
                self._waiting.popleft()[1].cancel()

    def _next(self) -> list[Waiting]:
        group, size = [self._waiting.popleft()], 0
        while self._waiting and (size := size + len(group[-1][0])) < MOST:
            group.append(self._waiting.popleft())
        return group

    async def _together(self, group: Sequence[Waiting]) -> None:
        try:
            await self._commit([entry for entries, _ in group for entry in entries])
        except Exception as error:
            if len(group) > 1:
                # One whose entry the database refuses must not take the others' answers away.
                for one in group:
                    await self._together([one])
            else:
                _settle(group, error)
        except BaseException:
            _settle(group, asyncio.CancelledError())
            raise
        else:
            _settle(group)

    async def _commit(self, entries: Sequence[Entry]) -> None:
        async with self._pool.acquire() as connection, whole(connection):
            await write(connection.fetch, self._keyring, entries)


def _settle(group: Sequence[Waiting], error: BaseException | None = None) -> None:
    for _, written in group:
        if written.done():
            continue
        if error is None:
            written.set_result(None)
        elif isinstance(error, asyncio.CancelledError):
            written.cancel()
        else:
            written.set_exception(error)
