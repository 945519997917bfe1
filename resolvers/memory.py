"""The memory of one process: public answers, kept until a row of which they are made may have changed."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import blake2b
from time import monotonic

import orjson

from policies.viewer import Anonymous, Viewer
from resolvers.answer import Answer, Request

LARGEST_SHARE = 8
"""An answer that would take more than this fraction of the memory is not kept."""
OVERHEAD = 1000
"""Bytes that an entry takes beside its texts, about."""

Key = tuple[str, str | None, bytes, bool]


@dataclass(frozen=True, slots=True)
class Kept:
    """A remembered answer, and what it costs."""

    answer: Answer
    size: int


class Memory:
    """Answers by their requests, the least recently used of them forgotten first; `size` is in bytes.

    It is on only while whoever hears of changes (`Watcher`) vouches that all that was told has been heard.
    """

    def __init__(self, size: int = 0, clock: Callable[[], float] = monotonic) -> None:
        self.size, self._clock = size, clock
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._made_of: dict[str, set[Key]] = {}
        self._changed: dict[str, int] = {}
        self._moment = 0
        self._listening_since: int | None = None
        self._until = 0.0
        self.bytes = 0
        self.wanted = asyncio.Event()
        """Set when somebody asks and nobody vouches."""
        self.used = False

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def on(self) -> bool:
        """Whether what is remembered may be told."""
        return self._clock() < self._until

    @property
    def listening(self) -> bool:
        """Whether changes are heard of."""
        return self._listening_since is not None

    def key(self, request: Request, viewer: Viewer) -> Key | None:
        """Under what an answer to this request is kept; None where it would not be anybody's."""
        # SECURITY: only what visitors without any credentials ask is ever remembered, or told from memory.
        if not self.size or type(viewer) is not Anonymous or request.costed:
            return None
        variables = orjson.dumps(request.variables) if request.variables else b""
        return request.query, request.operation_name, variables, request.denied_null

    def find(self, key: Key) -> Answer | None:
        """The answer, where there is one that nothing has changed since."""
        self.used = True
        if not self.on:
            self.wanted.set()
            return None
        kept = self._kept.get(key)
        if kept is None:
            return None
        self._kept.move_to_end(key)
        return kept.answer

    def moment(self) -> int:
        """Where in the order of changes one is; to be asked before the statements run."""
        return self._moment

    def keep(self, key: Key, answer: Answer, since: int) -> None:
        """Remember an answer whose statements ran after the moment `since`, unless something has changed meanwhile."""
        size = len(answer.body) + len(key[0]) + len(key[2]) + OVERHEAD
        if not self._current(answer, since) or size > self.size // LARGEST_SHARE:
            return
        self._forget(key)
        self._kept[key] = Kept(answer, size)
        self.bytes += size
        for table in answer.tables or ():
            self._made_of.setdefault(table, set()).add(key)
        while self.bytes > self.size:
            self._forget(next(iter(self._kept)))

    def _current(self, answer: Answer, since: int) -> bool:
        """SECURITY: a statement that began before a change may not have seen it, though it ended afterwards."""
        if answer.tables is None or self._listening_since is None or since < self._listening_since:
            return False
        return all(self._changed.get(table, 0) <= since for table in answer.tables)

    def drop(self, table: str) -> None:
        """Forget everything that is made of a table: rows of it changed."""
        self._moment += 1
        self._changed[table] = self._moment
        for key in list(self._made_of.get(table, ())):
            self._forget(key)

    def vouch(self, until: float) -> None:
        """All changes have been heard of; what is remembered may be told until then (by the clock)."""
        if self._listening_since is None:
            # What began before is not remembered: changes meanwhile were not heard of.
            self._moment += 1
            self._listening_since = self._moment
        self._until = until

    def lose(self) -> None:
        """Changes are not heard of any more: forget everything, and remember nothing until somebody vouches again."""
        self._moment += 1
        self._listening_since, self._until = None, 0.0
        self._kept.clear()
        self._made_of.clear()
        self._changed.clear()
        self.bytes = 0

    def _forget(self, key: Key) -> None:
        kept = self._kept.pop(key, None)
        if kept is None:
            return
        self.bytes -= kept.size
        for table in kept.answer.tables or ():
            keys = self._made_of[table]
            keys.discard(key)
            if not keys:
                del self._made_of[table]


def tagged(answer: Answer) -> Answer:
    """The answer with the tag by which clients and caches ask whether it is still the same."""
    return replace(answer, tag=b'"%b"' % blake2b(answer.body, digest_size=16).hexdigest().encode())
