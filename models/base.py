"""Column factories that every table shares: enums, timestamps, private values."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime, LargeBinary, MetaData
from sqlalchemy import Enum as SqlEnum
from sqlmodel import Field, SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING
metadata: MetaData = SQLModel.metadata


def pg_enum(kind: type[StrEnum]) -> SqlEnum:
    """The PostgreSQL enum of `kind`; its labels are the names that the API shows."""
    return SqlEnum(kind, name=kind.__name__.lower(), values_callable=lambda e: [m.value for m in e])


def moment(*, nullable: bool = False, **extra: Any) -> Any:
    """A point in time, stored in UTC with microseconds."""
    default: dict[str, Any] = {"default": None} if nullable or "sa_column_kwargs" in extra else {}
    return Field(**default, sa_type=DateTime(timezone=True), nullable=nullable, **extra)


def secret(promise: str, meaning: str, *, nullable: bool = True, **extra: Any) -> Any:
    """A column that holds a value encrypted under its person's key (see `models.secret`).

    `promise` is the id of the promise that makes it private; both land in the database's comment.
    """
    default: dict[str, Any] = {"default": None} if nullable else {}
    return Field(
        **default,
        sa_type=LargeBinary,
        nullable=nullable,
        sa_column_kwargs={
            "comment": f"{promise}: {meaning}. Encrypted with the person's key.",
            "info": {"promise": promise, "encrypted": True},
        },
        **extra,
    )


def private(promise: str, meaning: str, **extra: Any) -> Any:
    """A column in clear text that only the viewers named by the policies may read."""
    return Field(
        sa_column_kwargs={"comment": f"{promise}: {meaning}.", "info": {"promise": promise, "encrypted": False}},
        **extra,
    )


Moment = datetime
