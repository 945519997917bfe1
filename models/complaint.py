"""Complaints (P19) and rights requests, each with its clock."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Optional
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, text
from sqlmodel import Field, Relationship, SQLModel

from models.base import moment, pg_enum, secret

if TYPE_CHECKING:
    from models.account import Account


class ComplaintKind(StrEnum):
    """A complaint, or which right is asked for."""

    COMPLAINT = "COMPLAINT"
    ACCESS = "ACCESS"
    CORRECTION = "CORRECTION"
    COPY = "COPY"
    ERASURE = "ERASURE"
    RESTRICTION = "RESTRICTION"
    OBJECTION = "OBJECTION"


class Complaint(SQLModel, table=True):
    """What somebody complained about or asked for, until it is answered by `due_at`.

    The text is under the account's key, or under a key of the complaint's own where no account complained.
    """

    __table_args__ = (
        CheckConstraint("(answered_at is null) = (outcome is null)", name="answered"),
        CheckConstraint("(extended_at is null) = (extension_reason is null)", name="extended"),
        Index("ix_complaint_due_at", "due_at", postgresql_where=text("answered_at is null")),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    number: int = Field(default=None, unique=True, sa_type=BigInteger, sa_column_args=(Identity(always=False),))
    account_id: UUID | None = Field(default=None, foreign_key="account.id", index=True, ondelete="CASCADE")
    kind: ComplaintKind = Field(sa_type=pg_enum(ComplaintKind))
    email: bytes = secret("P19", "where the answer goes", nullable=False)
    body: bytes = secret("P19", "what the person wrote", nullable=False)
    received_at: datetime = moment()
    acknowledged_at: datetime | None = moment(nullable=True)
    due_at: datetime = moment()
    extended_at: datetime | None = moment(nullable=True)
    extension_reason: bytes | None = secret("P19", "why it takes longer, as told to the person")
    answered_at: datetime | None = moment(nullable=True)
    outcome: bytes | None = secret("P19", "the answer")

    account: Optional["Account"] = Relationship(back_populates="complaints")
