"""The WebSockets of one process: who may open one, and who asks over it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from starlette.types import Receive, Scope, Send

from policies.viewer import Viewer
from resolvers.answer import Answer, Request
from schema.context import Origin
from schema.endpoint.cookie import Cookie
from schema.endpoint.identify import Authenticate, identify
from schema.endpoint.limit import UNBOUND, Bounds
from schema.endpoint.live.operation import Asked, Operations
from schema.endpoint.live.socket import PROTOCOL, Closed, Message, Socket
from schema.endpoint.log import Trail, fault
from schema.endpoint.origin import Arrival, Networks, origin_of
from schema.endpoint.refusal import RefusalError

GOING = Closed(1001, "The server is stopping")
FAREWELL_SECONDS = 3.0
STATED = ("authorization", "candour-purpose")
Mutates = Callable[[Request, Viewer, str | None, str, Origin], Awaitable[Answer]]
Headers = dict[bytes, bytes]


@dataclass(slots=True)
class Sockets:
    """Accepts sockets; which pages may open one, and use the session's cookie, is decided before (`Gate`)."""

    operations: Operations
    mutate: Mutates
    authenticate: Authenticate
    cookie: Cookie
    proxies: Networks = ()
    bounds: Bounds = UNBOUND
    _open: dict[Socket, asyncio.Task[object]] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One socket, from its handshake to its end."""
        await receive()
        headers: Headers = dict(scope["headers"])
        known = PROTOCOL in scope["subprotocols"]
        await send({"type": "websocket.accept", "subprotocol": PROTOCOL if known else None})
        if not known:
            await send({"type": "websocket.close", "code": 4406, "reason": "Subprotocol not acceptable"})
            return
        identifying = self._identifying(scope, headers)
        socket = Socket(self.operations, identifying, receive, send, self.bounds.operations)
        task = asyncio.current_task()
        assert task is not None
        self._open[socket] = task
        try:
            await socket.run()
        except Exception as error:
            # SECURITY: P27: the server's own log would hold what the error says.
            fault(Trail().reference, error)
            await send({"type": "websocket.close", "code": 1011})
        finally:
            del self._open[socket]

    async def close(self) -> None:
        """Say goodbye on all sockets: their clients may come back."""
        for socket in list(self._open):
            socket.stop(GOING)
        if tasks := list(self._open.values()):
            await asyncio.wait(tasks, timeout=FAREWELL_SECONDS)

    def _identifying(
        self, scope: Scope, headers: Headers
    ) -> Callable[[Message, Trail], Awaitable[Callable[[Request], Asked]]]:
        async def identified(params: Message, trail: Trail) -> Callable[[Request], Asked]:
            said = headers | _stated(params)
            try:
                viewer, token = await identify(said, self.authenticate, self.cookie, bare=True)
            except RefusalError:
                self.bounds.charge_refused(scope, headers, self.proxies)
                raise
            trail.viewer = viewer.kind

            async def mutate(request: Request, viewer: Viewer) -> Answer:
                origin = origin_of(scope, headers, self.proxies)
                if token is not None and b"authorization" not in said:
                    origin = replace(origin, cookie=True)
                return await self.mutate(request, viewer, token, trail.reference, origin)

            def asked(request: Request) -> Asked:
                request.meter = self.bounds.allowance(viewer, scope, headers, self.proxies)
                request.visit = Arrival(scope, headers, self.proxies)
                return Asked(request, viewer, token, mutate)

            return asked

        return identified


def _stated(params: Message) -> Headers:
    """What the first message says as headers would: the token and the purpose of use."""
    said = {name.lower(): value for name, value in params.items() if isinstance(value, str)}
    return {name.encode(): said[name].encode("utf-8", "replace") for name in STATED if said.get(name)}
