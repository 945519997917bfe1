"""E-mails: queued when something is due, sent as soon as they are queued, and not kept for longer than needed."""

from datetime import timedelta

from jobs.job import Job, Work
from operations.mail.alert import tell_alerts
from operations.mail.post import folder_of, post_of, sender_of
from operations.mail.purge import purge_files, purge_mail
from operations.mail.reminder import remind_moderators
from operations.mail.send import send_next


async def send_mail(work: Work) -> int:
    """Send all that is due."""
    post, sender = post_of(work.settings), sender_of(work.settings)
    sent = 0
    while True:
        async with work.transaction() as session:
            if not await send_next(session, work.keyring, post, sender):
                return sent
        sent += 1


async def forget_mail(work: Work) -> int:
    """Delete rows of old e-mails, and files of those whose person was erased."""
    async with work.transaction() as session:
        rows = await purge_mail(session)
        return rows + await purge_files(session, folder_of(work.settings))


async def send_alerts(work: Work) -> int:
    """Queue all e-mails that are due for alerts."""
    told, more = 0, True
    while more:
        async with work.transaction() as session:
            done, more = await tell_alerts(session, work.keyring, work.settings.url)
        told += done
    return told


async def remind(work: Work) -> int:
    """Queue e-mails to moderators about what is due."""
    async with work.transaction() as session:
        return await remind_moderators(session, work.keyring, work.settings.url, work.settings.moderation_hours)


JOBS = (
    Job(
        "send mail",
        timedelta(seconds=30),
        send_mail,
        queue="mail",
        waiting="select count(*) from mail where sent_at is null and failed_at is null",
        failed="select count(*) from mail where failed_at is not null",
    ),
    Job(
        "forget mail",
        timedelta(hours=1),
        forget_mail,
        waiting="""
        select count(*) from mail where coalesce(sent_at, failed_at) < statement_timestamp() - interval '30 days'
        """,
    ),
    Job(
        "send alerts",
        timedelta(seconds=30),
        send_alerts,
        queue="alert_match",
        waiting="select count(*) from alert_match where told_at is null and due_at <= statement_timestamp()",
    ),
    Job(
        "remind moderators",
        timedelta(hours=1),
        remind,
        # Who could be reminded: of how many stories, and whether of any, depends on the settings.
        waiting="""
        select count(*) from account
        where 'MODERATOR' = any(roles) and not exists (
            select from mail
            where account_id = account.id and template = 'moderation_due'
                and queued_at > statement_timestamp() - interval '1 day'
        )
        """,
    ),
)
