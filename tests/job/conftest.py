"""What jobs work with, on a database of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jobs.job import Work
from models.database.connection import engine, open_pool, session_factory
from models.secret import Keyring
from settings import Settings


@pytest.fixture
async def work(database: str, keyring: Keyring, tmp_path: Path) -> AsyncIterator[Work]:
    """An empty site to work for."""
    opened, pool = engine(database, 3), await open_pool(database, 1, readonly=False)
    chosen = Settings(CANDOUR_DATA=tmp_path, CANDOUR_URL="https://candour.example")
    yield Work(session_factory(opened).begin, pool, keyring, chosen)
    await pool.close()
    await opened.dispose()
