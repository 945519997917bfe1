"""What a viewer may do with a row."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.reference.reader import Reader

Arguments = Mapping[str, Any]
ACTIONS = {
    "Story": (
        *("respond", "withdraw", "assign", "unassign", "publish", "reject", "preview", "hold"),
        *("restrict", "unrestrict", "markSimilar"),
    ),
    "Complaint": ("answer", "extend"),
    "Disclosure": ("approve", "revoke", "review", "withhold"),
    "Response": ("edit", "undo", "reply", "moderate"),
}


def permissions(reader: "Reader", row: Any, arguments: Arguments) -> Any:
    actions = ACTIONS[type(row).__name__]
    return {action: lambda action=action: bool(reader.sight.masks(row, action, action)) for action in actions}


def settling(reader: "Reader", row: Any, arguments: Arguments) -> Any:
    """What may be done with a response: some of it only until it settles, the moderation only after that."""
    running = row.settles_at is not None and row.settles_at > reader.world.now
    fits = {"edit": running, "undo": running, "moderate": not running}
    return {
        action: lambda may=may, action=action: may() and fits.get(action, True)
        for action, may in permissions(reader, row, arguments).items()
    }
