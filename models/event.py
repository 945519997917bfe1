"""Events: what happened to stories, for whoever has to be told (the outbox)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.types import UserDefinedType
from sqlmodel import Field, SQLModel

from models.base import moment, pg_enum
from models.consent import ConsentPurpose


class Transaction(UserDefinedType[int]):
    """A transaction's number (xid8), which orders events by commit."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


class EventKind(StrEnum):
    """What happened."""

    STORY_SUBMITTED = "STORY_SUBMITTED"
    STORY_ASSIGNED = "STORY_ASSIGNED"
    STORY_PREVIEWED = "STORY_PREVIEWED"
    STORY_HELD = "STORY_HELD"
    STORY_RELEASED = "STORY_RELEASED"
    STORY_PUBLISHED = "STORY_PUBLISHED"
    STORY_REJECTED = "STORY_REJECTED"
    STORY_RESTRICTED = "STORY_RESTRICTED"
    STORY_UNRESTRICTED = "STORY_UNRESTRICTED"
    RESPONSE_SUBMITTED = "RESPONSE_SUBMITTED"
    RESPONSE_PUBLISHED = "RESPONSE_PUBLISHED"
    RESPONSE_REJECTED = "RESPONSE_REJECTED"
    CHANGE_PUBLISHED = "CHANGE_PUBLISHED"
    CHANGE_MADE = "CHANGE_MADE"
    STORY_WITHDRAWN = "STORY_WITHDRAWN"
    STORY_ERASED = "STORY_ERASED"
    CONSENT_GRANTED = "CONSENT_GRANTED"
    CONSENT_WITHDRAWN = "CONSENT_WITHDRAWN"


class EventReader(SQLModel, table=True):
    """How far some work has read the events: the transaction of the last one that it dealt with, and its id."""

    __tablename__ = "event_reader"

    name: str = Field(primary_key=True)
    transaction: int = Field(sa_type=Transaction)
    event_id: int = Field(sa_type=BigInteger)


class Event(SQLModel, table=True):
    """Something that happened to one story, written in the transaction in which it happened.

    It names the story by its number and nobody. `purpose` is whose recipients it concerns, or all of them.
    """

    __table_args__ = (Index("ix_event_transaction_id", "transaction", "id"),)

    id: int = Field(default=None, primary_key=True, sa_type=BigInteger)
    kind: EventKind = Field(sa_type=pg_enum(EventKind))
    number: int = Field(index=True)
    purpose: ConsentPurpose | None = Field(default=None, sa_type=pg_enum(ConsentPurpose))
    happened_at: datetime = moment(sa_column_kwargs={"server_default": text("statement_timestamp()")})
    transaction: int = Field(
        default=None, sa_type=Transaction, sa_column_kwargs={"server_default": text("pg_current_xact_id()")}
    )
