"""Seals: what ties a row of the audit log to its content and to the row before it.

A seal has two halves of 16 bytes, both keyed with the master key. The first is over the row's content, the second over
the first half, the row's lane and position, and the seal before it. So an edit breaks its own row only, and a row that
is missing, moved or put in breaks the link of the row after it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

import orjson

from models.secret import Keyring

HALF = 16
CONTENT = (
    "id", "kind", "happened_at", "account_id", "roles", "purpose", "reference", "organisation_id", "subject",
    "person_id", "fields", "reasons", "rules", "request", "disclosure_id", "count",
)  # fmt: skip
"""All columns of an event but those of the chain itself."""


class Row(Protocol):
    """A row, of a database or of our own, whose columns are read by name."""

    def __getitem__(self, name: str, /) -> Any: ...


def content(row: Row) -> bytes:
    """The canonical text of a row: the same for equal rows, wherever they come from."""
    return orjson.dumps([_plain(row[name]) for name in CONTENT])


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return str(value)
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else value


def sealed(keyring: Keyring, row: Row, lane: int, position: int, before: bytes) -> bytes:
    """The seal of a row at a place; `before` is the seal of the row before it, empty for the first."""
    half = content_half(keyring, row)
    return half + link_half(keyring, half, lane, position, before)


def content_half(keyring: Keyring, row: Row) -> bytes:
    """The half that an edit of the row breaks."""
    return keyring.audit_seal(b"content", content(row))[:HALF]


def link_half(keyring: Keyring, half: bytes, lane: int, position: int, before: bytes) -> bytes:
    """The half that breaks where the row or the one before it is not where it was."""
    place = lane.to_bytes(2, "big") + position.to_bytes(8, "big")
    return keyring.audit_seal(b"link", half, place, before)[:HALF]
