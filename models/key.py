"""Wrapped data keys, apart from what they open, so that an ordinary dump of the database holds none (P18).

Row security shows the rows to Candour's own connections only, which go by the application name `candour`: `pg_dump` by
the application's role refuses the table, or with `--enable-row-security` finds it empty. A trigger destroys a key in
the transaction that deletes its person.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, text
from sqlmodel import Field, SQLModel

from models.base import moment


class WrappedKey(SQLModel, table=True):
    """The data key of one person, wrapped by the master key; without it nothing private of theirs can be read."""

    __tablename__ = "person_key"

    id: UUID = Field(primary_key=True, description="The account, or the complaint of somebody without one.")
    wrapped: bytes = Field(
        sa_type=LargeBinary,
        sa_column_kwargs={
            "comment": "P18: the person's data key, wrapped by the master key.",
            "info": {"promise": "P18"},
        },
    )
    made_at: datetime = moment(sa_column_kwargs={"server_default": text("now()")})
