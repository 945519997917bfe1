"""Consent: what a person agrees to and takes back, entry by entry, with all that follows from it at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import desc, func
from sqlmodel import col, insert, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account
from models.consent import Consent, ConsentPurpose
from models.event import EventKind
from models.privacy_notice import NOTICE_VERSION
from models.secret import Keyring
from models.story import Story, StoryStatus
from operations.account import hold
from operations.demographics import count
from operations.outbox import emit
from operations.story import withdraw_stories

SHARED = (StoryStatus.PUBLISHED, StoryStatus.RESTRICTED)
"""States in which others may hold copies of a story."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of a decision: the ledger's entry that stands now, and how many stories were withdrawn with it."""

    entry: int
    withdrawn: int = 0


async def set_consent(
    session: AsyncSession, keyring: Keyring, account_id: UUID, purpose: ConsentPurpose, granted: bool, given_by: str
) -> Decision:
    """Give or take back a person's consent to one purpose (P12); the same decision again is no second entry.

    Taking back PUBLISH withdraws all their stories for ever (P17). Raises ProblemError for an erased person.
    """
    # Decisions of one person follow each other, so that the entry with the highest id is the latest.
    account = await hold(session, account_id, change=True)
    before = await _latest(session, account_id, purpose)
    stood = before is not None and before.granted
    if before is None or stood != granted:
        entry = await record(session, account_id, purpose, granted, given_by)
    else:
        entry = before.id
    if purpose == ConsentPurpose.STATISTICS:
        await count(session, keyring, account, granted)
    if purpose == ConsentPurpose.PUBLISH and not granted:
        return Decision(entry, await _withdraw_all(session, account_id))
    if stood != granted:
        await _tell(session, account_id, purpose, granted)
    return Decision(entry)


def entries(account_id: UUID, purposes: Sequence[ConsentPurpose], **asked: str) -> list[dict[str, Any]]:
    """The ledger's rows that give a person's consent to purposes; `asked` is `given_by` and `notice_version`."""
    common = {"account_id": account_id, "granted": True, "given_at": func.statement_timestamp(), **asked}
    return [{**common, "purpose": purpose} for purpose in purposes]


async def follow(
    session: AsyncSession,
    keyring: Keyring,
    account: Account,
    purposes: Sequence[ConsentPurpose],
    shared: Sequence[int],
) -> None:
    """What follows from consent that was given to purposes to which none stood; the account is held to be changed.

    `shared` are the numbers of the person's stories that others may have from now on.
    """
    if ConsentPurpose.STATISTICS in purposes:
        await count(session, keyring, account, True)
    for purpose in purposes:
        emit(session, EventKind.CONSENT_GRANTED, sorted(shared), purpose)


async def record(
    session: AsyncSession,
    account_id: UUID,
    purpose: ConsentPurpose,
    granted: bool,
    given_by: str,
    notice_version: str = NOTICE_VERSION,
) -> int:
    """Write one decision into the ledger, as of now by the database's clock; the new entry's id."""
    entry = insert(Consent).values(
        account_id=account_id,
        purpose=purpose,
        granted=granted,
        given_at=func.statement_timestamp(),
        notice_version=notice_version,
        given_by=given_by,
    )
    number: int = (await session.exec(entry.returning(col(Consent.id)))).scalar_one()
    return number


async def _latest(session: AsyncSession, account_id: UUID, purpose: ConsentPurpose) -> Consent | None:
    ledger = select(Consent).where(col(Consent.account_id) == account_id, col(Consent.purpose) == purpose)
    return (await session.exec(ledger.order_by(desc(col(Consent.id))).limit(1))).one_or_none()


async def _tell(session: AsyncSession, account_id: UUID, purpose: ConsentPurpose, granted: bool) -> None:
    """Let the recipients of this purpose know, story by story, so that they delete their copies, or may have them."""
    kind = EventKind.CONSENT_GRANTED if granted else EventKind.CONSENT_WITHDRAWN
    theirs = select(Story.id).where(col(Story.author_id) == account_id, col(Story.status).in_(SHARED))
    numbers = await session.exec(theirs.order_by(col(Story.id)))
    emit(session, kind, numbers.all(), purpose)


async def _withdraw_all(session: AsyncSession, account_id: UUID) -> int:
    theirs = select(Story.id).where(col(Story.author_id) == account_id, col(Story.status) != StoryStatus.WITHDRAWN)
    numbers = (await session.exec(theirs.order_by(col(Story.id)))).all()
    return len(await withdraw_stories(session, numbers))
