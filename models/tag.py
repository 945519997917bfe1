"""Tags in an author's words: what was good, what could be improved, how it felt."""

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from models.base import pg_enum

if TYPE_CHECKING:
    from models.story import Story


class TagKind(StrEnum):
    """The question that a tag answers."""

    GOOD = "GOOD"
    IMPROVE = "IMPROVE"
    FEELING = "FEELING"


class StoryTag(SQLModel, table=True):
    """A tag on a story, in the order in which its author gave them."""

    __tablename__ = "story_tag"

    story_id: int = Field(foreign_key="story.id", primary_key=True, ondelete="CASCADE")
    tag_id: int = Field(foreign_key="tag.id", primary_key=True, index=True)
    position: int = Field(default=0)


class Tag(SQLModel, table=True):
    """A label, once per kind."""

    __table_args__ = (
        UniqueConstraint("kind", "label"),
        CheckConstraint("char_length(label) between 1 and 80", name="label"),
    )

    id: int = Field(default=None, primary_key=True)
    kind: TagKind = Field(sa_type=pg_enum(TagKind))
    label: str

    stories: list["Story"] = Relationship(back_populates="tags", link_model=StoryTag)
