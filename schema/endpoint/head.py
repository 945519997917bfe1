"""The first lines of a request: a connection on which they do not come is closed."""

import asyncio
from typing import cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_TIMEOUT = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class HeadProtocol(HttpToolsProtocol):
    """Uvicorn's protocol, which by itself waits for ever for the end of a request's headers.

    A request that comes in one piece, as nearly all do, sets up nothing. `seconds` is what a connection has for its
    first headers, and a further request for its own, once it began.
    """

    seconds = 20.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._incomplete = True
        self._timer: asyncio.TimerHandle | None = self.loop.call_later(self.seconds, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._incomplete and self._timer is None and not self.transport.is_closing():
            self._timer = self.loop.call_later(self.seconds, self._give_up)

    def on_message_begin(self) -> None:
        self._incomplete = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._incomplete = False
        self._stop()
        super().on_headers_complete()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        # SECURITY: who sends a letter a minute holds a connection for seconds, not for days.
        self._timer = None
        if not self.transport.is_closing():
            self.transport.write(_TIMEOUT)
            self.transport.close()


def within(seconds: float) -> type[HeadProtocol]:
    """The protocol with so much patience."""
    return cast(type[HeadProtocol], type("HeadProtocol", (HeadProtocol,), {"seconds": seconds}))
