"""A database in which events are written and read."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database.connection import engine, session_factory


@pytest.fixture
async def sessions(database: str) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    """Sessions on an empty database of one's own."""
    opened = engine(database)
    yield session_factory(opened)
    await opened.dispose()
