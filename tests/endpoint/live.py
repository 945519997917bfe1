"""The application's streams and sockets, spoken to without a network."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson

from schema.endpoint.application import Application

SECONDS = 20.0
PROTOCOL = "graphql-transport-ws"
Headers = dict[str, str]


class Wire:
    """One connection: what the application sends is taken one by one; `stuck` is a client that reads nothing."""

    def __init__(self, app: Application, scope: dict[str, Any]) -> None:
        self._received: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.flowing = asyncio.Event()
        self.flowing.set()
        self.task: asyncio.Task[None] = asyncio.create_task(app(scope, self._received.get, self._send))

    async def _send(self, message: Any) -> None:
        await self.flowing.wait()
        self._sent.put_nowait(message)

    def give(self, message: dict[str, Any]) -> None:
        self._received.put_nowait(message)

    async def take(self) -> dict[str, Any]:
        """The next message of the application."""
        async with asyncio.timeout(SECONDS):
            return await self._sent.get()

    async def ended(self) -> None:
        """Wait until the application is done with the connection."""
        async with asyncio.timeout(SECONDS):
            await asyncio.wait({self.task})
        self.task.result()

    @property
    def silent(self) -> bool:
        """Whether nothing more was sent."""
        return self._sent.empty()


class Socket(Wire):
    """A WebSocket of the protocol."""

    def say(self, type_: str, **more: Any) -> None:
        self.give({"type": "websocket.receive", "text": orjson.dumps({"type": type_, **more}).decode()})

    def subscribe(self, id_: str, query: str, **variables: Any) -> None:
        self.say("subscribe", id=id_, payload={"query": query, "variables": variables})

    async def hear(self) -> Any:
        """The next message of the protocol; the code where it was closed instead."""
        message = await self.take()
        if message["type"] == "websocket.close":
            return message.get("code")
        assert message["type"] == "websocket.send"
        return orjson.loads(message["text"])

    async def begin(self, **payload: Any) -> Any:
        """`connection_init`, and what came of it."""
        self.say("connection_init", payload=payload)
        return await self.hear()

    def leave(self) -> None:
        self.give({"type": "websocket.disconnect", "code": 1001})


def _scope(kind: str, method: str, query: bytes, headers: Headers) -> dict[str, Any]:
    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    return {
        "type": kind, "method": method, "path": "/graphql", "raw_path": b"/graphql", "query_string": query,
        "headers": pairs, "client": ("203.0.113.7", 1), "scheme": "http", "server": ("candour.test", 80),
        "http_version": "1.1", "root_path": "", "asgi": {"version": "3.0"}, "subprotocols": [],
    }  # fmt: skip


@asynccontextmanager
async def dialled(app: Application, protocol: str = PROTOCOL, **headers: str) -> AsyncIterator[Socket]:
    """A socket, as far as its handshake; left in the end."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    scope = _scope("websocket", "GET", b"", {"host": "candour.test", **named}) | {"subprotocols": [protocol]}
    socket = Socket(app, scope)
    socket.give({"type": "websocket.connect"})
    try:
        yield socket
    finally:
        socket.flowing.set()
        socket.leave()
        await socket.ended()


@asynccontextmanager
async def connected(app: Application, token: str | None = None, **headers: str) -> AsyncIterator[Socket]:
    """A socket that was acknowledged."""
    async with dialled(app, **headers) as socket:
        assert (await socket.take())["type"] == "websocket.accept"
        payload = {"authorization": f"Bearer {token}"} if token else {}
        assert await socket.begin(**payload) == {"type": "connection_ack"}
        yield socket


@asynccontextmanager
async def streamed(
    app: Application, query: str, headers: Headers | None = None, **variables: Any
) -> AsyncIterator[Wire]:
    """A request that accepts a stream; the client goes away in the end."""
    named = {"accept": "text/event-stream", "content-type": "application/json", **(headers or {})}
    wire = Wire(app, _scope("http", "POST", b"", named))
    wire.give({"type": "http.request", "body": orjson.dumps({"query": query, "variables": variables})})
    try:
        yield wire
    finally:
        wire.flowing.set()
        wire.give({"type": "http.disconnect"})
        await wire.ended()
