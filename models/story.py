"""Stories: what people tell, in every state of its life."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Optional
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, DateTime, Index, LargeBinary, desc, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field, Relationship, SQLModel

from models.base import moment, pg_enum, private, secret
from models.region import Region
from models.service import StoryService
from models.tag import StoryTag

if TYPE_CHECKING:
    from models.account import Account
    from models.area import Area
    from models.change import Change
    from models.disclosure import Disclosure
    from models.moderation import ModerationEntry
    from models.response import Response
    from models.service import Service
    from models.similar import SimilarExperience
    from models.tag import Tag


class StoryStatus(StrEnum):
    """Where a story stands; only PUBLISHED and RESTRICTED ones have a public row."""

    SUBMITTED = "SUBMITTED"
    IN_REVIEW = "IN_REVIEW"
    PREVIEW = "PREVIEW"
    PUBLISHED = "PUBLISHED"
    RESTRICTED = "RESTRICTED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


class AgeGroup(StrEnum):
    """The age group that an author chose to show."""

    ADULT = "ADULT"
    YOUNG_PERSON = "YOUNG_PERSON"
    CHILD = "CHILD"


class AuthorRole(StrEnum):
    """In what role an author writes."""

    SERVICE_USER = "SERVICE_USER"
    CARER = "CARER"
    PARENT = "PARENT"
    RELATIVE = "RELATIVE"
    FRIEND = "FRIEND"
    VOLUNTEER = "VOLUNTEER"
    STAFF = "STAFF"


class StoryProgress(StrEnum):
    """How far a story has got with the organisations that it is about."""

    AWAITING_RESPONSE = "AWAITING_RESPONSE"
    RESPONDED = "RESPONDED"
    CHANGE_PLANNED = "CHANGE_PLANNED"
    CHANGE_MADE = "CHANGE_MADE"


class Routing(StrEnum):
    """What became of the author's postcode (P02)."""

    NO_POSTCODE = "NO_POSTCODE"
    ROUTED = "ROUTED"
    UNKNOWN_POSTCODE = "UNKNOWN_POSTCODE"


class StoryArea(SQLModel, table=True):
    """An area that a story was routed to; it stays when the map is redrawn."""

    __tablename__ = "story_area"

    story_id: int = Field(foreign_key="story.id", primary_key=True, ondelete="CASCADE")
    area_id: int = Field(foreign_key="area.id", primary_key=True, index=True)


class StoryOriginal(SQLModel, table=True):
    """A story as it was sent, where a moderator changed it; purged six months after that was decided on (P11)."""

    __tablename__ = "story_original"

    story_id: int = Field(foreign_key="story.id", primary_key=True, ondelete="CASCADE")
    title: bytes = secret("P11", "the title as sent", nullable=False)
    body: bytes = secret("P11", "the text as sent", nullable=False)
    purge_after: datetime | None = moment(nullable=True, index=True)

    story: "Story" = Relationship(sa_relationship_kwargs={"viewonly": True})


class Story(SQLModel, table=True):
    """A story; a withdrawn one keeps its number and nothing that anybody wrote.

    A preview without an end (`preview_until`) is held by a moderator.
    """

    __table_args__ = (
        CheckConstraint("(status in ('PUBLISHED', 'RESTRICTED')) = (published_at is not null)", name="published"),
        CheckConstraint("(status = 'RESTRICTED') = (restriction_reason is not null)", name="restricted"),
        CheckConstraint(
            "(status = 'WITHDRAWN') = (title is null) and (title is null) = (body is null)", name="withdrawn"
        ),
        CheckConstraint("status <> 'WITHDRAWN' or (postcode is null and ip_address is null)", name="withdrawn_private"),
        CheckConstraint("status = 'PREVIEW' or preview_until is null", name="preview"),
        CheckConstraint("status in ('IN_REVIEW', 'PREVIEW') or moderator_id is null", name="moderator"),
        CheckConstraint("criticality between 0 and 5", name="criticality"),
        CheckConstraint("similar_count >= 0", name="similar_count"),
        CheckConstraint(
            "char_length(title) between 1 and 200 and char_length(body) between 1 and 12000", name="length"
        ),
        Index("ix_story_shown_at_id", desc("shown_at"), desc("id")),
        Index("ix_story_similar_count_id", desc("similar_count"), desc("id")),
        Index("ix_story_author_id_shown_at", "author_id", desc("shown_at"), desc("id")),
        Index("ix_story_search", "search", postgresql_using="gin"),
        Index(
            "ix_story_status_shown_at",
            "status",
            desc("shown_at"),
            desc("id"),
            postgresql_where=text("status not in ('PUBLISHED', 'RESTRICTED')"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    status: StoryStatus = Field(sa_type=pg_enum(StoryStatus))
    region: Region = Field(sa_type=pg_enum(Region))
    title: str | None = None
    body: str | None = None
    age_group: AgeGroup = Field(sa_type=pg_enum(AgeGroup))
    author_role: AuthorRole = Field(sa_type=pg_enum(AuthorRole))
    pen_name: str | None = None
    progress: StoryProgress = Field(sa_type=pg_enum(StoryProgress))
    submitted_at: datetime = moment()
    published_at: datetime | None = moment(nullable=True)
    shown_at: datetime = Field(
        default=None,
        sa_type=DateTime(timezone=True),
        sa_column_args=(Computed("coalesce(published_at, submitted_at)", persisted=True),),
    )
    criticality: int | None = private("P06", "the moderator's view of the most serious statement", default=None)
    similar_count: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    restriction_reason: str | None = None
    restriction_by: str | None = None
    moderator_id: UUID | None = private(
        "P10", "which moderator has it", default=None, foreign_key="account.id", ondelete="SET NULL", index=True
    )
    assigned_at: datetime | None = moment(nullable=True)
    preview_until: datetime | None = moment(nullable=True)
    notice_version: str | None = None
    idempotency_hash: bytes | None = Field(
        default=None,
        unique=True,
        sa_type=LargeBinary,
        sa_column_kwargs={
            "comment": "P01: keyed hash of the author and the key that their client gave.",
            "info": {"promise": "P01"},
        },
    )
    routing: Routing = Field(
        default=Routing.NO_POSTCODE,
        sa_type=pg_enum(Routing),
        sa_column_kwargs={"server_default": "NO_POSTCODE"},
    )
    author_id: UUID | None = private(
        "P01", "whose story it is", default=None, foreign_key="account.id", ondelete="SET NULL"
    )
    postcode: bytes | None = secret("P02", "the author's postcode, to route the story")
    ip_address: bytes | None = secret("P03", "the address from which it was sent")
    search: Any = Field(default=None, sa_type=TSVECTOR, nullable=True)

    author: Optional["Account"] = Relationship(
        back_populates="stories", sa_relationship_kwargs={"foreign_keys": "Story.author_id"}
    )
    original: StoryOriginal | None = Relationship()
    services: list["Service"] = Relationship(back_populates="stories", link_model=StoryService)
    tags: list["Tag"] = Relationship(back_populates="stories", link_model=StoryTag)
    areas: list["Area"] = Relationship(link_model=StoryArea)
    responses: list["Response"] = Relationship(back_populates="story")
    changes: list["Change"] = Relationship(back_populates="story")
    moderation_log: list["ModerationEntry"] = Relationship(back_populates="story")
    similar_experiences: list["SimilarExperience"] = Relationship(back_populates="story")
    disclosures: list["Disclosure"] = Relationship(back_populates="story")
