"""Memberships: what a person may do for an organisation."""

from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from models.base import pg_enum

if TYPE_CHECKING:
    from models.account import Account
    from models.organisation import Organisation


class MembershipRole(StrEnum):
    """READER browses, RESPONDER also responds, MANAGER also manages members and service pages."""

    READER = "READER"
    RESPONDER = "RESPONDER"
    MANAGER = "MANAGER"


class Membership(SQLModel, table=True):
    """One person's role in one organisation."""

    __table_args__ = (UniqueConstraint("account_id", "organisation_id"),)

    id: int = Field(default=None, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", ondelete="CASCADE")
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    role: MembershipRole = Field(sa_type=pg_enum(MembershipRole))

    account: "Account" = Relationship(back_populates="memberships")
    organisation: "Organisation" = Relationship(back_populates="memberships")
