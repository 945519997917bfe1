"""The finish: markers in PostgreSQL's JSON become values, masks, cursors and denied fields with their paths."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from models.secret import Keyring
from operations.audit import Asked, Reading
from policies.mask import MASKS
from resolvers.argument import Variables
from resolvers.cache import Cache
from resolvers.cursor import seal
from resolvers.disclosed import by_disclosure
from resolvers.site import CURSOR_MARK, MARK, OPENING, SUBJECT, Site

CURSORS = re.compile(re.escape(CURSOR_MARK) + rb'(\d+):([^"]*)"')
PRESENT = re.compile(re.escape(MARK + OPENING[:-1]) + rb"[demw](\d+)")
ANSWERS = 16
"""How many combinations of sites that occurred are remembered for each statement."""

JsonPath = list[str | int]
Told = list[tuple[JsonPath, Site]]


@dataclass(slots=True)
class Finished:
    """One root field's JSON, with what the answer has to say about its fields."""

    json: bytes
    denied: Told = field(default_factory=list)
    masked: Told = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    attempts: list[Asked] = field(default_factory=list)


class Place:
    """Where below one object, or below the items of one list, sites stand."""

    __slots__ = ("audited", "items", "keys")

    def __init__(self) -> None:
        self.keys: dict[str, Place] = {}
        self.items: Place | None = None
        self.audited = False

    def below(self, step: str | None) -> "Place":
        """The place under a key, or under each item."""
        if step is None:
            self.items = self.items or Place()
            return self.items
        return self.keys.setdefault(step, Place())


class Finish:
    """Finishes the answers of one statement; knows where in them a marker can stand."""

    def __init__(self, sites: Sequence[Site]) -> None:
        self._sites = sites
        self._audits = frozenset(number for number, site in enumerate(sites) if site.audited)
        self._places: Cache[frozenset[int], Place] = Cache(ANSWERS)

    @property
    def sites(self) -> int:
        """How many places there are where a marker can stand."""
        return len(self._sites)

    def __call__(self, raw: bytes, root: str, keyring: Keyring, variables: Variables) -> Finished:
        """`raw` is the JSON of the root field with the response key `root`."""
        if MARK not in raw and not self._audits:
            return Finished(raw)
        if CURSOR_MARK in raw:
            raw = CURSORS.sub(lambda match: self._sealed(match, keyring, variables), raw)
            if MARK not in raw and not self._audits:
                return Finished(raw)
        present = self._audits.union(map(int, set(PRESENT.findall(raw))))
        place = self._places.get(present, lambda: _places(self._sites[number] for number in present))
        finished, whole = Finished(b""), {root: orjson.loads(raw)}
        _Walk(self._sites, finished, keyring).object(whole, place, [])
        finished.json = orjson.dumps(whole[root])
        return finished

    def _sealed(self, match: re.Match[bytes], keyring: Keyring, variables: Variables) -> bytes:
        signature = self._sites[int(match[1])].signature
        assert signature is not None
        return b'"' + seal(keyring.cursors, match[2].decode(), signature(variables)).encode() + b'"'


def _places(sites: Iterable[Site]) -> Place:
    top = Place()
    for site in sites:
        place = top
        for step in site.path:
            place = place.below(step)
        if site.audited:
            place.audited = True
    return top


@dataclass(slots=True)
class _Walk:
    """One way through an answer, along the places where markers stand."""

    sites: Sequence[Site]
    finished: Finished
    keyring: Keyring

    def object(self, value: dict[str, Any], place: Place, path: JsonPath) -> None:
        for key, below in place.keys.items():
            found = value.get(key)
            if type(found) is str:
                if found[:1] == "\0":
                    value[key] = self.value(found, [*path, key])
            elif type(found) is list:
                self.list(found, below.items, [*path, key])
            elif type(found) is dict:
                self.object(found, below, [*path, key])
        if place.audited:
            self.finished.readings += _readings(value, self.sites)

    def list(self, values: list[Any], place: Place | None, path: JsonPath) -> None:
        if place is None:
            return
        for position, value in enumerate(values):
            if type(value) is dict:
                self.object(value, place, [*path, position])

    def value(self, marker: str, path: JsonPath) -> Any:
        number, _, payload = marker[2:].partition(":")
        site = self.sites[int(number)]
        if marker[1] == "d":
            self.finished.denied.append((path, site))
            if site.attempt is not None:
                self.finished.attempts.append((site.attempt, payload or None))
            return None
        if marker[1] == "w":
            assert site.work is not None
            return site.work(payload)
        value = site.prefix + _opened(payload, site, self.keyring) if marker[1] == "e" else payload
        if site.mask == "clear":
            return value
        self.finished.masked.append((path, site))
        return MASKS[site.mask](value)


def _readings(value: dict[str, Any], sites: Sequence[Site]) -> list[Reading]:
    """What was read of a row; a field that was denied there was not."""
    named = value.pop(SUBJECT, None)
    if named is None:
        # A row of another type, of which nothing is owed to the purpose.
        return []
    number, known, disclosures, subject = named.split(":", 3)
    site = sites[int(number)]
    shown = [n for n, (key, _) in enumerate(site.audited) if value.get(key) is not None and known[n : n + 1] != "1"]
    # SECURITY: no entry, no data: a row that can't be named on the log is not shown.
    if shown and not subject:
        raise RuntimeError("private fields of a row without a name were read")
    return [
        Reading(subject, tuple(site.audited[n][1] for n in fields), site.reasons, site.rules, disclosure)
        for disclosure, fields in by_disclosure(disclosures, shown, site.named).items()
    ]


def _opened(payload: str, site: Site, keyring: Keyring) -> str:
    person, row, key, value = payload.split(":")
    return keyring.open(bytes.fromhex(key), person).decrypt(bytes.fromhex(value), f"{site.place}:{row}")
