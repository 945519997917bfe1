"""Events are taken once, in the order of commits, and none is skipped."""

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database.connection import normalise
from models.event import EventKind
from operations.outbox import emit, take

Sessions = async_sessionmaker[AsyncSession]
READER = "alert"
SETTLED = "select pg_snapshot_xmin(pg_current_snapshot()) > coalesce(max(transaction), '0') from event"


async def _emit(sessions: Sessions, *numbers: int) -> None:
    async with sessions.begin() as session:
        emit(session, EventKind.STORY_PUBLISHED, numbers)


async def settled(sessions: Sessions) -> None:
    """Return once no transaction of the server, in whatever database, is older than an event."""
    async with sessions.begin() as session:
        connection = await session.connection()
        while not (await connection.execute(text(SETTLED))).scalar():
            await connection.execute(text("select pg_sleep(0.01)"))


async def _take(sessions: Sessions, reader: str = READER, limit: int = 10, *, wait: bool = True) -> list[int]:
    if wait:
        await settled(sessions)
    async with sessions.begin() as session:
        return [event.number for event in await take(session, reader, limit)]


async def test_nothing_is_taken_by_a_reader_that_no_migration_made(sessions: Sessions) -> None:
    await _emit(sessions, 1)
    assert await _take(sessions, "stranger") == []


async def test_nothing_is_taken_twice(sessions: Sessions) -> None:
    await _emit(sessions, 1, 2, 3)
    assert [await _take(sessions, limit=2), await _take(sessions), await _take(sessions)] == [[1, 2], [3], []]
    assert await _take(sessions, "similar") == [1, 2, 3]


async def test_what_was_undone_is_taken_again(sessions: Sessions) -> None:
    await _emit(sessions, 1)
    await settled(sessions)
    async with sessions() as session:
        assert [event.number for event in await take(session, READER)] == [1]
        await session.rollback()
    assert await _take(sessions) == [1]


async def test_who_comes_second_takes_nothing_meanwhile(sessions: Sessions) -> None:
    await _emit(sessions, 1)
    await settled(sessions)
    async with sessions.begin() as session:
        assert len(await take(session, READER)) == 1
        assert await _take(sessions) == []


async def test_an_event_that_commits_late_is_not_skipped(sessions: Sessions) -> None:
    async with sessions() as late:
        emit(late, EventKind.STORY_PUBLISHED, [1])
        await late.flush()
        await _emit(sessions, 2)
        assert await _take(sessions, wait=False) == []
        await late.commit()
    assert await _take(sessions) == [1, 2]


async def test_whoever_listens_hears_of_an_event_once_it_is_committed(sessions: Sessions, database: str) -> None:
    heard: list[str] = []
    listener = await asyncpg.connect(normalise(database))
    try:
        await listener.add_listener("candour_event", lambda *said: heard.append(said[3]))
        async with sessions() as session:
            emit(session, EventKind.STORY_PUBLISHED, [7])
            await session.flush()
            await listener.execute("select 1")
            assert heard == []
            await session.commit()
        await listener.execute("select 1")
        assert [said.split(" ")[1:] for said in heard] == [["STORY_PUBLISHED", "7"]]
    finally:
        await listener.close()
