"""Who looked at private data."""

from datetime import datetime

import strawberry

from schema.connection import Connection
from schema.organisation import Organisation


@strawberry.type(description="That somebody looked at private data of a person (P14); who they are stays private too.")
class AccessLogEntry:
    """A reading of private fields."""

    happened_at: datetime = strawberry.field(description="When they looked.")
    roles: list[str] = strawberry.field(description="Their roles among those who run the site.")
    organisation: Organisation | None = strawberry.field(
        description="Their organisation; null for those who run the site."
    )
    fields: list[str] = strawberry.field(description="Which fields they saw, as `Type.field`.")
    purpose: str = strawberry.field(description="The purpose of use that they stated.")
    reasons: list[str] = strawberry.field(description="The reasons of the rules that let them.")


@strawberry.type(description="A page of the log of who looked at a person's private data.")
class AccessLogConnection(Connection[AccessLogEntry]):
    """A page of readings of private fields."""
