"""A cache that keeps what was used last."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def _one(_: object) -> int:
    return 1


class Cache(Generic[K, V]):
    """The most recently used entries, together of at most `size`: entries are counted, or weighed by `weigh`."""

    def __init__(self, size: int, weigh: Callable[[V], int] = _one) -> None:
        self._size, self._weigh = size, weigh
        self._weight = 0
        self._entries: OrderedDict[K, V] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def weight(self) -> int:
        """What the entries weigh together."""
        return self._weight

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The entry, made first where there is none; what raises is not kept."""
        try:
            found = self._entries[key]
            self._entries.move_to_end(key)
        except KeyError:
            found = self._entries[key] = make()
            self._weight += self._weigh(found)
            while self._weight > self._size:
                self._weight -= self._weigh(self._entries.popitem(last=False)[1])
        return found

    def peek(self, key: K) -> V | None:
        """The entry, where there is one."""
        found = self._entries.get(key)
        if found is not None:
            self._entries.move_to_end(key)
        return found
