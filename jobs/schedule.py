"""All jobs."""

from jobs import account, alert, complaint, data_export, history, mail, response, session, similar, story
from jobs.job import Job

JOBS: tuple[Job, ...] = (
    *mail.JOBS,
    *data_export.JOBS,
    *session.JOBS,
    *account.JOBS,
    *complaint.JOBS,
    *story.JOBS,
    *response.JOBS,
    *similar.JOBS,
    *alert.JOBS,
    *history.JOBS,
)
