"""Attempts: what is counted against guessing and flooding."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from models.base import moment, pg_enum


class AttemptKind(StrEnum):
    """What was attempted."""

    SIGN_IN = "SIGN_IN"
    SECOND_FACTOR = "SECOND_FACTOR"
    PASSWORD = "PASSWORD"  # noqa: S105
    REGISTER = "REGISTER"
    RESET = "RESET"
    COMPLAIN = "COMPLAIN"
    SUBMIT = "SUBMIT"


class Attempt(SQLModel, table=True):
    """One attempt: subject and address are keyed hashes, which serve comparison only."""

    __table_args__ = (
        Index("ix_attempt_subject_attempted_at", "subject", "kind", "attempted_at"),
        Index("ix_attempt_address_attempted_at", "address", "kind", "attempted_at"),
        Index("ix_attempt_attempted_at", "attempted_at"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=BigInteger)
    kind: AttemptKind = Field(sa_type=pg_enum(AttemptKind))
    subject: bytes = Field(
        sa_type=LargeBinary,
        sa_column_kwargs={"comment": "P03: keyed hash of the email or account.", "info": {"promise": "P03"}},
    )
    address: bytes = Field(
        sa_type=LargeBinary,
        sa_column_kwargs={"comment": "P03: keyed hash of the IP address, against abuse.", "info": {"promise": "P03"}},
    )
    attempted_at: datetime = moment(sa_column_kwargs={"server_default": text("statement_timestamp()")})
    succeeded: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
