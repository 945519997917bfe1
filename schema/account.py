# mypy: disable-error-code="empty-body"
"""Accounts: what is held about a person."""

from datetime import datetime

import strawberry

from models.account import PlatformRole
from schema.base import Node, describe, planned
from schema.connection import After, Before, First, Last
from schema.consent import Consent
from schema.demographics import Demographics
from schema.membership import Membership
from schema.reading import ReadingConnection
from schema.story import StoryConnection

describe(
    PlatformRole,
    {
        PlatformRole.MODERATOR: "Reads what was submitted, edits, publishes and rejects it.",
        PlatformRole.SAFEGUARDING: "Acts on a risk of serious harm.",
        PlatformRole.ABUSE: "Acts on abuse of the site.",
        PlatformRole.DPO: "The data protection officer: rights requests and complaints.",
        PlatformRole.ADMIN: "Configures organisations, services and roles.",
    },
)


@strawberry.type(description="That a person wrote from an IP address; kept only against abuse of the site (P03).")
class IpAddressUse:
    """A use of an IP address."""

    address: str = strawberry.field(description="The IP address.")
    used_at: datetime = strawberry.field(description="When it was used.")
    use: str = strawberry.field(description="What it was used for, e.g. to submit a story.")


@strawberry.type(description="A person's account: private, apart from what the person publishes.")
class Account(Node):
    """An account."""

    created_at: datetime | None = strawberry.field(description="When it was made.")
    pen_name: str | None = strawberry.field(description="The name that is shown with the person's next stories.")
    email: str | None = strawberry.field(description="The person's email, to write to them (P01).")
    postcode: str | None = strawberry.field(description="The person's postcode, to route their stories (P02).")
    ip_addresses: list[IpAddressUse] | None = strawberry.field(
        description="The IP addresses from which the person wrote, latest first (P03)."
    )
    demographics: Demographics | None = strawberry.field(
        description="The person's optional answers, for them alone (P07); null where they gave none."
    )
    consents: list[Consent] | None = strawberry.field(
        description="What the person agreed to and took back, earliest first (P12)."
    )
    memberships: list[Membership] | None = strawberry.field(
        description="What the person may do for which organisations."
    )
    roles: list[PlatformRole] | None = strawberry.field(description="The person's roles among those who run the site.")

    @planned("The person's own stories, in whatever state, newest first.")
    def stories(
        self,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> StoryConnection | None: ...

    @planned("What the person read lately, latest first (P04).")
    def reading_history(
        self,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ReadingConnection | None: ...

    @planned("The stories that the person marked as a similar experience, newest first (P05).")
    def similar_experiences(
        self,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> StoryConnection | None: ...
