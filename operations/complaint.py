"""Complaints and requests about one's rights (P19): taken, acknowledged, answered in time, and not kept for ever."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Interval, String, cast, delete, func, insert, literal, literal_column, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.attempt import AttemptKind
from models.complaint import Complaint, ComplaintKind
from models.secret import Keyring, PersonKey
from operations import form, mail
from operations.account import email_of, hold, opened
from operations.attempt import Transaction, attempt
from operations.key import new_key, person_key
from operations.permission import permitted_complaint
from operations.problem import ProblemCode, ProblemError
from policies.plan import AccessPlan
from policies.viewer import Member

LONGEST, LONGEST_REASON = 10_000, 2_000
"""Characters of a complaint or an answer, and of the reason why one takes longer."""
ZONE = "Europe/London"
"""Days and months are those of the people who complain."""
DAYS, MONTH, EXTENDED = "30 days", "1 month", "3 months"
"""By when after its arrival a complaint, a request and an extended one (UK GDPR Art. 12(3)) are answered."""
KEPT = "3 years"
"""So long an answered complaint of somebody without an account is kept, in case of a dispute about it."""
CALLED: Mapping[ComplaintKind, str] = {
    ComplaintKind.COMPLAINT: "a complaint",
    ComplaintKind.ACCESS: "a request for access",
    ComplaintKind.CORRECTION: "a request for correction",
    ComplaintKind.COPY: "a request for a copy",
    ComplaintKind.ERASURE: "a request for erasure",
    ComplaintKind.RESTRICTION: "a request for restriction",
    ComplaintKind.OBJECTION: "an objection",
}
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Sent:
    """What somebody wrote; without `email` the answer goes to their account's."""

    kind: ComplaintKind
    body: str
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """A complaint that was taken, with the number that its person is told."""

    id: UUID
    number: int


async def complain(
    transaction: Transaction, keyring: Keyring, account_id: UUID | None, sent: Sent, address: str
) -> Received:
    """Take a complaint or request and acknowledge it by e-mail, in one transaction.

    `account_id` is who is signed in; nobody else is looked for, so that no answer tells whether an email is known.
    Raises ProblemError: INVALID or TOO_LONG for what was written, TOO_MANY_ATTEMPTS.
    """
    body = _text(sent.body, "body", LONGEST)
    own = await _own_email(transaction, keyring, account_id) if account_id else None
    email = own if sent.email is None else form.email(sent.email)
    if email is None:
        message = "Say to which email we can answer, or sign in."
        raise ProblemError(ProblemCode.INVALID, message, "email")
    # SECURITY: nobody is kept from complaining by what strangers send in the name of their email.
    theirs = own is not None and own.casefold() == email.casefold()
    subject = str(account_id) if theirs else email
    await attempt(transaction, keyring, AttemptKind.COMPLAIN, subject, address)
    async with transaction() as session:
        return await _receive(session, keyring, account_id, Sent(sent.kind, body, email))


async def answer(
    session: AsyncSession, keyring: Keyring, plan: AccessPlan, viewer: Member, complaint_id: UUID, outcome: str
) -> UUID:
    """Answer a complaint, for good; its id.

    Raises ProblemError: NOT_FOUND, NOT_ALLOWED, ALREADY_DONE, also where another answer was first; INVALID, TOO_LONG.
    """
    text = _text(outcome, "outcome", LONGEST)
    complaint = await permitted_complaint(session, plan, viewer, complaint_id, "answer")
    key = await _key(session, keyring, complaint)
    await _change(session, complaint_id, answered_at=_now(), outcome=key.encrypt(text, _place("outcome", complaint_id)))
    # SECURITY: what is answered to somebody with an account is read there, and lies in no mailbox.
    told = "" if complaint.account_id else text
    _write(session, key, "complaint_answered", complaint, outcome=told)
    await session.flush()
    return complaint_id


async def extend(
    session: AsyncSession, keyring: Keyring, plan: AccessPlan, viewer: Member, complaint_id: UUID, reason: str
) -> UUID:
    """Take two more months for a request that is complex, once, and say why before the first month is over; its id.

    Raises ProblemError: NOT_FOUND, NOT_ALLOWED (also for a complaint, and when it is too late), ALREADY_DONE; INVALID,
    TOO_LONG.
    """
    text = _text(reason, "reason", LONGEST_REASON)
    complaint = await permitted_complaint(session, plan, viewer, complaint_id, "extend")
    await _check_in_time(session, complaint_id)
    key = await _key(session, keyring, complaint)
    sealed = key.encrypt(text, _place("extension_reason", complaint_id))
    due = _later(col(Complaint.received_at), EXTENDED)
    await _change(session, complaint_id, extended_at=_now(), extension_reason=sealed, due_at=due)
    day = (await session.exec(select(_day(col(Complaint.due_at))).where(col(Complaint.id) == complaint_id))).one()
    # SECURITY: what is about a person stands in an e-mail only where there is no other way to them.
    _write(session, key, "complaint_extended", complaint, due=day, reason="" if complaint.account_id else text)
    await session.flush()
    return complaint_id


