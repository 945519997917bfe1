"""One WebSocket of the protocol graphql-transport-ws: operations side by side, each with an id of the client's."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import orjson
from starlette.types import Receive, Send

from resolvers.answer import Answer, Request
from resolvers.live.subscription import Subscription
from schema.endpoint.failure import failed
from schema.endpoint.limit import MOST_OPERATIONS
from schema.endpoint.live.operation import Asked, Operations
from schema.endpoint.log import Trail
from schema.endpoint.parameters import from_message, read_json
from schema.endpoint.refusal import RefusalError, error_body

PROTOCOL = "graphql-transport-ws"
LONGEST_ID = 128
INIT_SECONDS = 10.0
GOODBYE_SECONDS = 1.0
Message = dict[str, Any]
Identify = Callable[[Message, Trail], Awaitable[Callable[[Request], Asked]]]
"""Who opened the socket, by what its first message said, as they are now: what makes of a request an operation."""


class Closed(Exception):
    """The socket is to be closed with this code, and this is why."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


SLOW = Closed(4408, "Too slow")


class Socket:
    """A socket that was accepted."""

    def __init__(
        self, operations: Operations, identify: Identify, receive: Receive, send: Send, most: int = MOST_OPERATIONS
    ) -> None:
        self._operations, self._hub = operations, operations.hub
        self._identify, self._receive, self._send = identify, receive, send
        self._most = most
        self._params: Message | None = None
        self._acknowledged = False
        self._running: dict[str, asyncio.Task[None]] = {}
        self._closing: Closed | None = None
        self._task: asyncio.Task[Any] | None = None

    async def run(self) -> None:
        """Answer until one of both sides closes."""
        self._task = asyncio.current_task()
        late = asyncio.get_running_loop().call_later(
            INIT_SECONDS, self._late, Closed(4408, "Connection initialisation timeout")
        )
        try:
            await self._read()
        except Closed as closed:
            self._closing = closed
        except asyncio.CancelledError:
            if self._closing is None:
                raise
            _uncancelled()
        finally:
            self._task = None
            late.cancel()
            await self._stopped()
        if self._closing is not None:
            await self._goodbye(self._closing)

    def stop(self, closed: Closed) -> None:
        """Close it from outside."""
        if self._closing is None and self._task is not None:
            self._closing = closed
            self._task.cancel()

    def _late(self, closed: Closed) -> None:
        if not self._acknowledged:
            self.stop(closed)

    async def _goodbye(self, closed: Closed) -> None:
        # Who does not read is not waited for.
        with suppress(Exception):
            async with asyncio.timeout(GOODBYE_SECONDS):
                await self._send({"type": "websocket.close", "code": closed.code, "reason": closed.reason})

    async def _stopped(self) -> None:
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _read(self) -> None:
        while True:
            received = await self._receive()
            if received["type"] == "websocket.disconnect":
                return
            text = received.get("text")
            if text is None:
                raise Closed(4400, "Send text messages only")
            try:
                message = read_json(text.encode(), "The message")
            except (RefusalError, UnicodeEncodeError):
                raise Closed(4400, "The message can't be read") from None
            if type(message) is not dict:
                raise Closed(4400, "A message is a JSON object")
            await self._handle(message)

    async def _handle(self, message: Message) -> None:
        match message.get("type"):
            case "connection_init":
                await self._begin(message.get("payload"))
            case "ping":
                await self._say({"type": "pong"})
            case "pong":
                pass
            case "subscribe":
                await self._subscribe(message)
            case "complete":
                task = self._running.pop(str(message.get("id")), None)
                if task:
                    task.cancel()
            case _:
                raise Closed(4400, "The message has no type of this protocol")

    async def _begin(self, payload: Any) -> None:
        if self._params is not None:
            raise Closed(4429, "Too many initialisation requests")
        if payload is not None and type(payload) is not dict:
            raise Closed(4400, "The payload of connection_init is a JSON object")
        self._params = payload or {}
        try:
            await self._identify(self._params, Trail())
        except RefusalError:
            raise Closed(4403, "Forbidden") from None
        self._acknowledged = True
        await self._say({"type": "connection_ack"})

    async def _subscribe(self, message: Message) -> None:
        if not self._acknowledged:
            raise Closed(4401, "Unauthorized")
        id_ = message.get("id")
        if type(id_) is not str or not 0 < len(id_) <= LONGEST_ID:
            raise Closed(4400, f"An id is a text of 1 to {LONGEST_ID} characters")
        if id_ in self._running:
            # The text of graphql-ws; the id, which may hold anything, is not repeated.
            raise Closed(4409, "Subscriber for this id already exists")
        # SECURITY: what one connection can ask for at once is limited.
        if len(self._running) >= self._most:
            refused = RefusalError(429, "RATE_LIMITED", f"At most {self._most} operations run at once.")
            await self._error(id_, refused.body)
            return
        self._running[id_] = asyncio.create_task(self._operate(id_, message.get("payload")))

    async def _operate(self, id_: str, payload: Any) -> None:
        trail = Trail()
        try:
            # SECURITY: who asks is found out anew for each operation: a session or a role may have ended.
            asked = (await self._identify(self._params or {}, trail))(from_message(payload))
            begun = await self._operations.begin(asked)
            trail.operation = asked.request.operation_name
            await self._answer(id_, begun, trail)
            trail.end(200)
        except RefusalError as refusal:
            await self._error(id_, refusal.body)
            trail.end(refusal.status)
        except RecursionError:
            await self._error(id_, error_body("The document is nested too deeply.", code="TOO_COMPLEX"))
        except Exception as error:
            # SECURITY: P27: an unforeseen failure leaves as a reference only.
            failure = failed(trail.reference, error)
            await self._error(id_, failure.body)
            trail.end(failure.status)
        finally:
            if self._running.get(id_) is asyncio.current_task():
                del self._running[id_]

    async def _answer(self, id_: str, begun: Subscription | Answer, trail: Trail) -> None:
        if isinstance(begun, Subscription):
            await self._stream(id_, begun)
        elif begun.executed:
            trail.denied = begun.denials
            await self._next(id_, begun.body)
            await self._end(id_, "complete")
        else:
            await self._error(id_, begun.body)

    async def _stream(self, id_: str, subscription: Subscription) -> None:
        subscription.on_drop = lambda: self.stop(SLOW)
        try:
            async for body in subscription:
                await self._next(id_, body)
        finally:
            self._hub.leave(subscription)
        if subscription.dropped:
            self.stop(SLOW)
        elif subscription.finished:
            await self._end(id_, "complete")

    async def _next(self, id_: str, body: bytes) -> None:
        text = b'{"id":%b,"type":"next","payload":%b}' % (orjson.dumps(id_), body)
        await self._put(text)

    async def _error(self, id_: str, body: bytes) -> None:
        """The errors of an answer that holds nothing else."""
        await self._end(id_, "error", payload=orjson.loads(body)["errors"])

    async def _end(self, id_: str, type_: str, **more: Any) -> None:
        # The id is free before the client hears so, for it may use it again at once.
        self._running.pop(id_, None)
        await self._say({"id": id_, "type": type_, **more})

    async def _say(self, message: Message) -> None:
        await self._put(orjson.dumps(message))

    async def _put(self, text: bytes) -> None:
        # Who has gone is not told so: the next thing that is received says it.
        with suppress(OSError):
            await self._send({"type": "websocket.send", "text": text.decode()})


def _uncancelled() -> None:
    """The task was not cancelled but woken, to close its socket."""
    task = asyncio.current_task()
    assert task is not None
    task.uncancel()
