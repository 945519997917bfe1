"""Responses to stories."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from models.response import ResponseStatus
from schema.base import Node, describe
from schema.connection import Connection
from schema.organisation import Organisation

if TYPE_CHECKING:
    from schema.account import Account

describe(
    ResponseStatus,
    {
        ResponseStatus.PENDING: "It waits for a moderator.",
        ResponseStatus.PUBLISHED: "Everyone can read it.",
        ResponseStatus.REJECTED: "A moderator turned it down.",
    },
)


@strawberry.type(description="An organisation's answer to a story, or the author's reply.")
class Response(Node):
    """A response."""

    status: ResponseStatus = strawberry.field(description="Where it stands in its moderation.")
    body: str | None = strawberry.field(description="The text, in plain words without markup.")
    published_at: datetime | None = strawberry.field(description="When it was published; null before that.")
    organisation: Organisation | None = strawberry.field(
        description="The organisation that answers; null for the author's reply."
    )
    staff_name: str | None = strawberry.field(description="The name under which a member of staff answers.")
    job_title: str | None = strawberry.field(description="The job of the member of staff who answers.")
    account: Annotated["Account", strawberry.lazy("schema.account")] | None = strawberry.field(
        description="Who wrote it: for the organisation itself and for moderators."
    )


@strawberry.type(description="A page of responses.")
class ResponseConnection(Connection[Response]):
    """A page of responses."""
