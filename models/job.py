"""Jobs: when scheduled work was last done, so that several processes agree on who does it next, and what came of it."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, desc
from sqlmodel import Field, SQLModel

from models.base import moment


class JobRun(SQLModel, table=True):
    """One kind of scheduled work and its last run; `fault` is the kind of its error, never the text."""

    __tablename__ = "job_run"

    name: str = Field(primary_key=True)
    started_at: datetime = moment()
    finished_at: datetime | None = moment(nullable=True)
    done: int | None = None
    fault: str | None = None


class JobRecord(SQLModel, table=True):
    """One run of a job that did something, or failed: how many things it did, or the kind of its error."""

    __tablename__ = "job_record"
    __table_args__ = (Index("ix_job_record_finished_at", desc("finished_at")),)

    id: int = Field(default=None, primary_key=True, sa_type=BigInteger)
    name: str
    started_at: datetime = moment()
    finished_at: datetime = moment()
    done: int | None = None
    fault: str | None = None
