"""Events as the database tells them to whoever listens."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.event import EventKind

KEY = " event"
"""Under which an event stands beside the variables; no variable's name has a space."""
CHANGES: Mapping[EventKind, str] = {
    EventKind.STORY_SUBMITTED: "ARRIVED",
    EventKind.STORY_ASSIGNED: "TAKEN",
    EventKind.STORY_PREVIEWED: "PREVIEWED",
    EventKind.STORY_HELD: "HELD",
    EventKind.STORY_RELEASED: "RELEASED",
    EventKind.STORY_PUBLISHED: "LEFT",
    EventKind.STORY_REJECTED: "LEFT",
    EventKind.STORY_WITHDRAWN: "LEFT",
    EventKind.STORY_ERASED: "LEFT",
}
"""What each event is for the queue of moderators."""
GONE = frozenset({EventKind.STORY_WITHDRAWN, EventKind.STORY_ERASED})


@dataclass(frozen=True, slots=True)
class Told:
    """That something happened to a story: nothing of what it was is known here."""

    id: int
    kind: EventKind
    number: int

    @property
    def change(self) -> str | None:
        """What it is for the queue of moderators; None where that is not concerned."""
        return CHANGES.get(self.kind)

    @property
    def gone(self) -> bool:
        """Whether the story was withdrawn or erased."""
        return self.kind in GONE


def told(text: str) -> Told | None:
    """An event as NOTIFY brings it, `<id> <kind> <number>`; None for a kind that this release does not know."""
    id_, kind, number = text.split(" ")
    return Told(int(id_), EventKind(kind), int(number)) if kind in EventKind.__members__ else None


def event_in(variables: Mapping[str, Any]) -> Told:
    """The event for which a statement runs."""
    event: Told = variables[KEY]
    return event
