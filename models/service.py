"""Services: the wards, clinics, practices and homes that stories are about."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Optional

from sqlalchemy import CheckConstraint, Index, String, desc
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, Relationship, SQLModel

from models.base import moment, pg_enum
from models.region import Region

if TYPE_CHECKING:
    from models.area import Area
    from models.organisation import Organisation
    from models.story import Story


class ServiceArea(SQLModel, table=True):
    """The areas in which a service's own address lies."""

    __tablename__ = "service_area"

    service_id: int = Field(foreign_key="service.id", primary_key=True, ondelete="CASCADE")
    area_id: int = Field(foreign_key="area.id", primary_key=True, index=True)


class StoryService(SQLModel, table=True):
    """A service that a story names; `shown_at` repeats the story's, so that a page needs no sort."""

    __tablename__ = "story_service"

    story_id: int = Field(foreign_key="story.id", primary_key=True, ondelete="CASCADE")
    service_id: int = Field(foreign_key="service.id", primary_key=True)
    position: int = Field(default=0)
    shown_at: datetime | None = moment(nullable=True)

    __table_args__ = (Index("ix_story_service_page", "service_id", desc("shown_at"), desc("story_id")),)


class Service(SQLModel, table=True):
    """A place or team of an organisation; services form a tree (hospital, department, ward)."""

    __table_args__ = (
        CheckConstraint("ods_code ~ '^[A-Z0-9]{3,12}$'", name="ods_code"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="slug"),
        CheckConstraint("parent_id <> id", name="parent"),
        CheckConstraint("postcode ~ '^[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}$'", name="postcode"),
        CheckConstraint("latitude between 49 and 61 and longitude between -9 and 2", name="coordinates"),
    )

    id: int = Field(default=None, primary_key=True)
    ods_code: str | None = Field(default=None, unique=True)
    name: str
    slug: str = Field(unique=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    parent_id: int | None = Field(default=None, foreign_key="service.id", index=True)
    region: Region = Field(sa_type=pg_enum(Region))
    specialties: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    postcode: str | None = Field(default=None, index=True)
    latitude: float | None = None
    longitude: float | None = None
    closed_on: date | None = None

    organisation: "Organisation" = Relationship(back_populates="services")
    parent: Optional["Service"] = Relationship(
        back_populates="children", sa_relationship_kwargs={"remote_side": "Service.id"}
    )
    children: list["Service"] = Relationship(back_populates="parent")
    areas: list["Area"] = Relationship(link_model=ServiceArea)
    stories: list["Story"] = Relationship(back_populates="services", link_model=StoryService)
