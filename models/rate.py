"""Rates: how much of what it may ask for each client has used up, in all processes together."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, LargeBinary
from sqlmodel import Field, SQLModel

from models.base import moment


class Rate(SQLModel, table=True):
    """One client's bucket: `level` at a moment, in units of cost; it empties evenly within a minute.

    The table is unlogged, for a crash may empty all buckets. Only clients that ask for much have a row.
    """

    __table_args__ = (Index("ix_rate_counted_at", "counted_at"), {"prefixes": ["UNLOGGED"]})

    subject: bytes = Field(
        primary_key=True,
        sa_type=LargeBinary,
        sa_column_kwargs={
            "comment": "P03: keyed hash of the account or the IP address, against abuse.",
            "info": {"promise": "P03"},
        },
    )
    level: int = Field(sa_type=BigInteger)
    counted_at: datetime = moment()
