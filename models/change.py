"""Changes that followed from a story."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Optional

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Relationship, SQLModel

from models.base import moment, pg_enum
from models.response import ResponseStatus

if TYPE_CHECKING:
    from models.organisation import Organisation
    from models.story import Story


class ChangeKind(StrEnum):
    """Whether a change is promised or done."""

    PLANNED = "PLANNED"
    MADE = "MADE"


class Change(SQLModel, table=True):
    """What an organisation says that it changes; moderated like a response."""

    __table_args__ = (CheckConstraint("(status = 'PUBLISHED') = (published_at is not null)", name="published"),)

    id: int = Field(default=None, primary_key=True)
    story_id: int = Field(foreign_key="story.id", index=True, ondelete="CASCADE")
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    response_id: int | None = Field(default=None, foreign_key="response.id", index=True, ondelete="SET NULL")
    kind: ChangeKind = Field(sa_type=pg_enum(ChangeKind))
    description: str
    status: ResponseStatus = Field(sa_type=pg_enum(ResponseStatus))
    published_at: datetime | None = moment(nullable=True)

    story: "Story" = Relationship(back_populates="changes")
    organisation: Optional["Organisation"] = Relationship()
