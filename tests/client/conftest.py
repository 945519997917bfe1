"""A server as people run it, and npm's clients of GraphQL, which talk to it."""

import asyncio
import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx2
import pytest

from models.database.connection import normalise
from models.database.embedded import EmbeddedPostgres
from operations.demo.cast import HOST, PASSWORD
from tests.conftest import Turn
from tests.program import SHARE, missing, note, program

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TESTS = "tests/client"
FOLDER = SHARE / f"clients-{hashlib.sha256((HERE / 'package-lock.json').read_bytes()).hexdigest()[:12]}"
SIGN_IN = "mutation($email: String!, $password: String!) { signIn(email: $email, password: $password) { token } }"
PUBLISHED = "insert into event (kind, number) values ('STORY_PUBLISHED', 1)"


def _installed() -> bool:
    """Whether the packages are there; they are installed once for each lock file, by whichever worker comes first."""
    if missing(TESTS):
        return False
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        for script in HERE.iterdir():
            if script.suffix in (".mjs", ".json", ".js") or script.name == ".npmrc":
                shutil.copy(script, FOLDER)
        if not (FOLDER / "installed").exists() and not note(TESTS).exists():
            _install()
    return (FOLDER / "installed").exists()


def _install() -> None:
    command = [program("npm"), "ci", "--silent", "--prefer-offline", "--fetch-retries=1", "--fetch-timeout=30000"]
    found = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, timeout=240, check=False)
    if found.returncode == 0:
        (FOLDER / "installed").touch()
    else:
        note(TESTS).write_text(f"npm can't install the clients ({found.stderr.strip()[-200:]})")


collect_ignore = [] if _installed() else ["test_client.py"]


@pytest.fixture(scope="session")
def packages() -> Path:
    """The folder with the scripts and their packages."""
    return FOLDER


@pytest.fixture(scope="session")
def dsn(cluster: EmbeddedPostgres, demo_template: str) -> Iterator[str]:
    """The address of a demo world of this folder's own."""
    name = f"clients_{uuid4().hex}"
    with Turn(cluster):
        address = cluster.createdb(name, demo_template)
    yield address
    cluster.dropdb(name)


@pytest.fixture(scope="session")
async def served(cluster: EmbeddedPostgres, dsn: str) -> AsyncIterator[str]:
    """Where the API is: `app.py run` in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    names = {
        "DATABASE_URL": dsn,
        "PORT": str(port),
        "CANDOUR_DATA": str(cluster.data),
        "CANDOUR_SECOND_FACTOR": "false",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "app.py", "run", cwd=ROOT, env={**os.environ, **names}, stderr=subprocess.DEVNULL
    )
    try:
        url = f"http://127.0.0.1:{port}/graphql"
        await _until_it_answers(url)
        yield url
    finally:
        process.terminate()
        await process.wait()


async def _until_it_answers(url: str) -> None:
    async with asyncio.timeout(120), httpx2.AsyncClient() as client:
        while True:
            try:
                await client.get(url, params={"query": "{ __typename }"})
                return
            except httpx2.TransportError:
                await asyncio.sleep(0.1)


@pytest.fixture(scope="session")
async def token(served: str) -> str:
    """The author of story 1, signed in."""
    variables = {"email": f"author@{HOST}", "password": PASSWORD}
    async with httpx2.AsyncClient() as client:
        answer = await client.post(served, json={"query": SIGN_IN, "variables": variables})
        return str(answer.json()["data"]["signIn"]["token"])


@pytest.fixture(scope="session")
async def publishing(dsn: str) -> AsyncIterator[None]:
    """Story 1 is told to be published, again and again, for whoever listens."""
    connection = await asyncpg.connect(normalise(dsn))

    async def tell() -> None:
        while True:
            await connection.execute(PUBLISHED)
            await asyncio.sleep(0.5)

    task = asyncio.create_task(tell())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await connection.close()
