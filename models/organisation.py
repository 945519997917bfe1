"""Organisations that run services or are responsible for an area."""

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Optional

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Relationship, SQLModel

from models.base import pg_enum
from models.region import Region

if TYPE_CHECKING:
    from models.area import Area
    from models.disclosure import Disclosure
    from models.membership import Membership
    from models.service import Service


class OrganisationKind(StrEnum):
    """What a body is, in the words of the four nations' health and care systems."""

    NHS_TRUST = "NHS_TRUST"
    HEALTH_BOARD = "HEALTH_BOARD"
    HSC_TRUST = "HSC_TRUST"
    GP_PRACTICE = "GP_PRACTICE"
    INTEGRATED_CARE_BOARD = "INTEGRATED_CARE_BOARD"
    HEALTH_SOCIAL_CARE_PARTNERSHIP = "HEALTH_SOCIAL_CARE_PARTNERSHIP"
    COUNCIL = "COUNCIL"
    PRIVATE_PROVIDER = "PRIVATE_PROVIDER"
    CHARITY = "CHARITY"
    REGULATOR = "REGULATOR"
    POLICE = "POLICE"


class Organisation(SQLModel, table=True):
    """A body with an ODS code; codes are never reused."""

    __table_args__ = (
        CheckConstraint("ods_code ~ '^[A-Z0-9]{3,10}$'", name="ods_code"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="slug"),
        CheckConstraint("parent_id <> id", name="parent"),
    )

    id: int = Field(default=None, primary_key=True)
    ods_code: str | None = Field(default=None, unique=True)
    name: str
    slug: str = Field(unique=True)
    kind: OrganisationKind = Field(sa_type=pg_enum(OrganisationKind))
    region: Region = Field(sa_type=pg_enum(Region))
    parent_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    opened_on: date | None = None
    closed_on: date | None = None

    parent: Optional["Organisation"] = Relationship(
        back_populates="children", sa_relationship_kwargs={"remote_side": "Organisation.id"}
    )
    children: list["Organisation"] = Relationship(back_populates="parent")
    services: list["Service"] = Relationship(back_populates="organisation")
    memberships: list["Membership"] = Relationship(back_populates="organisation")
    areas: list["Area"] = Relationship(back_populates="organisation")
    disclosures: list["Disclosure"] = Relationship(back_populates="organisation")
