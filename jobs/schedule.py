"""All jobs."""

from jobs import account, complaint, data_export, mail, response, session, story
from jobs.job import Job

JOBS: tuple[Job, ...] = (
    *mail.JOBS,
    *data_export.JOBS,
    *session.JOBS,
    *account.JOBS,
    *complaint.JOBS,
    *story.JOBS,
    *response.JOBS,
)
