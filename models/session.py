"""Signed-in sessions: opaque tokens of which only a hash is kept."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from models.base import moment


class Session(SQLModel, table=True):
    """One sign-in of one account, until `expires_at`."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    token_hash: bytes = Field(unique=True, sa_type=LargeBinary)
    account_id: UUID = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    created_at: datetime = moment()
    expires_at: datetime = moment(index=True)
