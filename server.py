"""The server: its address, and one process or several that answer there."""

import asyncio
import gc
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import uvicorn

from schema.endpoint.application import Application, create_app
from schema.endpoint.document import ManifestError
from schema.endpoint.head import within
from schema.endpoint.metrics import Place
from settings import Settings
from supervisor import Supervisor

FAREWELL_SECONDS = 10
"""How long requests in progress may take once the server is asked to stop."""
MESSAGE_BYTES = 64 * 1024
"""The longest message of a WebSocket."""
STUCK_MS = 60_000
"""After how long a client is given up that takes nothing of what was sent to it."""
BACKLOG = 2048
TICK = 0.1
Say = Callable[[], None]


class ServerError(RuntimeError):
    """The server can't be where it should; the text says why."""


class Server(uvicorn.Server):
    """A server that says when it answers, and that stops without breaking anything off.

    `watched` is a pipe that ends with the process that started this one.
    """

    def __init__(
        self, config: uvicorn.Config, application: Application, drain: int, say: Say, watched: int = -1
    ) -> None:
        super().__init__(config)
        self._application, self._drain, self._say, self._watched = application, drain, say, watched

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._watched >= 0:
            asyncio.get_running_loop().add_reader(self._watched, self._orphaned)
        if self.started:
            self._say()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Whoever sends requests is told to send no more; those that come all the same are answered.
        self._application.leave()
        for _ in range(int(self._drain / TICK)):
            if not self.force_exit:
                await asyncio.sleep(TICK)
        # Subscriptions end first: the server waits for what is open.
        await self._application.farewell()
        await super().shutdown(sockets)

    def _orphaned(self) -> None:
        asyncio.get_running_loop().remove_reader(self._watched)
        self.should_exit = True


def serve(chosen: Settings, dsn: str, listeners: list[socket.socket], say: Say) -> None:
    """Answer until stopped: in one process for each listener."""
    try:
        application = create_app(chosen, dsn)
    except ManifestError as error:
        raise ServerError(str(error)) from None
    if len(listeners) == 1:
        Server(_config(chosen, application), application, chosen.drain_seconds, say).run(listeners)
        return
    with tempfile.TemporaryDirectory(prefix="candour-processes-") as folder:
        # What is there now is shared by all processes, as long as nobody writes to it.
        gc.collect()
        gc.freeze()
        work = partial(_work, chosen, application, listeners, say, Path(folder))
        Supervisor(len(listeners), work, Path(folder), chosen.drain_seconds, FAREWELL_SECONDS).run(listeners)


def _work(
    chosen: Settings,
    application: Application,
    listeners: list[socket.socket],
    say: Say,
    folder: Path,
    number: int,
    first: bool,
    watched: int,
) -> None:
    """What one of several processes does. Each has a listener of its own, which outlives it."""
    for other, listener in enumerate(listeners):
        if other != number:
            listener.close()
    application.place = Place(number, folder)
    speak = say if first and number == 0 else _nothing
    Server(_config(chosen, application), application, chosen.drain_seconds, speak, watched).run([listeners[number]])


def _nothing() -> None:
    """One of several says for all that they answer."""


def _config(chosen: Settings, application: Application) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        loop="uvloop",
        http=within(chosen.request_seconds),
        lifespan="on",
        ws="websockets-sansio",
        # SECURITY: a message is a document with its variables, and no client fills memory by packing it well.
        ws_max_size=MESSAGE_BYTES,
        ws_per_message_deflate=False,
        log_config=None,
        access_log=False,
        server_header=False,
        # SECURITY: only CANDOUR_TRUSTED_PROXIES says whose word on a client's address counts.
        proxy_headers=False,
        timeout_graceful_shutdown=FAREWELL_SECONDS,
    )


@contextmanager
def listening(host: str, port: int, count: int = 1) -> Iterator[list[socket.socket]]:
    """Take the port before anything else starts: as many sockets, among which the kernel shares out connections.

    Raises ServerError where it is taken.
    """
    with ExitStack() as stack:
        first = stack.enter_context(_listener(host, port))
        if count == 1:
            yield [first]
            return
        # The first one made sure that the port is free, which several that share it can't tell.
        port = first.getsockname()[1]
        first.close()
        yield [stack.enter_context(_listener(host, port, shared=True)) for _ in range(count)]


def _listener(host: str, port: int, *, shared: bool = False) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG, reuse_port=shared)
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise ServerError(f"Can't listen on {host} port {port}: {why}. PORT sets another.") from None
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        # SECURITY: connections inherit it; else who stops reading would keep what was written for it for ever.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STUCK_MS)
    return listener
