# mypy: disable-error-code="empty-body"
"""Accounts: what is held about a person."""

from datetime import datetime

import strawberry

from models.account import PlatformRole
from schema.alert import Alert
from schema.audit import AccessLogConnection
from schema.base import Node, describe, planned
from schema.complaint import Complaint
from schema.connection import After, Before, First, Last
from schema.consent import Consent
from schema.correction import Correction
from schema.data_export import DataExport
from schema.demographics import Demographics
from schema.disclosure import Disclosure
from schema.mail import MailPreference
from schema.membership import Membership
from schema.reading import ReadingConnection
from schema.session import Session
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
    pending_email: str | None = strawberry.field(
        description="The email that they asked to change to, until both addresses have confirmed it."
    )
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

    sessions: list[Session] | None = strawberry.field(description="Where they are signed in, the latest first.")
    second_factor: bool | None = strawberry.field(
        description="Whether signing in also takes a code from an authenticator app."
    )
    corrections: list[Correction] | None = strawberry.field(
        description="What they changed or cleared of all this, the latest first (P15)."
    )
    data_exports: list[DataExport] | None = strawberry.field(
        description="The copies of their data that they asked for, the latest first (P16)."
    )
    alerts: list[Alert] | None = strawberry.field(
        description="Which stories they want to hear of by e-mail, as staff, the latest alert first (P22)."
    )
    complaints: list[Complaint] | None = strawberry.field(
        description="Their complaints and requests, the latest first (P19)."
    )

    disclosures: list[Disclosure] | None = strawberry.field(
        description="What was disclosed of all this on a risk of serious harm, the latest first (P09). One that is "
        "withheld is not listed until its date."
    )

    mail_preferences: list[MailPreference] | None = strawberry.field(
        description="Which e-mails they get: every topic, as they said last (P12)."
    )

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

    @planned("Who looked at which private field of theirs, when and why, the latest first.")
    def access_log(
        self,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> AccessLogConnection | None: ...
