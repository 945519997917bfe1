"""The load: a process of its own that keeps connections busy with requests, and counts.

It reads orders from its standard input and writes a report for each, both as one line of JSON:
`{"port", "requests": [base64, …], "connections", "seconds"}` -> `{"answers", "seconds", "p50", "p99", "bytes"}`
(milliseconds, bytes of an answer with its headers), or `{"error"}`.
"""

import asyncio
import base64
import itertools
import json
import sys
import time
from collections.abc import Iterator
from typing import cast

import uvloop

END = b"\r\n\r\n"
LENGTH = b"content-length: "
GRACE_SECONDS = 60


class WrongAnswerError(Exception):
    """An answer that is not a 200 with a length."""


class Client(asyncio.Protocol):
    """One keep-alive connection: sends the next request as soon as an answer is complete."""

    def __init__(self, requests: Iterator[bytes], deadline: float) -> None:
        self.requests, self.deadline = requests, deadline
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.latencies: list[float] = []
        self.received = 0
        self._missing = 0
        self._head = b""
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        if not self._missing:
            try:
                data = self._begin(data)
            except WrongAnswerError as error:
                self._finish(error)
                return
        self._missing -= len(data)
        if not self._missing and not self._head:
            self._answered()

    def connection_lost(self, error: Exception | None) -> None:
        self._finish(error or ConnectionError("the server closed the connection"))

    def _begin(self, data: bytes) -> bytes:
        """Read the head of an answer; the result is what came of its body."""
        self._head += data
        head, end, body = self._head.partition(END)
        if not end:
            return b""
        if not head.startswith(b"HTTP/1.1 200"):
            raise WrongAnswerError(self._head[:500].decode(errors="replace"))
        _, known, after = head.lower().partition(LENGTH)
        if not known:
            raise WrongAnswerError("an answer without content-length")
        self._missing = int(after.partition(b"\r\n")[0])
        self._head = b""
        return body

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(next(self.requests))

    def _answered(self) -> None:
        now = time.perf_counter()
        self.latencies.append(now - self._sent)
        if now < self.deadline:
            self._send()
        else:
            self._finish(None)

    def _finish(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error) if error else self.done.set_result(None)
        self._transport.close()


async def run(port: int, requests: list[bytes], connections: int, seconds: float) -> dict[str, float]:
    """Keep the connections busy for some seconds; raises WrongAnswerError or OSError (TimeoutError is one)."""
    loop = asyncio.get_running_loop()
    queue = itertools.cycle(requests)
    began = time.perf_counter()
    clients = []
    for _ in range(connections):
        _, client = await loop.create_connection(lambda: Client(queue, began + seconds), "127.0.0.1", port)
        clients.append(client)
    async with asyncio.timeout(seconds + GRACE_SECONDS):
        await asyncio.gather(*(client.done for client in clients))
    took = time.perf_counter() - began
    latencies = sorted(latency for client in clients for latency in client.latencies)
    answers = len(latencies)
    return {
        "answers": answers,
        "seconds": took,
        "p50": latencies[answers // 2] * 1000,
        "p99": latencies[answers * 99 // 100] * 1000,
        "bytes": sum(client.received for client in clients) / answers,
    }


def main() -> None:
    """Carry out orders until the input ends."""
    for line in sys.stdin:
        order = json.loads(line)
        order["requests"] = [base64.b64decode(request) for request in order["requests"]]
        try:
            report: dict[str, object] = {**uvloop.run(run(**order))}
        except (WrongAnswerError, OSError) as error:
            report = {"error": str(error)}
        print(json.dumps(report), flush=True)


if __name__ == "__main__":
    main()
