"""The finish: markers in PostgreSQL's JSON become values, masks, cursors and denied fields with their paths."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from models.secret import Keyring
from operations.audit import Reading
from policies.mask import MASKS
from resolvers.argument import Variables
from resolvers.cursor import seal
from resolvers.site import CURSOR_MARK, MARK, SUBJECT, Site

Tree = dict[str | None, Any]
CURSORS = re.compile(re.escape(CURSOR_MARK) + rb'(\d+):([^"]*)"')


@dataclass(slots=True)
class Finished:
    """One root field's JSON, with what the answer has to say about its fields."""

    json: bytes
    denied: list[tuple[list[str | int], Site]] = field(default_factory=list)
    masked: list[tuple[list[str | int], Site]] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)


class Finish:
    """Finishes the answers of one statement; knows where in them a marker can stand."""

    def __init__(self, sites: Sequence[Site]) -> None:
        self._sites = sites
        self._audits = any(site.audited for site in sites)
        self._tree: Tree = {}
        for site in sites:
            below = self._tree
            for step in site.path:
                below = below.setdefault(step, {})
            if site.audited:
                below["site"] = site

    def __call__(self, raw: bytes, root: str, keyring: Keyring, variables: Variables) -> Finished:
        """`raw` is the JSON of the root field with the response key `root`."""
        if MARK not in raw and not self._audits:
            return Finished(raw)
        if CURSOR_MARK in raw:
            raw = CURSORS.sub(lambda match: self._sealed(match, keyring, variables), raw)
            if MARK not in raw and not self._audits:
                return Finished(raw)
        finished = Finished(b"")
        value = self._walk(orjson.loads(raw), self._tree[root], [root], finished, keyring)
        finished.json = orjson.dumps(value)
        return finished

    def _sealed(self, match: re.Match[bytes], keyring: Keyring, variables: Variables) -> bytes:
        signature = self._sites[int(match[1])].signature
        assert signature is not None
        return b'"' + seal(keyring.cursors, match[2].decode(), signature(variables)).encode() + b'"'

    def _walk(self, value: Any, tree: Tree, path: list[str | int], finished: Finished, keyring: Keyring) -> Any:
        if isinstance(value, dict):
            for key, below in tree.items():
                if key == SUBJECT:
                    finished.readings += _readings(value, below["site"])
                elif key in value:
                    value[key] = self._walk(value[key], below, [*path, key], finished, keyring)  # type: ignore[list-item]
        elif isinstance(value, list):
            below = tree.get(None, {})
            for position, item in enumerate(value):
                value[position] = self._walk(item, below, [*path, position], finished, keyring)
        elif isinstance(value, str) and value.startswith("\0"):
            return self._finished(value, path, finished, keyring)
        return value

    def _finished(self, marker: str, path: list[str | int], finished: Finished, keyring: Keyring) -> Any:
        number, _, payload = marker[2:].partition(":")
        site = self._sites[int(number)]
        if marker[1] == "d":
            finished.denied.append((path, site))
            return None
        value = _opened(payload, site, keyring) if marker[1] == "e" else payload
        if site.mask == "clear":
            return value
        finished.masked.append((path, site))
        return MASKS[site.mask](value)


def _readings(value: dict[str, Any], site: Site) -> list[Reading]:
    """What was read of a row; a field that was denied there was not."""
    subject = value.pop(SUBJECT, None)
    fields = tuple(name for key, name in site.audited if value.get(key) is not None)
    return [Reading(subject, fields, site.reasons)] if subject and fields else []


def _opened(payload: str, site: Site, keyring: Keyring) -> str:
    person, row, key, value = payload.split(":")
    return keyring.open(bytes.fromhex(key), person).decrypt(bytes.fromhex(value), f"{site.place}:{row}")
