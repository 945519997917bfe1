"""What a story holds for moderators."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from operations.detection import find
from policies.viewer import Member

if TYPE_CHECKING:
    from tests.reference.reader import Reader

Arguments = Mapping[str, Any]
HOURS = timedelta(hours=72)


def identifying(reader: "Reader", row: Any, arguments: Arguments) -> Any:
    texts = (("TITLE", row.title), ("BODY", row.body))
    return [{"field": field, **asdict(found)} for field, text in texts for found in find(text)]


def mine(reader: "Reader", row: Any, arguments: Arguments) -> bool:
    viewer = reader.sight.viewer
    return isinstance(viewer, Member) and row.moderator_id == viewer.account_id


def assigned_at(reader: "Reader", row: Any, arguments: Arguments) -> Any:
    return row.assigned_at if row.moderator_id else None


def due(reader: "Reader", row: Any, arguments: Arguments) -> Any:
    held = row.status == "PREVIEW" and row.preview_until is None
    return row.submitted_at + HOURS if held or row.status in ("SUBMITTED", "IN_REVIEW") else None


DESK: Mapping[str, Callable[["Reader", Any, Arguments], Any]] = {
    "identifying": identifying,
    "assignedToMe": mine,
    "assignedAt": assigned_at,
    "moderationDueAt": due,
}
