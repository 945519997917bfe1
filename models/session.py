"""Signed-in sessions: opaque tokens of which only a hash is kept."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from sqlalchemy import LargeBinary
from sqlmodel import Field, Relationship, SQLModel

from models.base import moment, secret

if TYPE_CHECKING:
    from models.account import Account


class Session(SQLModel, table=True):
    """One sign-in of one account, until `expires_at`."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    token_hash: bytes = Field(unique=True, sa_type=LargeBinary)
    account_id: UUID = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    created_at: datetime = moment()
    expires_at: datetime = moment(index=True)
    client: bytes | None = secret("P14", "the browser or app that signed in, as it called itself")
    second_factor: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})

    account: "Account" = Relationship(back_populates="sessions")