async def readdress(session: AsyncSession, key: PersonKey, account_id: UUID, old: str, new: str) -> None:
    """A person's email has changed: what goes to the old one goes to the new one. The account is held to be changed."""
    found = await session.exec(
        select(Complaint.id, Complaint.email).where(col(Complaint.account_id) == account_id).order_by(col(Complaint.id))
    )
    for id_, sealed in found.all():
        if key.decrypt(sealed, _place("email", id_)).casefold() == old.casefold():
            await _change(session, id_, email=key.encrypt(new, _place("email", id_)))


async def purge_complaints(session: AsyncSession) -> int:
    """Delete complaints of people without an account, `KEPT` after their answer; how many. Their keys go, too."""
    old = col(Complaint.answered_at) < _now() - _length(KEPT)
    gone = await session.exec(delete(Complaint).where(col(Complaint.account_id).is_(None), old))
    return int(gone.rowcount)


async def _own_email(transaction: Transaction, keyring: Keyring, account_id: UUID) -> str:
    async with transaction() as session:
        account = await hold(session, account_id)
        return email_of(opened(keyring, account), account)


async def _receive(session: AsyncSession, keyring: Keyring, account_id: UUID | None, sent: Sent) -> Received:
    id_ = uuid4()
    key = opened(keyring, await hold(session, account_id)) if account_id else new_key(session, keyring, id_)
    await session.flush()
    email = sent.email or ""
    row = insert(Complaint).values(
        id=id_,
        account_id=account_id,
        kind=sent.kind,
        email=key.encrypt(email, _place("email", id_)),
        body=key.encrypt(sent.body, _place("body", id_)),
        # The clock starts, and the acknowledgement is on its way, as this is committed.
        received_at=_now(),
        acknowledged_at=_now(),
        due_at=due(sent.kind, _now()),
    )
    written = await session.exec(row.returning(col(Complaint.number), _day(col(Complaint.due_at))))
    number, day = written.one()
    person = _person(account_id, id_)
    told: dict[str, Any] = {"number": str(number), "kind": CALLED[sent.kind], "due": day}
    mail.queue(session, key, "complaint_received", email, **(person | told))
    await session.flush()
    return Received(id_, number)


def due(kind: ComplaintKind, received: Any) -> ColumnElement[datetime]:
    """By when what was received then has to be answered: 30 days, or the same day of the next month or else its last.

    Calendar days and months are the United Kingdom's, whatever the session's time zone.
    """
    return _later(received, DAYS if kind == ComplaintKind.COMPLAINT else MONTH)


def _later(start: Any, length: str) -> ColumnElement[datetime]:
    zone = literal(ZONE, String)
    local: Any = func.timezone(zone, start)
    later: ColumnElement[datetime] = func.timezone(zone, local + _length(length))
    return later


def _length(words: str) -> Any:
    return cast(literal_column(f"'{words}'"), Interval)


def _day(moment: Any) -> ColumnElement[str]:
    """The day in words, e.g. 4 May 2026."""
    words: ColumnElement[str] = func.to_char(func.timezone(literal(ZONE, String), moment), "FMDD FMMonth YYYY")
    return words


def _now() -> Any:
    # SECURITY: the database's clock, which all processes share.
    return func.statement_timestamp()


async def _check_in_time(session: AsyncSession, complaint_id: UUID) -> None:
    late = select(col(Complaint.due_at) <= _now()).where(col(Complaint.id) == complaint_id)
    if (await session.exec(late)).one():
        message = "Its deadline has passed, and only before it can more time be taken. Answer it as soon as you can."
        raise ProblemError(ProblemCode.NOT_ALLOWED, message, "complaintId")


async def _change(session: AsyncSession, complaint_id: UUID, **values: Any) -> None:
    row = update(Complaint).where(col(Complaint.id) == complaint_id).values(**values)
    await session.exec(row.execution_options(synchronize_session=False))


async def _key(session: AsyncSession, keyring: Keyring, complaint: Complaint) -> PersonKey:
    return await person_key(session, keyring, complaint.account_id or complaint.id)


def _write(session: AsyncSession, key: PersonKey, template: str, complaint: Complaint, **values: Any) -> None:
    """An e-mail to whoever complained."""
    to = key.decrypt(complaint.email, _place("email", complaint.id))
    person = _person(complaint.account_id, complaint.id)
    mail.queue(session, key, template, to, **person, number=str(complaint.number), **values)


def _person(account_id: UUID | None, complaint_id: UUID) -> dict[str, Any]:
    """To whom an e-mail belongs."""
    return {"account_id": account_id} if account_id else {"complaint_id": complaint_id}


def _place(column: str, complaint_id: UUID) -> str:
    return f"complaint.{column}:{complaint_id}"


def _text(text: str, field: str, longest: int) -> str:
    """What was written, without surrounding space; ProblemError for what is empty, too long or no text."""
    found = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(found) > longest:
        message = f"This text is too long: write at most {longest:,} characters."
        raise ProblemError(ProblemCode.TOO_LONG, message, field)
    if not found or CONTROL.search(found):
        message = "Write at least one character, and none that can't be shown."
        raise ProblemError(ProblemCode.INVALID, message, field)
    return found
