"""Erasure (P18): a person goes with all that is held about them; numbers of stories stay, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, delete, literal, or_, text, union
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account
from models.attempt import AttemptKind
from models.change import Change, ChangeKind
from models.complaint import Complaint
from models.confirmation import EmailChange
from models.demographics import Demographics
from models.mail import Mail
from models.moderation import ModerationEntry
from models.reading import Reading
from models.response import Response, ResponseStatus
from models.secret import Keyring, PersonKey
from models.similar import SimilarExperience
from models.story import Story, StoryProgress
from operations import attempt, password, rate
from operations.account import hold, opened
from operations.attempt import Transaction
from operations.disclosure.erase import erase_disclosures
from operations.problem import ProblemCode, ProblemError
from operations.story import erase_stories

PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Erased:
    """What is left to say: how many stories left a tombstone, and which e-mails may lie in the mail folder."""

    stories: int
    mails: list[UUID]


async def erase_account(
    transaction: Transaction, keyring: Keyring, account_id: UUID, typed: str, address: str
) -> Erased:
    """Erase the person who knows the password; at once, and whole or not at all.

    Raises ProblemError: WRONG_PASSWORD, TOO_MANY_ATTEMPTS, NOT_SIGNED_IN for who is erased already.
    """
    # SECURITY: a session that was left open is no way to guess the password.
    await attempt.attempt(transaction, keyring, AttemptKind.PASSWORD, str(account_id), address)
    try:
        async with transaction() as session:
            stored = (await hold(session, account_id)).password_hash
        # The database waits for no hash: what was read is compared again.
        right, _ = await password.fits(stored, typed)
        async with transaction() as session:
            account = await hold(session, account_id, change=True)
            if not right or account.password_hash != stored:
                message = "This is not your password. Check it and try again."
                raise ProblemError(ProblemCode.WRONG_PASSWORD, message, "password")
            return await erase(session, keyring, account)
    except ProblemError as error:
        if error.code is ProblemCode.NOT_SIGNED_IN:
            # SECURITY: P18: who was erased meanwhile leaves no attempt either.
            async with transaction() as session:
                await attempt.erase(session, keyring, str(account_id))
        raise


async def erase(session: AsyncSession, keyring: Keyring, account: Account) -> Erased:
    """Delete all that is held about a person, whose account is locked for change (see `hold`).

    What hangs on the account goes by the database's own rules (foreign keys), and the person's key by a trigger.
    """
    account_id, key = account.id, opened(keyring, account) if account.key else None
    # Longer than an e-mail to them takes that is being sent meanwhile.
    await session.exec(text(f"set local statement_timeout = '{PATIENCE_SECONDS}s'"))  # type: ignore[call-overload]
    await _lock_stories(session, account_id)
    written = await session.exec(select(Story.id).where(col(Story.author_id) == account_id))
    tombstones = await erase_stories(session, written.all())
    await _erase_responses(session, account_id)
    await _erase_unlinked(session, keyring, key, account)
    await erase_disclosures(session, account_id)
    gone = Erased(len(tombstones), await _mails(session, account_id))
    session.expunge(account)
    # SECURITY: P18: the key goes in this very transaction, so that no backup gives anything back.
    await session.exec(delete(Account).where(col(Account.id) == account_id))
    return gone


async def _mails(session: AsyncSession, account_id: UUID) -> list[UUID]:
    """Their e-mails, and those about their complaints."""
    complaints = select(Complaint.id).where(col(Complaint.account_id) == account_id)
    theirs = or_(col(Mail.account_id) == account_id, col(Mail.complaint_id).in_(complaints))
    return list(await session.exec(select(Mail.id).where(theirs)))


async def _lock_stories(session: AsyncSession, account_id: UUID) -> None:
    """Hold every story that something of the person hangs on, in the order in which everybody locks stories."""
    tables = (Response, ModerationEntry, Reading, SimilarExperience)
    hung = [select(t.story_id).where(col(t.account_id) == account_id) for t in tables]
    numbers = union(select(Story.id).where(col(Story.author_id) == account_id), *hung)
    await session.exec(select(Story.id).where(col(Story.id).in_(numbers)).order_by(col(Story.id)).with_for_update())


async def _erase_responses(session: AsyncSession, account_id: UUID) -> None:
    """Delete the responses that the person wrote for organisations, with the changes that hang on them."""
    theirs = select(Response.id, Response.story_id).where(col(Response.account_id) == account_id)
    found = (await session.exec(theirs)).all()
    responses, stories = [id_ for id_, _ in found], {number for _, number in found}
    await session.exec(delete(Change).where(col(Change.response_id).in_(responses)))
    await session.exec(delete(Response).where(col(Response.id).in_(responses)))
    await session.exec(update(Story).where(col(Story.id).in_(stories)).values(progress=_progress()))


def _progress() -> ColumnElement[StoryProgress]:
    """How far a row of `story` has got, by what is left of the responses and changes that are public."""

    def changed(kind: ChangeKind) -> ColumnElement[bool]:
        public = (col(Change.status) == ResponseStatus.PUBLISHED, col(Change.kind) == kind)
        return select(Change.id).where(col(Change.story_id) == col(Story.id), *public).exists()

    answers = (col(Response.status) == ResponseStatus.PUBLISHED, col(Response.organisation_id).is_not(None))
    answered = select(Response.id).where(col(Response.story_id) == col(Story.id), *answers).exists()
    steps: Sequence[tuple[ColumnElement[bool], StoryProgress]] = (
        (changed(ChangeKind.MADE), StoryProgress.CHANGE_MADE),
        (changed(ChangeKind.PLANNED), StoryProgress.CHANGE_PLANNED),
        (answered, StoryProgress.RESPONDED),
    )
    kind: Any = Story.__table__.c.progress.type  # type: ignore[attr-defined]
    whens = [(condition, literal(step, kind)) for condition, step in steps]
    return case(*whens, else_=literal(StoryProgress.AWAITING_RESPONSE, kind))


async def _erase_unlinked(session: AsyncSession, keyring: Keyring, key: PersonKey | None, account: Account) -> None:
    """Delete what no foreign key leads to: their answers about themselves, and what was counted for them.

    Without a key nothing leads there; then a database was restored, and whoever restores looks after the rest.
    """
    if key is None:
        return
    if account.demographics_id is not None:
        answers = UUID(key.decrypt(account.demographics_id, f"account.demographics_id:{account.id}"))
        await session.exec(delete(Demographics).where(col(Demographics.id) == answers))
    subjects = {str(account.id)}
    if account.email is not None:
        subjects.add(key.decrypt(account.email, f"account.email:{account.id}"))
    change = await session.get(EmailChange, account.id)
    if change is not None:
        subjects.add(key.decrypt(change.email, f"email_change.email:{account.id}"))
        session.expunge(change)
    for subject in subjects:
        await attempt.erase(session, keyring, subject)
    await rate.forget(session, keyring, account.id)
