"""Tombstones: all that stays of a story that is gone."""

from datetime import datetime

import strawberry

from models.tombstone import TombstoneKind
from schema.base import describe

describe(
    TombstoneKind,
    {
        TombstoneKind.WITHDRAWN: "Its author took it back.",
        TombstoneKind.ERASED: "Its author was erased, and the story with them.",
    },
)


@strawberry.type(description="All that stays of a story that is gone, for everybody; its number is never used again.")
class Tombstone:
    """A tombstone."""

    number: int = strawberry.field(description="The number that the story had.")
    kind: TombstoneKind = strawberry.field(description="Why it is gone.")
    gone_at: datetime = strawberry.field(description="When it went.")
