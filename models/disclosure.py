"""Disclosures (P09): chosen private fields of one person, for one organisation, for some hours."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Optional
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Identity,
    Index,
    String,
    and_,
    false,
    func,
    literal_column,
    or_,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import column_property
from sqlmodel import Field, Relationship, SQLModel

from models.base import moment, pg_enum, secret

if TYPE_CHECKING:
    from models.account import Account
    from models.organisation import Organisation
    from models.story import Story

OF_STORY = ("Story.author", "Story.ipAddress", "Story.postcode")
OF_ACCOUNT = (
    "Account.createdAt", "Account.email", "Account.id", "Account.ipAddresses", "Account.penName", "Account.postcode",
    "Account.readingHistory", "Account.similarExperiences",
)  # fmt: skip
DISCLOSABLE = (*OF_ACCOUNT, *OF_STORY)
"""The fields that can be disclosed at all."""
WAITS = "7 days"
"""So long after it was asked for a disclosure can be approved; then the request has lapsed."""
LONGEST = "7 days"
"""So long after its approval a disclosure lasts at most."""


class DisclosureStatus(StrEnum):
    """How far a disclosure has got."""

    REQUESTED = "REQUESTED"
    ACTIVE = "ACTIVE"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"
    LAPSED = "LAPSED"


class DisclosureOutcome(StrEnum):
    """What the data protection officer found of a disclosure."""

    JUSTIFIED = "JUSTIFIED"
    TOO_WIDE = "TOO_WIDE"
    NOT_JUSTIFIED = "NOT_JUSTIFIED"


class Disclosure(SQLModel, table=True):
    """Fields of one person, named one by one, that the managers of one organisation may read until `expires_at`.

    With a story it is about that story and its author, without one about the account. `wanted_until` is the end that
    was asked for. What was written about the person is under the person's key. An erased person leaves the file
    without them.
    """

    if TYPE_CHECKING:
        waiting: ClassVar[bool]
        active: ClassVar[bool]
        shown: ClassVar[bool]

    __table_args__ = (
        # SECURITY: P09: two people decide, whatever a program does.
        CheckConstraint("approved_by <> requested_by", name="two_people"),
        CheckConstraint("(approved_at is null) = (expires_at is null)", name="approved"),
        CheckConstraint(f"expires_at > approved_at and expires_at <= approved_at + interval '{LONGEST}'", name="term"),
        CheckConstraint(f"fields <@ array[{', '.join(map(repr, DISCLOSABLE))}]::varchar[]", name="known_fields"),
        CheckConstraint("cardinality(fields) > 0", name="some_fields"),
        CheckConstraint("approved_at is not null or reviewed_at is null", name="review"),
        CheckConstraint("(reviewed_at is null) = (outcome is null)", name="reviewed"),
        Index(
            "ix_disclosure_open", "organisation_id", "expires_at", postgresql_where=text("revoked_at is null"),
        ),
        Index(
            "ix_disclosure_unreviewed",
            "approved_at",
            postgresql_where=text("approved_at is not null and reviewed_at is null"),
        ),
    )  # fmt: skip

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    number: int = Field(default=None, unique=True, sa_type=BigInteger, sa_column_args=(Identity(always=False),))
    story_id: int | None = Field(default=None, foreign_key="story.id", index=True, ondelete="SET NULL")
    account_id: UUID | None = Field(
        default=None, foreign_key="account.id", index=True, ondelete="SET NULL", description="Whose data it is."
    )
    fields: list[str] = Field(sa_type=ARRAY(String), description="Which fields, as `Type.field`.")
    organisation_id: int = Field(foreign_key="organisation.id", description="To whom.")
    grounds: bytes | None = secret("P09", "why it is needed")
    requested_by: UUID | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    requested_at: datetime = moment(sa_column_kwargs={"server_default": text("statement_timestamp()")})
    wanted_until: datetime | None = moment(nullable=True)
    approved_by: UUID | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    approved_at: datetime | None = moment(nullable=True)
    expires_at: datetime | None = moment(nullable=True)
    revoked_by: UUID | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    revoked_at: datetime | None = moment(nullable=True)
    withheld_until: datetime | None = moment(nullable=True)
    withheld_reason: bytes | None = secret("P09", "why the person does not see it before then")
    reviewed_by: UUID | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    reviewed_at: datetime | None = moment(nullable=True)
    outcome: DisclosureOutcome | None = Field(default=None, sa_type=pg_enum(DisclosureOutcome), nullable=True)
    note: bytes | None = secret("P09", "what the data protection officer noted at the review")

    story: Optional["Story"] = Relationship(back_populates="disclosures")
    account: Optional["Account"] = Relationship(
        back_populates="disclosures", sa_relationship_kwargs={"foreign_keys": "Disclosure.account_id"}
    )
    organisation: "Organisation" = Relationship(back_populates="disclosures")


_row = Disclosure.__table__.c  # type: ignore[attr-defined]
# SECURITY: P09: by the database's clock, which all processes share, at the moment of each statement.
_now = func.statement_timestamp()
_open = _row.revoked_at.is_(None)
_wanted = or_(_row.wanted_until.is_(None), _row.wanted_until > _now)
_waited = _row.requested_at <= _now - literal_column(f"interval '{WAITS}'")
_undecided = and_(_row.approved_at.is_(None), _open)
_decided = or_(_row.approved_at.is_not(None), ~_open, _waited)
_told = or_(_row.withheld_until.is_(None), _row.withheld_until <= _now)
Disclosure.__mapper__.add_properties(  # type: ignore[attr-defined]
    {
        name: column_property(func.coalesce(expression, false()))
        for name, expression in {
            # Whether it can still be approved.
            "waiting": and_(_undecided, ~_waited, _wanted),
            # Whether the recipient may read the fields now.
            "active": and_(_row.approved_at.is_not(None), _open, _row.expires_at > _now),
            # Whether the person may see it: it was decided upon or nobody will, and no reason stands against it.
            "shown": and_(_decided, _told),
        }.items()
    }
)
