"""A cache that keeps what was used last."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Cache(Generic[K, V]):
    """The most recently used entries, at most `size` of them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._entries: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The entry, made first where there is none; what raises is not kept."""
        try:
            found = self._entries[key]
            self._entries.move_to_end(key)
        except KeyError:
            found = self._entries[key] = make()
            if len(self._entries) > self._size:
                self._entries.popitem(last=False)
        return found
