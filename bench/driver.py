"""The load as seen from here: a child process that carries out orders."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from bench.error import BenchError
from bench.processor import backends_cpu_seconds, busy_seconds, cpu_seconds
from bench.reading import Reading
from bench.server import ROOT, Server
from bench.world import World

CONNECTIONS = 16


class Driver:
    """Keeps a server busy and reads what that costs; use it in `with`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.load"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()

    def read(self, server: Server, requests: Sequence[bytes], seconds: float) -> Reading:
        """Keep 16 connections busy with these requests; raises BenchError for any answer but a 200."""
        before = self._spent(server)
        report = self._order(
            port=server.port,
            requests=[base64.b64encode(request).decode() for request in requests],
            connections=CONNECTIONS,
            seconds=seconds,
        )
        after = self._spent(server)
        if "error" in report:
            raise BenchError(f"{server.name}: {report['error']}")
        answers, took = report["answers"], report["seconds"]
        ours, postgres, client, all_ = (end - begin for begin, end in zip(before, after, strict=True))
        return Reading(
            rate=answers / took,
            server_ms=ours * 1000 / answers,
            postgres_ms=postgres * 1000 / answers,
            p50=report["p50"],
            p99=report["p99"],
            bytes=report["bytes"],
            others=max(0.0, all_ - ours - postgres - client) / took / (os.cpu_count() or 1),
        )

    def _spent(self, server: Server) -> tuple[float, ...]:
        """CPU seconds so far: of the server, PostgreSQL, the load, and everything on the machine."""
        postgres = backends_cpu_seconds(self._world.postgres, self._world.name)
        return cpu_seconds(server.pid), postgres, cpu_seconds(self._process.pid), busy_seconds()

    def _order(self, **order: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(order), file=self._process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self._process.stdout.readline() or '{"error": "the load ended"}')
        return answer
