"""Responses of organisations, and authors' replies to them."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Optional
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, Relationship, SQLModel

from models.base import moment, pg_enum

if TYPE_CHECKING:
    from models.account import Account
    from models.organisation import Organisation
    from models.story import Story


class ResponseStatus(StrEnum):
    """Where a response stands in its moderation."""

    PENDING = "PENDING"
    PUBLISHED = "PUBLISHED"
    REJECTED = "REJECTED"


class Response(SQLModel, table=True):
    """An answer to a story; without an organisation it is its author's reply.

    Until `settles_at` it can be changed or undone; without that it is settled: it waits for a moderator or
    was decided.
    """

    __table_args__ = (
        CheckConstraint("(status = 'PUBLISHED') = (published_at is not null)", name="published"),
        CheckConstraint("char_length(body) between 1 and 10000", name="body"),
        CheckConstraint("status = 'PENDING' or settles_at is null", name="settles"),
        CheckConstraint("status = 'REJECTED' or rejection is null", name="rejection"),
        CheckConstraint("reply_to_id is null or organisation_id is null", name="reply"),
        Index("ix_response_story_id_published_at_id", "story_id", "published_at", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    story_id: int = Field(foreign_key="story.id", ondelete="CASCADE")
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    reply_to_id: int | None = Field(
        default=None,
        foreign_key="response.id",
        ondelete="SET NULL",
        index=True,
        description="The organisation's response that a reply answers; null once that is gone.",
    )
    account_id: UUID | None = Field(
        default=None,
        foreign_key="account.id",
        ondelete="SET NULL",
        index=True,
        sa_column_kwargs={
            "comment": "P06: who wrote it, for the organisation and moderators.",
            "info": {"promise": "P06"},
        },
    )
    body: str
    staff_name: str | None = None
    job_title: str | None = None
    status: ResponseStatus = Field(sa_type=pg_enum(ResponseStatus))
    created_at: datetime = moment()
    published_at: datetime | None = moment(nullable=True)
    settles_at: datetime | None = moment(nullable=True, index=True)
    edited_at: datetime | None = moment(nullable=True)
    moderator_id: UUID | None = Field(default=None, foreign_key="account.id", ondelete="SET NULL", index=True)
    moderated_at: datetime | None = moment(nullable=True)
    rejection: str | None = Field(default=None, description="Why a moderator turned it down.")

    story: "Story" = Relationship(back_populates="responses")
    organisation: Optional["Organisation"] = Relationship()
    account: Optional["Account"] = Relationship(sa_relationship_kwargs={"foreign_keys": "Response.account_id"})
