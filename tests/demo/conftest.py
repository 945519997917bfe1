"""A connection to the demo world, for reading."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from models.database.connection import normalise


@pytest.fixture
async def reader(demo: str) -> AsyncIterator[asyncpg.Connection]:
    opened = await asyncpg.connect(normalise(demo), server_settings={"default_transaction_read_only": "on"})
    yield opened
    await opened.close()
