"""A person's recent reading history (P04): theirs alone."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Index, desc
from sqlmodel import Field, Relationship, SQLModel

from models.base import moment

if TYPE_CHECKING:
    from models.account import Account
    from models.story import Story


class Reading(SQLModel, table=True):
    """That a person opened a story, and when last."""

    account_id: UUID = Field(
        foreign_key="account.id",
        primary_key=True,
        ondelete="CASCADE",
        sa_column_kwargs={"comment": "P04: who read the story.", "info": {"promise": "P04", "encrypted": False}},
    )
    story_id: int = Field(foreign_key="story.id", primary_key=True, index=True, ondelete="CASCADE")
    read_at: datetime = moment()

    account: "Account" = Relationship(back_populates="readings")
    story: "Story" = Relationship()

    __table_args__ = (Index("ix_reading_recent", "account_id", desc("read_at"), "story_id"),)
