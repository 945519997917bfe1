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


@strawberry.type(description="What a viewer may do with a response now.")
class ResponsePermissions:
    """Actions on a response."""

    edit: bool = strawberry.field(description="Whether they may change its text: for 30 minutes.")
    undo: bool = strawberry.field(description="Whether they may delete it: for 30 minutes.")
    reply: bool = strawberry.field(description="Whether they may reply to it, as the author of the story.")
    moderate: bool = strawberry.field(description="Whether they may publish it or turn it down.")


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
    settles_at: datetime | None = strawberry.field(
        description="Until when it can be edited or undone; null once it is settled."
    )
    rejection: str | None = strawberry.field(description="Why a moderator turned it down; null if none did.")
    viewer_can: ResponsePermissions = strawberry.field(description="What this viewer may do with it now.")


@strawberry.type(description="A page of responses.")
class ResponseConnection(Connection[Response]):
    """A page of responses."""
