"""A person's reading history."""

from datetime import datetime

import strawberry

from schema.connection import Connection
from schema.story import Story


@strawberry.type(description="That a person opened a story (P04).")
class Reading:
    """An entry of the reading history."""

    read_at: datetime = strawberry.field(description="When they last opened it.")
    story: Story | None = strawberry.field(description="The story; null where they may no longer see it.")


@strawberry.type(description="A page of a reading history.")
class ReadingConnection(Connection[Reading]):
    """A page of a reading history."""
