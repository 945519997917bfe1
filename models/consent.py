"""The consent ledger: what a person agreed to, when, and how it was asked."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Index, desc
from sqlmodel import Field, Relationship, SQLModel

from models.base import moment, pg_enum

if TYPE_CHECKING:
    from models.account import Account


class ConsentPurpose(StrEnum):
    """What a person can agree to, each on its own."""

    PUBLISH = "PUBLISH"
    FEED = "FEED"
    SOCIAL = "SOCIAL"
    RESEARCH = "RESEARCH"
    EDUCATION = "EDUCATION"
    SYNDICATION = "SYNDICATION"
    STATISTICS = "STATISTICS"


class Consent(SQLModel, table=True):
    """One entry of the ledger; the last one per purpose counts."""

    __table_args__ = (Index("ix_consent_latest", "account_id", "purpose", desc("id")),)

    id: int = Field(default=None, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", ondelete="CASCADE")
    purpose: ConsentPurpose = Field(sa_type=pg_enum(ConsentPurpose))
    granted: bool
    given_at: datetime = moment()
    notice_version: str
    given_by: str = Field(description="How it was given: the form or the call.")

    account: "Account" = Relationship(back_populates="consents")
