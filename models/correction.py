"""Corrections: that a person changed what is held about them, never from what to what."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Field, Relationship, SQLModel

from models.base import moment

if TYPE_CHECKING:
    from models.account import Account


class Correction(SQLModel, table=True):
    """One field of an account that its person changed or cleared (P15)."""

    id: int = Field(default=None, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    field: str = Field(description="The field as the API calls it, e.g. `postcode`.")
    corrected_at: datetime = moment(sa_column_kwargs={"server_default": text("statement_timestamp()")})

    account: "Account" = Relationship(back_populates="corrections")
