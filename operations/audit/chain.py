"""One lane's rows, one after the other, and what is wrong with them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hmac import compare_digest

from models.secret import Keyring
from operations.audit.seal import HALF, Row, content_half, link_half

MOST_LOOSE = 200
"""Rows out of place of which it is still worked out where each has been."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was written: where, and what."""

    what: str
    lane: int | None = None
    position: int | None = None
    event_id: int | None = None

    def __str__(self) -> str:
        """Reads like `event 17, lane 3, position 5: was changed`."""
        places = (("event", self.event_id), ("lane", self.lane), ("position", self.position))
        named = ", ".join(f"{name} {value}" for name, value in places if value is not None)
        return f"{named}: {self.what}" if named else self.what


@dataclass(frozen=True, slots=True)
class _Loose:
    """A row whose link does not fit the row before it."""

    row: Row
    before: bytes


class Chain:
    """Checks a lane; `anchored` are the seals that anchors saw at some positions."""

    def __init__(self, keyring: Keyring, lane: int, anchored: Mapping[int, bytes]) -> None:
        self._keyring, self._lane, self._anchored = keyring, lane, anchored
        self._position, self._seal = 0, b""
        self._loose: list[_Loose] = []

    def next(self, row: Row) -> Iterator[Fault]:
        """What is wrong with the next row, in the order of their positions."""
        position, seal = row["position"], row["seal"]
        gap = position != self._position + 1
        if gap:
            yield self._missing(position - 1)
        half = content_half(self._keyring, row)
        if not compare_digest(half, seal[:HALF]):
            yield self._fault("was changed", row)
        # The row before a gap is not there to link to: the gap itself is told.
        if not gap and not self._linked(row, position, self._seal):
            self._loose.append(_Loose(row, self._seal))
        if self._anchored.get(position, seal) != seal:
            yield self._fault("is another one than the one that was anchored", row)
        self._position, self._seal = position, seal

    def end(self, head: Row | None) -> Iterator[Fault]:
        """What is wrong with the lane as a whole; `head` is its row in `audit_lane`."""
        yield from self._out_of_place()
        told = max([head["position"] if head else 0, *self._anchored])
        if told > self._position:
            yield self._missing(told)
        elif head is None or head["position"] != self._position or head["seal"] != self._seal:
            yield Fault("the lane's head is not its last event", self._lane)

    def _linked(self, row: Row, position: int, before: bytes) -> bool:
        link = link_half(self._keyring, row["seal"][:HALF], self._lane, position, before)
        return compare_digest(link, row["seal"][HALF:])

    def _out_of_place(self) -> Iterator[Fault]:
        """Rows that were moved, by where they have been; one that merely follows a moved row is as it was."""
        places = [loose.row["position"] for loose in self._loose][:MOST_LOOSE]
        befores = {seal for loose in self._loose[:MOST_LOOSE] for seal in (loose.before, loose.row["seal"])}
        for loose in self._loose:
            row, found = loose.row, None
            if len(self._loose) <= MOST_LOOSE:
                found = next((p for p in places for b in befores if self._linked(row, p, b)), None)
            if found is None:
                yield self._fault("does not belong here: it or the one before it was put in or exchanged", row)
            elif found != row["position"]:
                yield self._fault(f"was moved here from position {found}", row)

    def _missing(self, last: int) -> Fault:
        first = self._position + 1
        if first == last:
            return Fault("is missing: it was deleted", self._lane, first)
        return Fault(
            f"{last - first + 1} events up to position {last} are missing: they were deleted", self._lane, first
        )

    def _fault(self, what: str, row: Row) -> Fault:
        return Fault(what, self._lane, row["position"], row["id"])
