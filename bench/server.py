"""The servers that are measured, each a process of its own with one worker."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from bench.error import BenchError

ROOT = Path(__file__).resolve().parents[1]
ADDRESS = "http://candour.example"
START_SECONDS = 60.0
STOP_SECONDS = 20


class Server:
    """A server process that answers on `port`; use it in `with`."""

    def __init__(self, name: str, command: list[str], port: int, environment: Mapping[str, str], log: Path) -> None:
        self.name, self.port, self.log = name, port, log
        self._command, self._environment = command, environment
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def __enter__(self) -> Self:
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env={**os.environ, **self._environment}, stdout=log, stderr=log
            )
        try:
            self._wait(self._process)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def request(self, message: bytes) -> bytes:
        """The body of the answer to one HTTP request; raises BenchError unless its status is 200."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            connection.sendall(message)
            response = http.client.HTTPResponse(connection)
            response.begin()
            body = response.read(int(response.headers["content-length"]))
        if response.status != 200:
            raise BenchError(f"{self.name} answered {response.status}: {body[:500].decode(errors='replace')}")
        return body

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        give_up = time.monotonic() + START_SECONDS
        while process.poll() is None and time.monotonic() < give_up:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        said = self.log.read_text(errors="replace")[-2000:]
        raise BenchError(f"{self.name} did not start:\n{said}")

    def _stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(STOP_SECONDS)


def candour(dsn: str, data: Path, page_max: int, name: str = "candour", **more: str) -> Server:
    """Candour as `make run` serves it, on a database that is there already; `more` are settings."""
    port = _free_port()
    environment = {
        "DATABASE_URL": dsn,
        "CANDOUR_DATA": str(data),
        "CANDOUR_URL": ADDRESS,
        "CANDOUR_PAGE_MAX": str(page_max),
        # Requests are counted as ever; no one client may ask for as much elsewhere.
        **dict.fromkeys(("CANDOUR_RATE", "CANDOUR_RATE_MEMBER"), str(10**15)),
        # Counted, and never reached.
        **dict.fromkeys(("CANDOUR_RATE", "CANDOUR_RATE_MEMBER"), "1000000000"),
        **dict.fromkeys(("CANDOUR_MAX_COST", "CANDOUR_MAX_COST_MEMBER"), "1000000"),
        "PORT": str(port),
        **more,
    }
    return Server("Candour", [sys.executable, "app.py", "run"], port, environment, data / f"{name}.log")


def limit(dsn: str, data: Path, *, keep: bool) -> Server:
    """The limit; with `keep`, without asyncpg's reset of released connections."""
    port = _free_port()
    options = ["--keep"] if keep else []
    command = [sys.executable, "-m", "bench.limit", dsn, str(port), ADDRESS, *options]
    name = "the limit without reset" if keep else "the limit"
    return Server(name, command, port, {}, data / ("limit-keep.log" if keep else "limit.log"))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
