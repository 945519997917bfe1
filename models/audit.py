"""The audit log: who read which private field of whom, and why; never the value."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from models.base import moment


class AuditEvent(SQLModel, table=True):
    """One reading of private fields that only a stated purpose of use allowed; rows are never changed."""

    __tablename__ = "audit_event"
    # Serves pages of a person's access log, the latest first.
    __table_args__ = (Index("ix_audit_event_person_id", "person_id", "id"),)

    id: int = Field(default=None, primary_key=True)
    happened_at: datetime = moment(sa_column_kwargs={"server_default": text("clock_timestamp()")})
    account_id: UUID = Field(index=True, description="Who read.")
    roles: list[str] = Field(sa_type=ARRAY(String))
    purpose: str
    reference: str | None = Field(default=None, description="The case that the reader gave.")
    organisation_id: int | None = Field(default=None, description="The reader's organisation, if they have one.")
    subject: str = Field(index=True, description="The global id of the row that was read.")
    person_id: UUID | None = Field(default=None, description="Whose data was read.")
    fields: list[str] = Field(sa_type=ARRAY(String), description="Which fields, as `Type.field`.")
    reasons: list[str] = Field(sa_type=ARRAY(String), description="The reasons of the rules that allowed it.")


class AccessLogEntry:
    """The same event as the person sees it whose data was read."""

    id: Any
    happened_at: Any
    roles: Any
    organisation_id: Any
    purpose: Any
    person_id: Any
    fields: Any
    reasons: Any


SQLModel._sa_registry.map_imperatively(AccessLogEntry, AuditEvent.__table__)  # type: ignore[attr-defined]
