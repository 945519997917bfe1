"""Pages worked out in Python: rows in order, cut at cursors, with what a connection says about them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

PAGE = 20
Keys = tuple[Any, ...]
Arguments = Mapping[str, Any]


@dataclass(frozen=True)
class Order:
    """How a list is sorted; lists of the same name take each other's cursors."""

    name: str
    keys: Callable[[Any], Keys]
    descending: bool = False


@dataclass
class Cursors:
    """Cursors are opaque: what the reference calls a place, and which place a cursor of the planner was seen at."""

    places: dict[str, Keys] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    by_list: dict[str, list[str]] = field(default_factory=dict)

    def made(self, order: Order, row: Any) -> str:
        keys = order.keys(row)
        place = f"place in {order.name} at {keys!r}"
        self.places[place] = keys
        return place

    def keys(self, cursor: str) -> Keys:
        """The sort keys at a cursor of either executor."""
        return self.places[self.seen.get(cursor, cursor)]

    def meet(self, place: str, cursor: str) -> None:
        """Both executors showed the same row: one called it `place`, the other `cursor`."""
        if cursor not in self.seen:
            self.seen[cursor] = place
            self.by_list.setdefault(place.removeprefix("place in ").split(" at ")[0], []).append(cursor)

    @cached_property
    def frozen(self) -> "Cursors":
        """The cursors met up to now: later ones don't change what is drawn from them."""
        return Cursors(by_list={name: list(known) for name, known in self.by_list.items()})


def is_place(value: object) -> bool:
    return isinstance(value, str) and value.startswith("place in ")


def page(order: Order, rows: Sequence[Any], arguments: Arguments, cursors: Cursors) -> dict[str, Any]:
    """The connection over all the rows that there are for the viewer."""
    ordered = sorted(rows, key=order.keys, reverse=order.descending)
    first, last = arguments.get("first"), arguments.get("last")
    window = _between(order, ordered, arguments, cursors)
    size = first if first is not None else last if last is not None else PAGE
    more = len(window) > size
    shown = window[:size] if last is None else window[len(window) - min(size, len(window)) :]
    places = [cursors.made(order, row) for row in shown]
    after, before = arguments.get("after") is not None, arguments.get("before") is not None
    return {
        "edges": [{"node": row, "cursor": place} for row, place in zip(shown, places, strict=True)],
        "nodes": shown,
        "totalCount": len(rows),
        "pageInfo": {
            "hasNextPage": more if last is None else before,
            "hasPreviousPage": after if last is None else more,
            "startCursor": places[0] if places else None,
            "endCursor": places[-1] if places else None,
        },
    }


def _between(order: Order, ordered: Sequence[Any], arguments: Arguments, cursors: Cursors) -> list[Any]:
    """The rows after one cursor and before another, wherever those are given."""

    def beyond(row: Any, cursor: str, after: bool) -> bool:
        mine, bound = order.keys(row), cursors.keys(cursor)
        return mine < bound if after == order.descending else mine > bound

    found = list(ordered)
    for name in ("after", "before"):
        if arguments.get(name) is not None:
            found = [row for row in found if beyond(row, arguments[name], name == "after")]
    return found
