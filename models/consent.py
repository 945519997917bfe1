"""The consent ledger: what a person agreed to, when, and how it was asked."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Index, desc, false, func, literal_column
from sqlalchemy.orm import aliased
from sqlmodel import Field, Relationship, SQLModel, col, select

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
    """One entry of the ledger; the last one per purpose counts.

    A trigger keeps entries as they were written; they go with their account only.
    """

    __table_args__ = (Index("ix_consent_latest", "account_id", "purpose", desc("id")),)

    id: int = Field(default=None, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", ondelete="CASCADE")
    purpose: ConsentPurpose = Field(sa_type=pg_enum(ConsentPurpose))
    granted: bool
    given_at: datetime = moment()
    notice_version: str
    given_by: str = Field(description="How it was given: the form or the call.")

    account: "Account" = Relationship(back_populates="consents")


def standing(account_id: Any, purpose: ConsentPurpose) -> ColumnElement[bool]:
    """Whether a person's consent to a purpose stands, in SQL: their latest entry grants it (P12).

    This alone decides wherever something is shared. `account_id` is a column or a value; for NULL (the author of a
    story whose author was erased), and for somebody who was never asked, it is false.
    """
    entry = aliased(Consent)
    latest = (
        select(entry.granted)
        # A label in the statement's text, so that the planner knows the purpose.
        .where(col(entry.account_id) == account_id, col(entry.purpose) == literal_column(f"'{purpose.value}'"))
        .order_by(desc(col(entry.id)))
        .limit(1)
    )
    return func.coalesce(latest.scalar_subquery(), false())
