"""Jobs: when scheduled work was last done, so that several processes agree on who does it next."""

from datetime import datetime

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
