"""Ranges of numbers in filters."""

import strawberry


@strawberry.input(description="A range of whole numbers; an end that is left out is open.")
class IntRange:
    """From `gte` to `lte`, both included."""

    gte: int | None = strawberry.field(description="At least this.", default=strawberry.UNSET)
    lte: int | None = strawberry.field(description="At most this.", default=strawberry.UNSET)
