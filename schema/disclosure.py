"""Disclosures of private fields on a risk of serious harm."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from models.disclosure import DisclosureOutcome, DisclosureStatus
from schema.base import Node, describe
from schema.connection import Connection
from schema.organisation import Organisation
from schema.story import Story

if TYPE_CHECKING:
    from schema.account import Account

describe(
    DisclosureStatus,
    {
        DisclosureStatus.REQUESTED: "Asked for; nothing is disclosed until somebody else approves it.",
        DisclosureStatus.ACTIVE: "The recipient may read the fields now.",
        DisclosureStatus.EXPIRED: "Its time is over.",
        DisclosureStatus.REVOKED: "It was ended, or taken back before it was approved.",
        DisclosureStatus.LAPSED: "Nobody approved it in time.",
    },
)
describe(
    DisclosureOutcome,
    {
        DisclosureOutcome.JUSTIFIED: "There was a risk of serious harm, and no more was disclosed than was needed.",
        DisclosureOutcome.TOO_WIDE: "There was a risk of serious harm, but more was disclosed than was needed.",
        DisclosureOutcome.NOT_JUSTIFIED: "It should not have been made.",
    },
)


@strawberry.type(description="What a viewer may do with a disclosure now.")
class DisclosurePermissions:
    """Actions on a disclosure."""

    approve: bool = strawberry.field(description="Approve it; never who asked for it.")
    revoke: bool = strawberry.field(description="End it, or take back that it was asked for.")
    review: bool = strawberry.field(description="Say what came of its review.")
    withhold: bool = strawberry.field(description="Say until when its person does not see it.")


@strawberry.type(
    description="Chosen private fields of one person, for one organisation and some hours, on a risk of harm (P09)."
)
class Disclosure(Node):
    """A disclosure."""

    number: int = strawberry.field(description="Its number, as the e-mails about it say.")
    status: DisclosureStatus = strawberry.field(description="How far it has got.")
    story: Story | None = strawberry.field(
        description="The story that it is about; null for one of an account alone, and where the story is gone."
    )
    account: Annotated["Account", strawberry.lazy("schema.account")] | None = strawberry.field(
        description="Whose data it is of; null where this viewer does not see that account, and once it is erased."
    )
    fields: list[str] = strawberry.field(description="What the recipient may read, as `Type.field`.")
    recipient: Organisation = strawberry.field(description="To whom: those who manage this organisation.")
    grounds: str | None = strawberry.field(description="Why it is needed; null once its person is erased.")
    requested_at: datetime = strawberry.field(description="When it was asked for.")
    wanted_until: datetime | None = strawberry.field(
        description="Until when it was asked for; null for 24 hours from its approval."
    )
    approved_at: datetime | None = strawberry.field(description="When somebody else approved it; null until then.")
    expires_at: datetime | None = strawberry.field(description="When it ends by itself; null until it is approved.")
    revoked_at: datetime | None = strawberry.field(description="When it was ended; null if it was not.")
    withheld_until: datetime | None = strawberry.field(
        description="Until when its person does not see it; null where nothing stands against that."
    )
    withheld_reason: str | None = strawberry.field(description="Why its person does not see it until then.")
    review_due_at: datetime | None = strawberry.field(
        description="By when it is reviewed: 7 days after its approval; null until it is approved."
    )
    overdue: bool | None = strawberry.field(description="Whether that has passed without a review.")
    reviewed_at: datetime | None = strawberry.field(description="When it was reviewed; null until then.")
    outcome: DisclosureOutcome | None = strawberry.field(description="What the review found; null until there is one.")
    note: str | None = strawberry.field(description="What was noted at the review.")
    viewer_can: DisclosurePermissions = strawberry.field(description="What this viewer may do with it now.")


@strawberry.type(description="A page of disclosures.")
class DisclosureConnection(Connection[Disclosure]):
    """A page of disclosures."""


@strawberry.input(description="Which disclosures to list: those that fit all that is given.")
class DisclosureFilter:
    """A filter of disclosures."""

    waiting: bool | None = strawberry.field(description="Whether they wait to be approved.", default=strawberry.UNSET)
    active: bool | None = strawberry.field(
        description="Whether the recipient may read the fields now.", default=strawberry.UNSET
    )
    to_review: bool | None = strawberry.field(
        description="Whether they were approved and wait to be reviewed.", default=strawberry.UNSET
    )
    overdue: bool | None = strawberry.field(
        description="Whether they should have been reviewed before now.", default=strawberry.UNSET
    )
