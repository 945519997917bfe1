"""Confirmations: links sent by e-mail that work once and for a time."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from sqlalchemy import LargeBinary
from sqlmodel import Field, Relationship, SQLModel

from models.base import moment, pg_enum, secret

if TYPE_CHECKING:
    from models.account import Account


class ConfirmationKind(StrEnum):
    """What the holder of the link confirms."""

    VERIFY_EMAIL = "VERIFY_EMAIL"
    RESET_PASSWORD = "RESET_PASSWORD"  # noqa: S105
    LEAVE_EMAIL = "LEAVE_EMAIL"
    TAKE_EMAIL = "TAKE_EMAIL"
    SUBMIT_STORY = "SUBMIT_STORY"


class Confirmation(SQLModel, table=True):
    """One link: of its token only a hash is kept. A used one stays until it expires, to say so when used again."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    kind: ConfirmationKind = Field(sa_type=pg_enum(ConfirmationKind))
    token_hash: bytes = Field(unique=True, sa_type=LargeBinary)
    created_at: datetime = moment()
    expires_at: datetime = moment(index=True)
    used_at: datetime | None = moment(nullable=True)


class EmailChange(SQLModel, table=True):
    """A new email that waits until both addresses have confirmed it (P15)."""

    __tablename__ = "email_change"

    account_id: UUID = Field(primary_key=True, foreign_key="account.id", ondelete="CASCADE")
    email: bytes = secret("P01", "the email that the person asked to change to", nullable=False)
    email_hash: bytes = Field(
        sa_type=LargeBinary,
        sa_column_kwargs={"comment": "P01: keyed hash of the new email.", "info": {"promise": "P01"}},
    )
    requested_at: datetime = moment()
    expires_at: datetime = moment(index=True)
    left_at: datetime | None = moment(nullable=True)
    taken_at: datetime | None = moment(nullable=True)

    account: "Account" = Relationship(back_populates="email_change")


class WaitingStory(SQLModel, table=True):
    """A story that was sent with an email address, until whoever reads that mailbox confirms it by the link.

    Until then it is no story: it is under the person's key, in no list, and goes with its link.
    """

    __tablename__ = "waiting_story"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    confirmation_id: UUID = Field(foreign_key="confirmation.id", unique=True, ondelete="CASCADE")
    content: bytes = secret("P10", "what was sent: the story, the postcode, the IP address, consents", nullable=False)
    idempotency_hash: bytes | None = Field(
        default=None,
        unique=True,
        sa_type=LargeBinary,
        sa_column_kwargs={
            "comment": "P01: keyed hash of the account and the key that the client gave.",
            "info": {"promise": "P01"},
        },
    )
    sent_at: datetime = moment()
