"""Databases for the tests: one throw-away cluster for all workers, copied from a migrated template."""

import asyncio
import fcntl
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx2
import pytest

from models.database import migration
from models.database.connection import normalise
from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring, new_master_key
from schema.endpoint.application import Application, create_app
from settings import Settings
from tests.program import untried

MASTER_KEY = "master.key"
# Whoever tests the worker starts it.
os.environ["CANDOUR_WORKER"] = "false"
# Most tests change rows behind the application's back, and look at once: only those with a memory wait for its news.
os.environ["CANDOUR_MEMORY_MB"] = "0"
# All tests ask from one address, and some for everything at once; whoever tests limits sets them.
os.environ["CANDOUR_RATE"] = os.environ["CANDOUR_RATE_MEMBER"] = "0"
os.environ["CANDOUR_MAX_COST"] = os.environ["CANDOUR_MAX_COST_MEMBER"] = "1000000000"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says what this machine can't try."""
    for line in untried():
        terminalreporter.write_line(f"Not tried here: {line}", yellow=True)


@pytest.fixture(scope="session")
def cluster() -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL that forgets everything; the workers of one run share it."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    with EmbeddedPostgres(Path(tempfile.gettempdir()) / f"candour-test-{run[:12]}", durable=False) as postgres:
        yield postgres


@pytest.fixture(scope="session")
def keyring(cluster: EmbeddedPostgres) -> Keyring:
    """The keyring of this test run."""
    path = cluster.data / MASTER_KEY
    with Turn(cluster):
        if not path.exists():
            path.write_text(new_master_key())
    return Keyring(path.read_text())


@pytest.fixture(scope="session")
def template(cluster: EmbeddedPostgres) -> str:
    """The name of a migrated, empty database to copy."""
    with Turn(cluster):
        if not (cluster.data / "template").exists():
            asyncio.run(migration.upgrade(cluster.createdb("template_empty")))
            (cluster.data / "template").touch()
    return "template_empty"


@pytest.fixture(scope="session")
def demo_template(cluster: EmbeddedPostgres, template: str, keyring: Keyring) -> str:
    """The name of a database with the demo world, to copy."""
    with Turn(cluster):
        if not (cluster.data / "demo").exists():
            asyncio.run(_seed(cluster.createdb("template_demo", template), keyring))
            (cluster.data / "demo").touch()
    return "template_demo"


@pytest.fixture
def database(cluster: EmbeddedPostgres, template: str) -> Iterator[str]:
    """The address of an empty, migrated database of one's own."""
    name = f"test_{uuid4().hex}"
    yield _copied(cluster, name, template)
    cluster.dropdb(name)


@pytest.fixture(scope="session")
def empty(cluster: EmbeddedPostgres, template: str) -> str:
    """The address of an empty database in which tests leave nothing."""
    return _copied(cluster, f"empty_{uuid4().hex}", template)


@pytest.fixture(scope="session")
def demo(cluster: EmbeddedPostgres, demo_template: str) -> str:
    """The address of this worker's demo world; tests that change it undo it."""
    return _copied(cluster, f"demo_{uuid4().hex}", demo_template)


@pytest.fixture
async def connection(empty: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to an empty database, in a transaction that is rolled back."""
    opened = await asyncpg.connect(normalise(empty))
    transaction = opened.transaction()
    await transaction.start()
    yield opened
    await transaction.rollback()
    await opened.close()


@pytest.fixture(scope="session")
async def app(demo: str, keyring: Keyring, cluster: EmbeddedPostgres) -> AsyncIterator[Application]:
    """The whole application on this worker's demo world."""
    chosen = Settings(CANDOUR_DATA=cluster.data, CANDOUR_POOL_SIZE=2, CANDOUR_URL="http://candour.test")
    application = create_app(chosen, demo)
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture
async def client(app: Application) -> AsyncIterator[httpx2.AsyncClient]:
    """Asks the whole application, without a network."""
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://candour.test") as opened:
        yield opened


def _copied(cluster: EmbeddedPostgres, name: str, template: str) -> str:
    with Turn(cluster):
        return cluster.createdb(name, template)


async def _seed(dsn: str, keyring: Keyring) -> None:
    from operations.demo.world import seed_demo

    opened = await asyncpg.connect(normalise(dsn))
    try:
        await seed_demo(opened, keyring)
    finally:
        await opened.close()


class Turn:
    """One worker at a time makes or copies a template."""

    def __init__(self, cluster: EmbeddedPostgres) -> None:
        self._file = (cluster.data / "turn").open("w")

    def __enter__(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()
