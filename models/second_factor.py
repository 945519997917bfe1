"""The second factor: time-based one-time passwords (RFC 6238)."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, Relationship, SQLModel

from models.base import moment, secret

if TYPE_CHECKING:
    from models.account import Account


class SecondFactor(SQLModel, table=True):
    """A person's authenticator app; it counts from `confirmed_at` on.

    `last_step` is the time step (30 s) of the last code that was used, so that none is used twice. Of recovery codes,
    which work once, only hashes are kept.
    """

    __tablename__ = "second_factor"

    account_id: UUID = Field(primary_key=True, foreign_key="account.id", ondelete="CASCADE")
    secret: bytes = secret("P14", "the secret shared with the person's authenticator app", nullable=False)
    created_at: datetime = moment()
    confirmed_at: datetime | None = moment(nullable=True)
    last_step: int | None = None
    recovery_hashes: list[bytes] = Field(
        default_factory=list, sa_type=ARRAY(LargeBinary), sa_column_kwargs={"server_default": "{}"}
    )

    account: "Account" = Relationship(back_populates="second_factor")
