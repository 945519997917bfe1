"""The server as its operator has it: several real processes, of which one is killed, and all of which then stop."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx2
import pytest
import websockets

from models.database.connection import normalise
from models.database.embedded import EmbeddedPostgres
from server import ServerError, listening
from tests.conftest import Turn
from tests.house.tree import ROOT

PATIENCE = 30.0
TAGS = {"query": "query Waiting { tags(first: 1) { nodes { label } } }", "operationName": "Waiting"}
NOTHING = {"query": "query Nothing { __typename }", "operationName": "Nothing"}
LAZY = """
import sys, server
print([name for name in sys.modules if name.split(".")[0] in ("opentelemetry", "prometheus_client", "requests")])
"""


def test_a_port_that_is_taken_is_refused() -> None:
    for count in (1, 2):
        with (
            listening("127.0.0.1", 0, count) as [taken, *_],
            pytest.raises(ServerError, match="Address already in use"),
            listening("127.0.0.1", taken.getsockname()[1], 2),
        ):
            raise AssertionError


def test_each_process_gets_a_listener_of_the_same_port() -> None:
    with listening("127.0.0.1", 0, 3) as listeners:
        assert len({listener.getsockname() for listener in listeners}) == 1
        assert len({listener.fileno() for listener in listeners}) == 3


def test_what_only_some_need_is_loaded_by_none() -> None:
    said = subprocess.run([sys.executable, "-c", LAZY], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


class Running:
    """A server of two processes."""

    def __init__(self, dsn: str, key: str, folder: Path, **more: str) -> None:
        """`more` are settings."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "log"
        environment = {
            **os.environ, "DATABASE_URL": dsn, "CANDOUR_MASTER_KEY": key, "CANDOUR_DATA": str(folder),
            "PORT": str(self.port), "CANDOUR_DRAIN_SECONDS": "1", "CANDOUR_POOL_SIZE": "2", **more,
        }  # fmt: skip
        command = [sys.executable, str(ROOT / "app.py"), "serve", "--workers", "2"]
        self.process = subprocess.Popen(command, env=environment, stderr=self.log.open("wb"))

    def below(self) -> set[int]:
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return set(map(int, path.read_text().split()))

    async def get(self, path: str) -> httpx2.Response | None:
        """Over a connection of its own; None where there is none to be had."""
        try:
            async with httpx2.AsyncClient(timeout=PATIENCE) as client:
                return await client.get(self.url + path)
        except httpx2.TransportError:
            return None

    async def status(self, path: str) -> int:
        found = await self.get(path)
        return found.status_code if found else 0

    async def until(self, path: str, status: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while await self.status(path) != status:
                assert self.process.poll() is None, self.log.read_text()
                await asyncio.sleep(0.02)

    def ended(self) -> list[str]:
        lines = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        assert [line for line in lines if line["event"] in {"fault", "library"}] == []
        return [line["ended"] for line in lines if line["event"] == "process"]


@pytest.fixture
def dsn(cluster: EmbeddedPostgres, demo_template: str) -> Iterator[str]:
    """A demo world in which a table may be locked."""
    name = f"server_{uuid4().hex}"
    with Turn(cluster):
        address = cluster.createdb(name, demo_template)
    yield address
    cluster.dropdb(name)


@pytest.fixture
async def running(dsn: str, keyring: Any, cluster: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[Running]:
    found = Running(dsn, (cluster.data / "master.key").read_text().strip(), tmp_path)
    try:
        await found.until("/readyz", 200)
        yield found
    finally:
        if found.process.poll() is None:
            found.process.kill()
        found.process.wait()


async def _killed(running: Running) -> None:
    """Kill one process: nobody who asks afterwards is left without an answer."""
    before = running.below()
    assert len(before) == 2
    os.kill(min(before), signal.SIGKILL)
    async with httpx2.AsyncClient(timeout=PATIENCE) as client:
        answers = [await client.post(f"{running.url}/graphql", json=NOTHING) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert [await running.status("/healthz") for _ in range(20)] == [200] * 20
    assert len(running.below() - before) == 1


async def _metrics(running: Running) -> dict[str, str]:
    found = await running.get("/metrics")
    assert found is not None
    return dict(line.rsplit(" ", 1) for line in found.text.splitlines() if not line.startswith("#"))


async def _counted(running: Running) -> None:
    counted = 'candour_request_seconds_count{operation="Nothing",status="200",viewer="anonymous"}'
    async with asyncio.timeout(PATIENCE):
        # Another process tells what it counted once a second.
        while (found := await _metrics(running))["candour_processes"] != "2.0" or counted not in found:
            assert running.process.poll() is None
            await asyncio.sleep(0.02)
    assert found["candour_restarts_total"] == "1.0"
    assert float(found[counted]) > 0


async def test_a_server_lives_through_a_kill_and_stops_without_breaking_anything_off(
    running: Running, dsn: str
) -> None:
    await _killed(running)
    await _counted(running)
    holder = await asyncpg.connect(normalise(dsn))
    socket_address = f"ws://127.0.0.1:{running.port}/graphql"
    async with (
        httpx2.AsyncClient(timeout=PATIENCE) as client,
        websockets.connect(socket_address, subprotocols=[websockets.Subprotocol("graphql-transport-ws")]) as opened,
    ):
        await opened.send('{"type": "connection_init"}')
        assert json.loads(await opened.recv()) == {"type": "connection_ack"}
        lock = holder.transaction()
        await lock.start()
        await holder.execute("lock table tag in access exclusive mode")
        asked = asyncio.create_task(client.post(f"{running.url}/graphql", json=TAGS))
        async with asyncio.timeout(PATIENCE):
            while not await holder.fetchval("select exists(select from pg_locks where not granted)"):
                assert not asked.done(), asked.result().text
                await asyncio.sleep(0.02)
        running.process.terminate()
        # First it says that it is not ready, but answers; then it takes no more; what it is at, it ends.
        await running.until("/readyz", 503)
        assert await running.status("/healthz") == 200
        await running.until("/healthz", 0)
        assert not asked.done()
        await lock.rollback()
        answer = await asked
        assert (answer.status_code, len(answer.json()["data"]["tags"]["nodes"])) == (200, 1)
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await opened.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1001
    await holder.close()
    assert running.process.wait(PATIENCE) == 0
    assert running.ended() == ["SIGKILL"]
