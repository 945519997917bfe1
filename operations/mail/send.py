"""Sending: one e-mail after the other, each in a transaction of its own."""

import random
from datetime import timedelta
from uuid import UUID

import orjson
from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.mail import Mail
from models.secret import Keyring, PersonKey
from operations.key import person_key
from operations.mail.post import Post, RefusedError
from operations.mail.preference import refused
from operations.mail.queue import Value
from operations.mail.render import Sender, render
from operations.mail.topic import TOPICS, stop_of

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=6)
"""How long to wait after a failure: doubled from one to the next."""
GIVE_UP = timedelta(days=2)


async def send_next(session: AsyncSession, keyring: Keyring, post: Post, sender: Sender) -> bool:
    """Send the e-mail that is due longest, if there is one, or drop it where its person wants it no more.

    Its row is locked until the transaction ends: an erasure waits, and so it is sent before or never. If the process
    dies after the mail server's OK and before the commit, it is sent again, with the same Message-ID.
    """
    mail = await _take(session)
    if mail is None:
        return False
    if await _unwanted(session, mail):
        await session.delete(mail)
        await session.flush()
        return True
    try:
        key = await person_key(session, keyring, _person(mail))
        to, values = _content(mail, key)
        await post(render(mail, to, values, sender, stop_of(keyring, sender.url, mail.template, mail.account_id)))
    except RefusedError as error:
        _give_up(mail, error)
    except Exception as error:
        # SECURITY: a mail server's words can repeat the address, so only the kind of an error is kept.
        await _later(session, mail, error)
    else:
        mail.sent_at, mail.content = func.statement_timestamp(), None  # type: ignore[assignment]
    await session.flush()
    return True


async def _take(session: AsyncSession) -> Mail | None:
    waiting = [col(Mail.sent_at).is_(None), col(Mail.failed_at).is_(None)]
    due = select(Mail).where(*waiting, col(Mail.due_at) <= func.statement_timestamp())
    found = await session.exec(due.order_by(col(Mail.due_at)).limit(1).with_for_update(skip_locked=True))
    return found.one_or_none()


async def _unwanted(session: AsyncSession, mail: Mail) -> bool:
    """Whether the person has refused its topic since it was queued."""
    topic = TOPICS.get(mail.template)
    return topic is not None and mail.account_id is not None and await refused(session, mail.account_id, topic)


def _person(mail: Mail) -> UUID:
    person = mail.account_id or mail.complaint_id
    assert person is not None
    return person


def _content(mail: Mail, key: PersonKey) -> tuple[str, dict[str, Value]]:
    values = orjson.loads(key.decrypt(mail.content or b"", f"mail.content:{mail.id}"))
    return values.pop("to"), values


async def _later(session: AsyncSession, mail: Mail, error: Exception) -> None:
    now = (await session.exec(select(func.statement_timestamp()))).one()
    if now - mail.queued_at > GIVE_UP:
        _give_up(mail, error)
        return
    wait = min(LONGEST, SHORTEST * 2**mail.attempts)
    mail.attempts += 1
    # Not all at once when a mail server is back.
    mail.due_at = now + wait * random.uniform(0.8, 1.2)  # noqa: S311
    mail.fault = type(error).__name__


def _give_up(mail: Mail, error: Exception) -> None:
    mail.attempts += 1
    mail.fault = type(error).__name__
    mail.failed_at, mail.content = func.statement_timestamp(), None  # type: ignore[assignment]
