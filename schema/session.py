"""Where a person is signed in."""

from datetime import datetime

import strawberry

from schema.base import Node


@strawberry.type(description="One sign-in of a person, until it ends or expires.")
class Session(Node):
    """A session."""

    created_at: datetime = strawberry.field(description="When the person signed in.")
    expires_at: datetime = strawberry.field(description="When it ends by itself.")
    client: str | None = strawberry.field(
        description="The browser or app, as it called itself; null where it did not say."
    )
    second_factor: bool = strawberry.field(description="Whether a code from an authenticator app was given.")
    current: bool = strawberry.field(description="Whether it is the session in which this is asked.")
