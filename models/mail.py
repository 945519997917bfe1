"""Mail: e-mails that are to be sent, or were, and those that somebody does not want."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from models.base import moment, pg_enum, secret


class Mail(SQLModel, table=True):
    """One e-mail to one person; its content is under that person's key and goes once it is sent.

    The person is an account, or who complained without one. `sent_at` and `failed_at` end it.
    """

    __table_args__ = (
        CheckConstraint("num_nonnulls(account_id, complaint_id) = 1", name="person"),
        CheckConstraint("num_nonnulls(sent_at, failed_at) <= 1", name="ended"),
        Index("ix_mail_due_at", "due_at", postgresql_where=text("sent_at is null and failed_at is null")),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True, description="Also the Message-ID, in every attempt.")
    account_id: UUID | None = Field(default=None, foreign_key="account.id", index=True, ondelete="CASCADE")
    complaint_id: UUID | None = Field(default=None, foreign_key="complaint.id", index=True, ondelete="CASCADE")
    template: str
    content: bytes | None = secret("P01", "the address and what the e-mail says")
    queued_at: datetime = moment(sa_column_kwargs={"server_default": text("statement_timestamp()")})
    due_at: datetime = moment(sa_column_kwargs={"server_default": text("statement_timestamp()")})
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    sent_at: datetime | None = moment(nullable=True)
    failed_at: datetime | None = moment(nullable=True)
    fault: str | None = Field(default=None, description="The kind of the last error, never its text.")


class MailTopic(StrEnum):
    """What an e-mail is about that nobody needs to get: each can be stopped on its own, by one click."""

    STORY = "STORY"
    SIMILAR = "SIMILAR"
    ALERT = "ALERT"
    MODERATION = "MODERATION"


class MailRefusal(SQLModel, table=True):
    """That a person wants no e-mails on a topic; without a row they get them."""

    __tablename__ = "mail_refusal"

    account_id: UUID = Field(foreign_key="account.id", primary_key=True, ondelete="CASCADE")
    topic: MailTopic = Field(sa_type=pg_enum(MailTopic), primary_key=True)
    refused_at: datetime = moment(sa_column_kwargs={"server_default": text("statement_timestamp()")})
