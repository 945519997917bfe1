"""Data exports: a copy of all that is held about a person (P16)."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary, text
from sqlmodel import Field, Relationship, SQLModel

from models.base import moment, pg_enum, secret

if TYPE_CHECKING:
    from models.account import Account


class DataExportStatus(StrEnum):
    """How far a copy has got."""

    REQUESTED = "REQUESTED"
    READY = "READY"
    FETCHED = "FETCHED"
    EXPIRED = "EXPIRED"
    FAILED = "FAILED"


class DataExport(SQLModel, table=True):
    """One request for a copy. `token` opens it once, for its own person only; of it a hash serves the search."""

    __tablename__ = "data_export"
    __table_args__ = (CheckConstraint("(status = 'READY') <= (ready_at is not null)", name="ready"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    status: DataExportStatus = Field(
        default=DataExportStatus.REQUESTED,
        sa_type=pg_enum(DataExportStatus),
        sa_column_kwargs={"server_default": "REQUESTED"},
    )
    requested_at: datetime = moment(sa_column_kwargs={"server_default": text("statement_timestamp()")})
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    ready_at: datetime | None = moment(nullable=True)
    expires_at: datetime | None = moment(nullable=True)
    fetched_at: datetime | None = moment(nullable=True)
    fetched_in: UUID | None = Field(default=None, description="The session that fetched it, which may resume.")
    size: int | None = Field(default=None, sa_type=BigInteger, description="Bytes of the ZIP file.")
    token: bytes | None = secret("P16", "the last part of the link to the copy")
    token_hash: bytes | None = Field(default=None, unique=True, sa_type=LargeBinary)

    account: "Account" = Relationship(back_populates="data_exports")


class DataExportPart(SQLModel, table=True):
    """A piece of the ZIP file, encrypted like every private value, so that it needs no place of its own."""

    __tablename__ = "data_export_part"

    export_id: UUID = Field(primary_key=True, foreign_key="data_export.id", ondelete="CASCADE")
    number: int = Field(primary_key=True)
    content: bytes = secret("P16", "a piece of the copy", nullable=False)
