"""One subscription: who asks what, and the answers that wait to be sent."""

from asyncio import Future, get_running_loop
from collections import deque
from collections.abc import Callable, Sequence
from hashlib import blake2b

import orjson
from graphql import GraphQLError
from graphql.execution.values import VariableValues

from operations.audit import request_reference
from policies.viewer import Viewer
from resolvers.document import Operation

MOST_WAITING = 32
"""Answers that may wait for a slow client; with one more it is dropped."""


Text = tuple[str, str | None, bool]
"""The document, the operation's name, and how denied fields are told."""


class Subscription:
    """Answers for one client, one after the other, until it ends: `async for` gives their bytes."""

    __slots__ = (
        "_waiting", "_woken", "denied_null", "dropped", "ended", "field", "finished", "last", "missed", "number",
        "on_drop", "operation", "reference", "text", "token_hash", "values", "viewer",
    )  # fmt: skip

    def __init__(
        self,
        text: Text,
        operation: Operation,
        values: VariableValues,
        viewer: Viewer,
        token_hash: bytes | None,
    ) -> None:
        self.text, self.operation, self.values = text, operation, values
        self.viewer, self.token_hash = viewer, token_hash
        self.reference = request_reference.get()
        self.denied_null = text[2]
        self.field = ""
        self.number: int | None = None
        """The one story that it is about, if any."""
        self.last: bytes | None = None
        """The digest of the last answer, where only another one is sent."""
        self.missed = False
        self.ended = self.dropped = self.finished = False
        self.on_drop: Callable[[], None] | None = None
        self._waiting: deque[bytes] = deque()
        self._woken: Future[None] | None = None

    def __aiter__(self) -> "Subscription":
        return self

    async def __anext__(self) -> bytes:
        while not self._waiting:
            if self.ended:
                raise StopAsyncIteration
            self._woken = get_running_loop().create_future()
            await self._woken
        return self._waiting.popleft()

    def offer(self, body: bytes) -> None:
        """Another answer; with too many that wait, the client is dropped."""
        if self.ended:
            return
        # SECURITY: who reads too slowly costs a few answers' memory, not all that ever happens.
        if len(self._waiting) >= MOST_WAITING:
            self.drop()
        else:
            self._waiting.append(body)
            self._wake()

    def drop(self) -> None:
        """End at once; what waits is thrown away, and whoever sends is told."""
        self._waiting.clear()
        self.dropped = True
        self.end()
        if self.on_drop is not None:
            self.on_drop()

    def fail(self, error: GraphQLError) -> None:
        """A last answer that says why it ends, for good: to ask again is of no use."""
        self.offer(failed([error]))
        self.finished = True
        self.end()

    def end(self) -> None:
        """No more answers; what waits is still sent."""
        self.ended = True
        self._wake()

    @property
    def waiting(self) -> int:
        """How many answers wait to be sent."""
        return len(self._waiting)

    def differs(self, body: bytes) -> bool:
        """Whether this answer is another one than the last, which it then becomes."""
        digest = blake2b(body, digest_size=16).digest()
        differs, self.last = digest != self.last, digest
        return differs

    def _wake(self) -> None:
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)


def failed(errors: Sequence[GraphQLError]) -> bytes:
    """An answer without data."""
    return orjson.dumps({"data": None, "errors": [error.formatted for error in errors]})
