"""Complaints and rights requests."""

from datetime import datetime

import strawberry

from models.complaint import ComplaintKind
from schema.base import Node, describe
from schema.connection import Connection

describe(
    ComplaintKind,
    {
        ComplaintKind.COMPLAINT: "A complaint about how the site handled something.",
        ComplaintKind.ACCESS: "To know what is held about them.",
        ComplaintKind.CORRECTION: "That something that is held is put right.",
        ComplaintKind.COPY: "A copy of what is held about them.",
        ComplaintKind.ERASURE: "That what is held about them is erased.",
        ComplaintKind.RESTRICTION: "That what is held about them is used no more for the time being.",
        ComplaintKind.OBJECTION: "That what is held about them is not used in some way.",
    },
)


@strawberry.type(description="What a viewer may do with a complaint now.")
class ComplaintPermissions:
    """Actions on a complaint."""

    answer: bool = strawberry.field(description="Answer it.")
    extend: bool = strawberry.field(description="Extend a request's time by two months, before its deadline.")


@strawberry.type(description="A complaint or a request about one's rights, with its clock (P19).")
class Complaint(Node):
    """A complaint."""

    number: int = strawberry.field(description="Its number, as the e-mails about it say.")
    kind: ComplaintKind = strawberry.field(description="What it is.")
    email: str | None = strawberry.field(description="Where the answer goes.")
    body: str | None = strawberry.field(description="What the person wrote.")
    received_at: datetime = strawberry.field(description="When it came in: the clock runs from then.")
    acknowledged_at: datetime | None = strawberry.field(description="When the person was told that it came in.")
    due_at: datetime = strawberry.field(
        description="By when it is answered: 30 days for a complaint, a month for a request; three months if extended."
    )
    extended_at: datetime | None = strawberry.field(description="When its time was extended; null if it was not.")
    extension_reason: str | None = strawberry.field(description="Why its time was extended, as the person was told.")
    overdue: bool = strawberry.field(description="Whether the deadline has passed without an answer.")
    answered_at: datetime | None = strawberry.field(description="When it was answered; null until then.")
    outcome: str | None = strawberry.field(description="The answer; null until there is one.")
    viewer_can: ComplaintPermissions = strawberry.field(description="What this viewer may do with it now.")


@strawberry.type(description="A page of complaints.")
class ComplaintConnection(Connection[Complaint]):
    """A page of complaints."""


@strawberry.input(description="Which complaints to list: those that fit all that is given.")
class ComplaintFilter:
    """A filter of complaints."""

    kind: ComplaintKind | None = strawberry.field(description="What they are.", default=strawberry.UNSET)
    open: bool | None = strawberry.field(description="Whether they wait for an answer.", default=strawberry.UNSET)
    overdue: bool | None = strawberry.field(
        description="Whether their deadline has passed without an answer.", default=strawberry.UNSET
    )
