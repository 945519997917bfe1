"""How long a request may take, and whether its client still waits: else it is given up, with its statement.

Requests pay next to nothing for this: nothing is set up for one that is answered soon. A few times a second, those that
are not answered yet are looked at.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from types import TracebackType
from typing import Any, Self

from starlette.types import Message, Receive

from operations.beside import beside
from schema.endpoint.body import DisconnectError
from schema.endpoint.refusal import RefusalError

SECONDS = 20
LOOK_SECONDS = 0.25
LONG_SECONDS = 0.5
"""Of a request that takes longer it is watched whether its client is still there."""


def late(seconds: float) -> RefusalError:
    """The refusal of a request that took too long; a mutation may have happened all the same."""
    message = f"This took longer than {seconds:g} seconds and was given up. Ask for less; look before you repeat it."
    return RefusalError(504, "TOO_COMPLEX", message)


def slow(seconds: float) -> RefusalError:
    """The refusal of a request that does not come."""
    message = f"The request did not come within {seconds:g} seconds."
    return RefusalError(408, "BAD_USER_INPUT", message, [(b"connection", b"close")])


class Patience:
    """The requests of one process that are being answered; none may take longer than `seconds`."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._waiting: set[Watch] = set()

    def watch(self, receive: Receive, method: str) -> "Watch":
        """For `with`: a request is answered within; it gives what is to be used as `receive`."""
        return Watch(self, self._waiting, receive, whole=method != "POST")

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[None]:
        """Look at the requests again and again."""
        async with beside(self._look()):
            yield

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            now = monotonic()
            for watch in list(self._waiting):
                watch.look(now - watch.started)


class Watch:
    """One request from its first byte until its answer is made."""

    __slots__ = ("_listening", "_patience", "_receive", "_task", "_verdict", "_waiting", "started", "whole")

    def __init__(self, patience: Patience, waiting: "set[Watch]", receive: Receive, whole: bool) -> None:
        self._patience, self._waiting, self._receive, self.whole = patience, waiting, receive, whole
        self._verdict: Exception | None = None
        self._listening: asyncio.Task[None] | None = None

    async def __call__(self) -> Message:
        message = await self._receive()
        if not message.get("more_body", False):
            self.whole = True
        return message

    def __enter__(self) -> Self:
        task: asyncio.Task[Any] | None = asyncio.current_task()
        assert task is not None
        self._task, self.started = task, monotonic()
        self._waiting.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._waiting.discard(self)
        if self._listening is not None:
            self._listening.cancel()
        if self._verdict is not None:
            self._task.uncancel()
            if isinstance(error, asyncio.CancelledError):
                raise self._verdict from None

    def look(self, age: float) -> None:
        """Give it up if it takes too long, or see to it that its client's going is noticed."""
        if age > self._patience.seconds:
            self._end(late(self._patience.seconds) if self.whole else slow(self._patience.seconds))
        elif age > LONG_SECONDS and self.whole and self._listening is None:
            self._listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._end(DisconnectError())

    def _end(self, verdict: Exception) -> None:
        if self._verdict is None and self in self._waiting:
            self._verdict = verdict
            # SECURITY: the statement that runs for it is cancelled too: nobody keeps the database busy by going away.
            self._task.cancel()
