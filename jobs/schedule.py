"""All jobs."""

from jobs import (
    account,
    alert,
    audit,
    complaint,
    data_export,
    disclosure,
    history,
    mail,
    response,
    session,
    similar,
    story,
)
from jobs.job import Job

JOBS: tuple[Job, ...] = (
    *mail.JOBS,
    *data_export.JOBS,
    *session.JOBS,
    *account.JOBS,
    *complaint.JOBS,
    *disclosure.JOBS,
    *story.JOBS,
    *response.JOBS,
    *similar.JOBS,
    *alert.JOBS,
    *history.JOBS,
    *audit.JOBS,
)
