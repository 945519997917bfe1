"""What each field of an alert holds, before anybody asks whether it may be shown."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import models

if TYPE_CHECKING:
    from tests.reference.reader import Reader

Arguments = Mapping[str, Any]
Field = Callable[["Reader", Any, Arguments], Any]
CONDITIONS = (
    "search", "region", "age_group", "author_role", "progress", "routing", "criticality_from", "criticality_to"
)  # fmt: skip


def alerts(reader: "Reader", row: Any, arguments: Arguments) -> Any:
    """The alerts of an account, the latest first."""
    mine = [alert for alert in reader.world.all(models.Alert) if alert.account_id == row.id]
    return reader.sight.visible(sorted(mine, key=lambda a: (-a.created_at.timestamp(), a.id)))


def _column(name: str) -> Field:
    return lambda reader, row, arguments: getattr(row, name)


def _linked(model: Any, column: str) -> Field:
    """The row to which a column leads, or null."""

    def found(reader: "Reader", row: Any, arguments: Arguments) -> Any:
        key = getattr(row, column)
        return None if key is None else reader.one(reader.world.get(model, id=key))

    return found


def _spelt(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.title() for word in others)


ALERT: dict[str, Field] = {
    "id": lambda reader, row, arguments: f"Alert:{row.id}",
    **{_spelt(name): _column(name) for name in ("name", "frequency", "created_at", *CONDITIONS)},
    "service": _linked(models.Service, "service_id"),
    "organisation": _linked(models.Organisation, "organisation_id"),
    "area": _linked(models.Area, "area_id"),
    "tag": _linked(models.Tag, "tag_id"),
}
