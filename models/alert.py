"""Alerts (P22): which stories a member of staff wants to hear of, and of which they were told."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Computed, Index, text
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlmodel import Field, Relationship, SQLModel

from models.base import moment, pg_enum
from models.region import Region
from models.story import AgeGroup, AuthorRole, Routing, StoryProgress

if TYPE_CHECKING:
    from models.account import Account

ANCHOR = """
case
    when service_id is not null then 'service ' || service_id
    when organisation_id is not null then 'organisation ' || organisation_id
    when tag_id is not null then 'tag ' || tag_id
    when area_id is not null then 'area ' || area_id
    else 'any'
end
"""
"""The narrowest of an alert's conditions: a story is compared only with alerts that share one of its own."""


class AlertFrequency(StrEnum):
    """How soon alerts are told of: each story at once, or all of a day or a week in one e-mail."""

    AT_ONCE = "AT_ONCE"
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"


class Alert(SQLModel, table=True):
    """A filter of stories that somebody set; a null condition is none. All that are given must hold."""

    __table_args__ = (
        CheckConstraint("char_length(name) between 1 and 100", name="name"),
        CheckConstraint("char_length(search) between 1 and 200", name="search"),
        CheckConstraint("criticality_from between 0 and 5 and criticality_to between 0 and 5", name="criticality"),
        Index("ix_alert_anchor", "anchor"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    name: str
    frequency: AlertFrequency = Field(sa_type=pg_enum(AlertFrequency))
    created_at: datetime = moment(sa_column_kwargs={"server_default": text("statement_timestamp()")})
    search: str | None = None
    words: Any = Field(
        default=None,
        sa_type=TSQUERY,
        nullable=True,
        sa_column_args=(Computed("websearch_to_tsquery('english'::regconfig, search)", persisted=True),),
    )
    service_id: int | None = Field(default=None, foreign_key="service.id", ondelete="CASCADE", index=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", ondelete="CASCADE", index=True)
    area_id: int | None = Field(default=None, foreign_key="area.id", ondelete="CASCADE", index=True)
    tag_id: int | None = Field(default=None, foreign_key="tag.id", ondelete="CASCADE", index=True)
    region: Region | None = Field(default=None, sa_type=pg_enum(Region))
    age_group: AgeGroup | None = Field(default=None, sa_type=pg_enum(AgeGroup))
    author_role: AuthorRole | None = Field(default=None, sa_type=pg_enum(AuthorRole))
    progress: StoryProgress | None = Field(default=None, sa_type=pg_enum(StoryProgress))
    routing: Routing | None = Field(default=None, sa_type=pg_enum(Routing))
    criticality_from: int | None = None
    criticality_to: int | None = None
    anchor: str = Field(default=None, sa_column_args=(Computed(ANCHOR.strip(), persisted=True),))

    account: "Account" = Relationship()


class AlertMatch(SQLModel, table=True):
    """That a story met an alert: once, whatever becomes of the story later. `told_at` is when an e-mail was queued."""

    __tablename__ = "alert_match"
    __table_args__ = (Index("ix_alert_match_due_at", "due_at", postgresql_where=text("told_at is null")),)

    alert_id: UUID = Field(foreign_key="alert.id", primary_key=True, ondelete="CASCADE")
    story_id: int = Field(foreign_key="story.id", primary_key=True, index=True, ondelete="CASCADE")
    matched_at: datetime = moment(sa_column_kwargs={"server_default": text("statement_timestamp()")})
    due_at: datetime = moment()
    told_at: datetime | None = moment(nullable=True)
