"""Changes that followed from a story."""

from datetime import datetime

import strawberry

from models.change import ChangeKind
from schema.base import describe
from schema.organisation import Organisation

describe(
    ChangeKind,
    {
        ChangeKind.PLANNED: "The organisation says that it will be made.",
        ChangeKind.MADE: "The organisation says that it was made.",
    },
)


@strawberry.type(description="What an organisation says that it changes because of a story.")
class Change:
    """A change."""

    kind: ChangeKind = strawberry.field(description="Whether it is planned or made.")
    description: str = strawberry.field(description="What changes, in plain words.")
    organisation: Organisation | None = strawberry.field(description="The organisation that changes something.")
    published_at: datetime | None = strawberry.field(description="When it was published; null before that.")
