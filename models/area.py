"""Areas of care, with the bodies responsible for them, as the map was on a day."""

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Optional

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Relationship, SQLModel

from models.base import pg_enum

if TYPE_CHECKING:
    from models.organisation import Organisation


class AreaKind(StrEnum):
    """The kind of body that answers for care in an area; it differs by nation."""

    INTEGRATED_CARE_BOARD = "INTEGRATED_CARE_BOARD"
    HEALTH_SOCIAL_CARE_PARTNERSHIP = "HEALTH_SOCIAL_CARE_PARTNERSHIP"
    HEALTH_BOARD = "HEALTH_BOARD"
    HSC_TRUST = "HSC_TRUST"
    LOCAL_AUTHORITY = "LOCAL_AUTHORITY"


class AreaSuccessor(SQLModel, table=True):
    """What replaced an area when the map was redrawn."""

    __tablename__ = "area_successor"

    area_id: int = Field(foreign_key="area.id", primary_key=True)
    successor_id: int = Field(foreign_key="area.id", primary_key=True, index=True)


class Area(SQLModel, table=True):
    """A piece of the map with a nine-character GSS code."""

    __table_args__ = (
        CheckConstraint("code ~ '^[EWSNKL][0-9]{8}$'", name="code"),
        CheckConstraint("valid_to is null or valid_to >= valid_from", name="validity"),
    )

    id: int = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str
    kind: AreaKind = Field(sa_type=pg_enum(AreaKind))
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    valid_from: date
    valid_to: date | None = None

    organisation: Optional["Organisation"] = Relationship(back_populates="areas")
    successors: list["Area"] = Relationship(
        link_model=AreaSuccessor,
        sa_relationship_kwargs={
            "primaryjoin": "Area.id == AreaSuccessor.area_id",
            "secondaryjoin": "Area.id == AreaSuccessor.successor_id",
        },
    )


class PostcodeArea(SQLModel, table=True):
    """Which areas a postcode lies in: the routing table, from the ONS Postcode Directory."""

    __tablename__ = "postcode_area"
    __table_args__ = (CheckConstraint("postcode ~ '^[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}$'", name="postcode"),)

    postcode: str = Field(primary_key=True)
    area_id: int = Field(foreign_key="area.id", primary_key=True, index=True)
