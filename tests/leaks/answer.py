"""What a viewer heard: every text of every answer, and which fields of which rows."""

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import Any

import httpx2

GRAM = 6
FULL = 100
CURSOR = re.compile(r"[A-Za-z0-9_-]{16,}={0,2}")


@dataclass
class Heard:
    """Gathers answers."""

    texts: set[str] = field(default_factory=set)
    """Keys and values, each once."""
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By global id: the fields that were not null, with their last value."""
    types: dict[str, str] = field(default_factory=dict)
    wrong_pages: list[str] = field(default_factory=list)
    """Pages that are not full, and totals that are not what can be paged through."""

    def hear(self, answer: httpx2.Response) -> Any:
        """The answer's JSON, once it is remembered, headers included."""
        assert b"\\u0000" not in answer.content, "a marker is left"
        self.texts.update(value for pair in answer.headers.items() for value in pair)
        found = answer.json()
        self._walk(found)
        return found

    def _walk(self, value: Any) -> None:
        if type(value) is dict:
            self._note(value)
            for key, below in value.items():
                self.texts.add(key)
                self._walk(below)
        elif type(value) is list:
            for item in value:
                self._walk(item)
        elif value is not None:
            self.texts.add(str(value))

    def _note(self, value: dict[str, Any]) -> None:
        identity, type_name = value.get("id"), value.get("__typename")
        if str(type_name).endswith("Connection"):
            self._measure(value)
        if identity and type_name:
            self.types[identity] = type_name
            known = self.rows.setdefault(identity, {})
            known.update((key, found) for key, found in value.items() if found is not None)

    def _measure(self, page: dict[str, Any]) -> None:
        """All lists are asked for by the hundred."""
        size, total, info = len(page["nodes"]), page["totalCount"], page["pageInfo"]
        full = size == FULL if info["hasNextPage"] else size == total or info["hasPreviousPage"]
        if not full or size > total or size != len(page["edges"]):
            self.wrong_pages.append(f"{page['__typename']}: {size} of {total}")

    def holding(self) -> "Haystack":
        """All texts, and what is in those that can be decoded from base64."""
        return Haystack("\n".join([*self.texts, *filter(None, map(decoded, self.texts))]))


class Haystack:
    """A long text in which many values are looked for, whatever their case."""

    def __init__(self, text: str) -> None:
        self.text = text.casefold()
        self._grams = {self.text[start : start + GRAM] for start in range(len(self.text) - GRAM + 1)}

    def __contains__(self, value: str) -> bool:
        wanted = value.casefold()
        grams = (wanted[start : start + GRAM] for start in range(max(1, len(wanted) - GRAM + 1)))
        return all(gram in self._grams for gram in grams) and wanted in self.text


def decoded(text: str) -> str:
    """What a text says in base64; nothing unless it is some."""
    if not CURSOR.fullmatch(text):
        return ""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("latin-1")
    except binascii.Error:
        return ""
