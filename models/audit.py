"""The audit log: who read which private field of whom, and why; never the value."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from models.base import moment


class AuditEvent(SQLModel, table=True):
    """One reading of private fields that only a stated purpose of use allowed; rows are never changed."""

    __tablename__ = "audit_event"

    id: int = Field(default=None, primary_key=True)
    happened_at: datetime = moment(sa_column_kwargs={"server_default": text("clock_timestamp()")})
    account_id: UUID = Field(index=True, description="Who read.")
    roles: list[str] = Field(sa_type=ARRAY(String))
    purpose: str
    reference: str | None = Field(default=None, description="The case that the reader gave.")
    subject: str = Field(index=True, description="The global id of the row that was read.")
    fields: list[str] = Field(sa_type=ARRAY(String), description="Which fields, as `Type.field`.")
    reasons: list[str] = Field(sa_type=ARRAY(String), description="The reasons of the rules that allowed it.")
