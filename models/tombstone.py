"""Tombstones: all that stays of a story that was withdrawn or erased."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from models.base import moment, pg_enum


class TombstoneKind(StrEnum):
    """Why a story is gone."""

    WITHDRAWN = "WITHDRAWN"
    ERASED = "ERASED"


class Tombstone(SQLModel, table=True):
    """The number of a story that is gone, when it went, and why; nothing else."""

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: TombstoneKind = Field(sa_type=pg_enum(TombstoneKind))
    gone_at: datetime = moment()
