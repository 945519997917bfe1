"""What each field of a disclosure holds, before anybody asks whether it may be shown; and by what they are filtered."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import models
from tests.reference.permission import permissions

if TYPE_CHECKING:
    from tests.reference.reader import Reader

Arguments = Mapping[str, Any]
Field = Callable[["Reader", Any, Arguments], Any]
WEEK = timedelta(days=7)


def disclosures(reader: "Reader", row: Any, arguments: Arguments) -> Any:
    """Those of an account, the latest first."""
    return reader.sight.visible(sorted(row.disclosures, key=lambda d: -d.number))


def _waits(reader: "Reader", row: Any) -> bool:
    now, until = reader.world.now, row.wanted_until
    undecided = row.approved_at is None and row.revoked_at is None
    return undecided and row.requested_at > now - WEEK and (until is None or until > now)


def _active(reader: "Reader", row: Any) -> bool:
    return row.approved_at is not None and row.revoked_at is None and bool(row.expires_at > reader.world.now)


def _status(reader: "Reader", row: Any, arguments: Arguments) -> str:
    if row.revoked_at is not None:
        return "REVOKED"
    if row.approved_at is not None:
        return "ACTIVE" if _active(reader, row) else "EXPIRED"
    return "REQUESTED" if _waits(reader, row) else "LAPSED"


def _due(reader: "Reader", row: Any, arguments: Arguments) -> Any:
    return row.approved_at and row.approved_at + WEEK


def _to_review(reader: "Reader", row: Any) -> bool:
    return row.approved_at is not None and row.reviewed_at is None


def _overdue(reader: "Reader", row: Any, arguments: Arguments) -> bool:
    return _to_review(reader, row) and bool(row.approved_at + WEEK < reader.world.now)


def _column(name: str) -> Field:
    return lambda reader, row, arguments: getattr(row, name)


def _one(relation: str) -> Field:
    return lambda reader, row, arguments: reader.one(getattr(row, relation))


def _secret(column: str) -> Field:
    """Under the key of its person; null once they are erased."""

    def opened(reader: "Reader", row: Any, arguments: Arguments) -> str | None:
        value = getattr(row, column)
        if value is None or row.account_id is None:
            return None
        key = reader.world.get(models.WrappedKey, id=row.account_id)
        opener = reader.keyring.open(key.wrapped, str(row.account_id))
        return opener.decrypt(value, f"disclosure.{column}:{row.id}")

    return opened


DISCLOSURE: dict[str, Field] = {
    "id": lambda reader, row, arguments: f"Disclosure:{row.id}",
    "number": _column("number"),
    "status": _status,
    "story": _one("story"),
    "account": _one("account"),
    "fields": _column("fields"),
    "recipient": _one("organisation"),
    "grounds": _secret("grounds"),
    "requestedAt": _column("requested_at"),
    "wantedUntil": _column("wanted_until"),
    "approvedAt": _column("approved_at"),
    "expiresAt": _column("expires_at"),
    "revokedAt": _column("revoked_at"),
    "withheldUntil": _column("withheld_until"),
    "withheldReason": _secret("withheld_reason"),
    "reviewDueAt": _due,
    "overdue": _overdue,
    "reviewedAt": _column("reviewed_at"),
    "outcome": _column("outcome"),
    "note": _secret("note"),
    "viewerCan": permissions,
}
FILTER: Mapping[str, tuple[Sequence[str], Callable[["Reader", Any, Any], bool]]] = {
    "waiting": (("status",), lambda reader, row, wanted: _waits(reader, row) == wanted),
    "active": (("status",), lambda reader, row, wanted: _active(reader, row) == wanted),
    "toReview": (("reviewedAt",), lambda reader, row, wanted: _to_review(reader, row) == wanted),
    "overdue": (("overdue",), lambda reader, row, wanted: _overdue(reader, row, {}) == wanted),
}
