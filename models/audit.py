"""The audit log: who read which private field of whom and why, and what changed who may; never a value.

Each row but those from before the chain stands in one of 64 *lanes*, at a position, under a seal over its content and
the seal before it (see `operations.audit.seal`), so that a row that is changed, missing or moved is found.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, SmallInteger, String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import foreign, relationship
from sqlmodel import Field, SQLModel

from models.base import metadata, moment, pg_enum

LANES = 64
"""How many chains there are: writers that do not wait for each other."""


class AuditKind(StrEnum):
    """What was done, or tried."""

    READ = "READ"
    DENIED = "DENIED"
    SIGN_IN = "SIGN_IN"
    ROLE = "ROLE"
    POLICY = "POLICY"
    SETTING = "SETTING"
    KEY = "KEY"
    DISCLOSURE = "DISCLOSURE"


class AuditEvent(SQLModel, table=True):
    """Something that has to be answered for; rows are never changed."""

    __tablename__ = "audit_event"
    __table_args__ = (
        # Serves pages of a person's access log, the latest first.
        Index("ix_audit_event_person_id", "person_id", "id"),
        Index("uq_audit_event_lane", "lane", "position", unique=True),
        Index("ix_audit_event_kind", "kind", "id"),
        CheckConstraint("lane is not null and position is not null and seal is not null", name="sealed"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=BigInteger)
    kind: AuditKind = Field(
        default=AuditKind.READ, sa_type=pg_enum(AuditKind), sa_column_kwargs={"server_default": "READ"}
    )
    happened_at: datetime = moment(sa_column_kwargs={"server_default": text("clock_timestamp()")})
    account_id: UUID | None = Field(default=None, index=True, description="Who did it; nobody for Candour itself.")
    roles: list[str] = Field(sa_type=ARRAY(String))
    purpose: str | None = Field(default=None, description="The purpose of use, where one was stated.")
    reference: str | None = Field(
        default=None, description="The case that the reader gave; of settings, policies and keys a digest."
    )
    organisation_id: int | None = Field(default=None, description="The reader's organisation, if they have one.")
    subject: str | None = Field(
        default=None, index=True, description="The global id of the row that was read, or what was changed."
    )
    person_id: UUID | None = Field(default=None, description="Whose data it is about.")
    fields: list[str] = Field(sa_type=ARRAY(String), description="Which fields, as `Type.field`, or what was changed.")
    reasons: list[str] = Field(sa_type=ARRAY(String), description="The reasons of the rules that decided.")
    rules: list[str] = Field(
        default_factory=list,
        sa_type=ARRAY(String),
        sa_column_kwargs={"server_default": "{}"},
        description="Where those rules stand, as `file:line`.",
    )
    request: str | None = Field(default=None, description="The request's reference, which the logs have too.")
    disclosure_id: UUID | None = Field(
        default=None, index=True, description="The disclosure that allowed it, or that was changed."
    )
    count: int = Field(
        default=1, sa_column_kwargs={"server_default": "1"}, description="How many attempts one row stands for."
    )
    lane: int | None = Field(default=None, sa_type=SmallInteger, description="Null for rows from before the chain.")
    position: int | None = Field(default=None, sa_type=BigInteger)
    seal: bytes | None = Field(default=None, sa_type=LargeBinary)


class AuditLane(SQLModel, table=True):
    """The head of one chain: the position and seal of its last row. A writer holds it for the time of a commit."""

    __tablename__ = "audit_lane"

    lane: int = Field(primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False})
    position: int = Field(sa_type=BigInteger)
    seal: bytes = Field(sa_type=LargeBinary)


class AuditAnchor(SQLModel, table=True):
    """All heads at one moment, sealed, so that a chain that was cut short is found; rows are never changed."""

    __tablename__ = "audit_anchor"

    id: int = Field(default=None, primary_key=True, sa_type=BigInteger)
    made_at: datetime = moment(sa_column_kwargs={"server_default": text("clock_timestamp()")})
    positions: list[int] = Field(sa_type=ARRAY(BigInteger), description="Of each lane.")
    heads: bytes = Field(sa_type=LargeBinary, description="The seals of all lanes, 32 bytes each.")
    before: int = Field(sa_type=BigInteger, description="How many rows there are from before the chain.")
    digest: bytes = Field(sa_type=LargeBinary, description="Of the rows from before the chain.")
    seal: bytes = Field(sa_type=LargeBinary, description="Over this anchor and the seal of the one before.")


class AccessLogEntry:
    """A reading as the person sees it whose data was read; `disclosures` is the one that allowed it, if one did."""

    id: Any
    kind: Any
    happened_at: Any
    roles: Any
    organisation_id: Any
    purpose: Any
    person_id: Any
    fields: Any
    reasons: Any
    disclosure_id: Any
    disclosures: Any


_table: Any = AuditEvent.__table__  # type: ignore[attr-defined]
SQLModel._sa_registry.map_imperatively(
    AccessLogEntry,
    _table,
    properties={
        # No foreign key: an event outlives what it is about.
        "disclosures": relationship(
            "Disclosure",
            primaryjoin=lambda: _table.c.disclosure_id == foreign(metadata.tables["disclosure"].c.id),
            viewonly=True,
            uselist=True,
        )
    },
)
