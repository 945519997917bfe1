"""Events in a restored database, whose server counts transactions anew: none is skipped, none is begun again."""

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database.connection import normalise
from models.event import EventKind
from models.secret import Keyring
from operations.backup.restore import forget
from operations.outbox import emit, take
from tests.event.test_take import settled

Sessions = async_sessionmaker[AsyncSession]
# As a server writes them that has done far more than this one ever will here; the last two were written side by side.
OLD = """
insert into event (kind, number, transaction)
select 'STORY_PUBLISHED', number, transaction::text::xid8
from (values (1, 9000000001), (2, 9000000002), (3, 9000000004), (4, 9000000003)) as old (number, transaction)
"""
READ = "update event_reader set transaction = '9000000002', event_id = (select id from event where number = 2)"
ALL_READ = "update event_reader set transaction = '9000000004', event_id = (select id from event where number = 3)"


async def _taken(sessions: Sessions) -> list[int]:
    await settled(sessions)
    async with sessions.begin() as session:
        return [event.number for event in await take(session, "alert")]


@pytest.mark.parametrize(("read", "left"), [(ALL_READ, []), (READ, [3, 4])])
async def test_reading_goes_on_where_it_was(
    sessions: Sessions, database: str, keyring: Keyring, read: str, left: list[int]
) -> None:
    connection = await asyncpg.connect(normalise(database))
    await connection.execute(OLD)
    await connection.execute(read)
    await connection.close()
    await forget(database, keyring)
    assert await _taken(sessions) == left
    async with sessions.begin() as session:
        emit(session, EventKind.STORY_PUBLISHED, [5])
    assert await _taken(sessions) == [5]
