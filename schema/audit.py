"""The audit log, and who looked at private data."""

from datetime import datetime

import strawberry

from models.audit import AuditKind
from schema.base import Node, describe
from schema.connection import Connection
from schema.organisation import Organisation

describe(
    AuditKind,
    {
        AuditKind.READ: "Private fields were read that only a purpose of use or a disclosure opened.",
        AuditKind.DENIED: "Such fields were asked for and denied.",
        AuditKind.SIGN_IN: "Somebody signed in who has a role among those who run the site or manages an organisation.",
        AuditKind.ROLE: "A role was given or taken.",
        AuditKind.POLICY: "The site started with other access policies than before.",
        AuditKind.SETTING: "The site started with another value of a setting than before.",
        AuditKind.KEY: "The site started with other master keys than before.",
        AuditKind.DISCLOSURE: "Something was done with a disclosure.",
    },
)


@strawberry.type(description="That somebody looked at private data of a person (P14); who they are stays private too.")
class AccessLogEntry:
    """A reading of private fields."""

    happened_at: datetime = strawberry.field(description="When they looked.")
    roles: list[str] = strawberry.field(description="Their roles among those who run the site.")
    organisation: Organisation | None = strawberry.field(
        description="Their organisation; null for those who run the site."
    )
    fields: list[str] = strawberry.field(description="Which fields they saw, as `Type.field`.")
    purpose: str | None = strawberry.field(
        description="The purpose of use that they stated; null where a disclosure let them."
    )
    reasons: list[str] = strawberry.field(description="The reasons of the rules that let them.")


@strawberry.type(description="A page of the log of who looked at a person's private data.")
class AccessLogConnection(Connection[AccessLogEntry]):
    """A page of readings of private fields."""


@strawberry.type(description="Something that has to be answered for; it holds no value of anybody's (P14).")
class AuditEvent(Node):
    """An event of the audit log."""

    kind: AuditKind = strawberry.field(description="What was done, or tried.")
    happened_at: datetime = strawberry.field(description="When.")
    account_id: strawberry.ID | None = strawberry.field(
        description="The id of the account that did it; null for visitors and for the site itself."
    )
    person_id: strawberry.ID | None = strawberry.field(
        description="The id of the account whose data it was; it leads nowhere once that person is erased."
    )
    roles: list[str] = strawberry.field(description="The roles in which it was done.")
    organisation: Organisation | None = strawberry.field(description="The organisation for which it was done.")
    purpose: str | None = strawberry.field(description="The purpose of use that was stated.")
    reference: str | None = strawberry.field(
        description="The case that was stated; of policies, keys and settings a digest of what they are from then on."
    )
    subject: str | None = strawberry.field(
        description="The id of what it was about, e.g. `Story:1`, or its name; null for an account, see `personId`."
    )
    fields: list[str] = strawberry.field(description="Which fields, as `Type.field`, or what was done.")
    reasons: list[str] = strawberry.field(description="The reasons of the rules that decided.")
    rules: list[str] = strawberry.field(description="Where these rules stand, as `file:line`.")
    request: str | None = strawberry.field(description="The reference of the request, which the logs have, too.")
    disclosure_id: strawberry.ID | None = strawberry.field(
        description="The id of the disclosure that allowed it, or with which it was done."
    )
    count: int = strawberry.field(description="How many attempts of ten seconds this stands for; else 1.")


@strawberry.type(description="A page of the audit log.")
class AuditEventConnection(Connection[AuditEvent]):
    """A page of audit events."""


@strawberry.input(description="Which audit events to list: those that fit all that is given.")
class AuditFilter:
    """A filter of audit events."""

    kind: AuditKind | None = strawberry.field(description="What was done, or tried.", default=strawberry.UNSET)
    account_id: strawberry.ID | None = strawberry.field(
        description="By the account with this id.", default=strawberry.UNSET
    )
    person_id: strawberry.ID | None = strawberry.field(
        description="With the data of the account with this id.", default=strawberry.UNSET
    )
    purpose: str | None = strawberry.field(description="With this purpose of use.", default=strawberry.UNSET)
    reference: str | None = strawberry.field(description="For this case.", default=strawberry.UNSET)
    field_: str | None = strawberry.field(
        name="field", description="With this field, e.g. `Account.email`.", default=strawberry.UNSET
    )
    happened_from: datetime | None = strawberry.field(description="Not before.", default=strawberry.UNSET)
    happened_to: datetime | None = strawberry.field(description="Only before.", default=strawberry.UNSET)
    disclosure_id: strawberry.ID | None = strawberry.field(
        description="By or with the disclosure with this id.", default=strawberry.UNSET
    )
