"""What each field of a complaint holds, before anybody asks whether it may be shown."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import models
from tests.reference.permission import permissions

if TYPE_CHECKING:
    from tests.reference.reader import Reader

Arguments = Mapping[str, Any]
Field = Callable[["Reader", Any, Arguments], Any]
SPELT = {
    "number": "number", "kind": "kind", "receivedAt": "received_at", "acknowledgedAt": "acknowledged_at",
    "dueAt": "due_at", "extendedAt": "extended_at", "answeredAt": "answered_at",
}  # fmt: skip


def _column(name: str) -> Field:
    return lambda reader, row, arguments: getattr(row, name)


def _text(column: str) -> Field:
    """Under the key of the account that complained, or under the complaint's own."""

    def opened(reader: "Reader", row: Any, arguments: Arguments) -> str | None:
        value, person = getattr(row, column), row.account_id or row.id
        if value is None:
            return None
        key = reader.world.get(models.WrappedKey, id=person)
        return reader.keyring.open(key.wrapped, str(person)).decrypt(value, f"complaint.{column}:{row.id}")

    return opened


def _overdue(reader: "Reader", row: Any, arguments: Arguments) -> bool:
    return row.answered_at is None and bool(row.due_at < reader.world.now)


COMPLAINT: dict[str, Field] = {
    "id": lambda reader, row, arguments: f"Complaint:{row.id}",
    **{name: _column(column) for name, column in SPELT.items()},
    "email": _text("email"),
    "body": _text("body"),
    "extensionReason": _text("extension_reason"),
    "outcome": _text("outcome"),
    "overdue": _overdue,
    "viewerCan": permissions,
}
