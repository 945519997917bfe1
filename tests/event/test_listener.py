"""Every process hears of every event, once, whatever becomes of its connection."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from models.database.connection import normalise, open_pool
from models.event import EventKind
from operations.outbox import emit
from resolvers.live.listener import Listener
from resolvers.live.told import Told, told
from tests.event.test_take import Sessions, settled

CUT = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and query like '%pg_snapshot_xmin%' and pid <> pg_backend_pid()
"""


class Ear:
    """What one process hears."""

    def __init__(self, dsn: str) -> None:
        self.numbers: list[int] = []
        self._more = asyncio.Event()
        self._dsn = dsn

    def _hear(self, event: Told) -> None:
        self.numbers.append(event.number)
        self._more.set()

    async def open(self) -> None:
        self._pool = await open_pool(self._dsn, 1)
        self.listener = Listener(self._dsn, self._pool, self._hear)
        self._task = asyncio.create_task(self.listener.run())
        async with asyncio.timeout(60):
            await self.listener.ready.wait()

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._pool.close()

    async def until(self, number: int) -> list[int]:
        """All that was heard, as far as this number."""
        async with asyncio.timeout(60):
            while number not in self.numbers:
                self._more.clear()
                await self._more.wait()
        return self.numbers


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resolvers.live.listener.RECONNECT_SECONDS", 0.05)
    monkeypatch.setattr("resolvers.live.listener.POLL_SECONDS", 0.02)


@pytest.fixture
async def ears(database: str) -> AsyncIterator[list[Ear]]:
    """Two processes, and a third one that has no NOTIFY, because PgBouncer stands between."""
    opened = [Ear(database), Ear(database), Ear(f"{database}{'&' if '?' in database else '?'}pgbouncer=true")]
    for ear in opened:
        await ear.open()
    yield opened
    for ear in opened:
        await ear.close()


async def _emit(sessions: Sessions, *numbers: int) -> None:
    async with sessions.begin() as session:
        emit(session, EventKind.STORY_PUBLISHED, numbers)


def test_an_event_of_a_kind_from_a_later_release_is_nothing() -> None:
    assert told("5 STORY_SUNG 7") is None
    assert told("5 STORY_PUBLISHED 7") == Told(5, EventKind.STORY_PUBLISHED, 7)


async def test_what_is_undone_is_not_heard_and_what_came_before_neither(sessions: Sessions, ears: list[Ear]) -> None:
    async with sessions() as session:
        emit(session, EventKind.STORY_PUBLISHED, [1])
        await session.flush()
        await session.rollback()
    await _emit(sessions, 2)
    assert [await ear.until(2) for ear in ears] == [[2]] * 3


async def test_every_process_hears_of_all_once_and_late_commits_late(sessions: Sessions, ears: list[Ear]) -> None:
    async with sessions() as late:
        emit(late, EventKind.STORY_PUBLISHED, [1])
        await late.flush()
        await _emit(sessions, 2, 3)
        assert [await ear.until(3) for ear in ears] == [[2, 3]] * 3
        await late.commit()
    await _emit(sessions, 4)
    assert [await ear.until(4) for ear in ears] == [[2, 3, 1, 4]] * 3


async def test_what_happened_while_the_connection_was_lost_is_heard_afterwards(
    sessions: Sessions, database: str, ears: list[Ear], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, and with what was begun before the loss."""
    for number in (1, 2):
        await _emit(sessions, number)
    assert [await ear.until(2) for ear in ears] == [[1, 2]] * 3
    monkeypatch.setattr("resolvers.live.listener.RECONNECT_SECONDS", 0.3)
    connection = await asyncpg.connect(normalise(database))
    async with sessions() as late:
        emit(late, EventKind.STORY_PUBLISHED, [3])
        await late.flush()
        await connection.execute(CUT)
        await late.commit()
    await _emit(sessions, 4)
    assert sorted(len(ear.numbers) for ear in ears)[0] == 2
    monkeypatch.setattr("resolvers.live.listener.RECONNECT_SECONDS", 0.05)
    assert [await ear.until(4) for ear in ears[:2]] == [[1, 2, 3, 4]] * 2
    await _emit(sessions, 5)
    assert [await ear.until(5) for ear in ears] == [[1, 2, 3, 4, 5]] * 3
    await connection.close()


async def test_a_look_tells_nothing_again(sessions: Sessions, ears: list[Ear], monkeypatch: pytest.MonkeyPatch) -> None:
    """And forgets what can't come up any more, so that memory does not grow."""
    for number in (1, 2):
        await _emit(sessions, number)
    assert [await ear.until(2) for ear in ears] == [[1, 2]] * 3
    await settled(sessions)
    for ear in ears[:2]:
        for _ in range(2):
            async with ear._pool.acquire() as connection:
                await ear.listener._look(connection)
        assert ear.numbers == [1, 2]
        assert not ear.listener._seen
