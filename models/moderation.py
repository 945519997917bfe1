"""The moderation log of a story."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from sqlmodel import Field, Relationship, SQLModel

from models.base import moment, pg_enum

if TYPE_CHECKING:
    from models.story import Story


class ModerationAction(StrEnum):
    """What was done to a story on its way."""

    SUBMITTED = "SUBMITTED"
    ASSIGNED = "ASSIGNED"
    UNASSIGNED = "UNASSIGNED"
    EDITED = "EDITED"
    PREVIEWED = "PREVIEWED"
    HELD = "HELD"
    RELEASED = "RELEASED"
    PUBLISHED = "PUBLISHED"
    REJECTED = "REJECTED"
    RESTRICTED = "RESTRICTED"
    UNRESTRICTED = "UNRESTRICTED"


class ModerationEntry(SQLModel, table=True):
    """One step, with its reason; the moderator's account is kept but never shown."""

    __tablename__ = "moderation_entry"

    id: int = Field(default=None, primary_key=True)
    story_id: int = Field(foreign_key="story.id", index=True, ondelete="CASCADE")
    account_id: UUID | None = Field(default=None, foreign_key="account.id", ondelete="SET NULL", index=True)
    action: ModerationAction = Field(sa_type=pg_enum(ModerationAction))
    done_at: datetime = moment()
    note: str | None = None

    story: "Story" = Relationship(back_populates="moderation_log")
