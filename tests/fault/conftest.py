"""A server of two processes on a PostgreSQL of its own, which may be killed."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from models.database import migration
from models.database.cluster import postmaster
from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring, new_master_key
from tests.conftest import _seed
from tests.fault.load import Person, signed_in
from tests.operation.test_server import Running
from tests.program import missing

PEOPLE = 8
collect_ignore = ["test_pgbouncer.py"] if missing("tests/fault/test_pgbouncer.py") else []


class Mortal:
    """A PostgreSQL that is killed and started again, as an operator's machine would do it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._lives = [EmbeddedPostgres(data, durable=False)]
        self.dsn = self._lives[0].start()

    @property
    def life(self) -> EmbeddedPostgres:
        """As it is now."""
        return self._lives[-1]

    def kill(self) -> None:
        """Kill all its processes, with whatever they are at."""
        first = postmaster(self.data / "postgres")[0]
        others = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for pid in (first, *map(int, others)):
            os.kill(pid, signal.SIGKILL)
        # It was our child, and holds its place until we know that it has ended.
        assert self.life._process is not None
        self.life._process.wait()

    def start(self) -> None:
        """Start it again, on what it has written."""
        self._lives.append(EmbeddedPostgres(self.data, durable=False))
        self.life.start()

    def stop(self) -> None:
        """Stop it for good."""
        for life in self._lives:
            life.stop()


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Mortal, str]]:
    """A PostgreSQL with the demo world, and its master key."""
    found, key = Mortal(tmp_path_factory.mktemp("mortal")), new_master_key()
    try:
        asyncio.run(migration.upgrade(found.dsn))
        asyncio.run(_seed(found.dsn, Keyring(key)))
        yield found, key
    finally:
        found.stop()


@pytest.fixture(scope="module")
async def served(mortal: tuple[Mortal, str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """The server."""
    postgres, key = mortal
    settings = {"CANDOUR_TRUSTED_PROXIES": "127.0.0.1/32", "CANDOUR_MEMORY_MB": "4"}
    running = Running(postgres.dsn, key, tmp_path_factory.mktemp("served"), **settings)
    try:
        await running.until("/readyz", 200)
        yield running
    finally:
        running.process.terminate()
        running.process.wait()


@pytest.fixture(scope="module")
async def people(mortal: tuple[Mortal, str]) -> list[Person]:
    """Those who send stories; each load has half of them, for attempts are counted."""
    return await signed_in(mortal[0].dsn, 2 * PEOPLE)
