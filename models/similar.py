"""Marks of a similar experience (P05): the number is public, who marked is not."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlmodel import Field, Relationship, SQLModel

from models.base import moment

if TYPE_CHECKING:
    from models.account import Account
    from models.story import Story


class SimilarExperience(SQLModel, table=True):
    """That a person lived through something like a story."""

    __tablename__ = "similar_experience"

    account_id: UUID = Field(
        foreign_key="account.id",
        primary_key=True,
        ondelete="CASCADE",
        sa_column_kwargs={"comment": "P05: who marked the story.", "info": {"promise": "P05", "encrypted": False}},
    )
    story_id: int = Field(foreign_key="story.id", primary_key=True, index=True, ondelete="CASCADE")
    marked_at: datetime = moment()
    notify: bool = Field(
        default=False,
        sa_column_kwargs={
            "server_default": "false",
            "comment": "P12: whether they agreed to e-mails about changes that follow from the story.",
        },
    )

    account: "Account" = Relationship(back_populates="similar_experiences")
    story: "Story" = Relationship(back_populates="similar_experiences")
