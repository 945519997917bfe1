"""Approving a disclosure, ending it, and reviewing it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from models.disclosure import Disclosure, DisclosureOutcome
from operations.disclosure.step import change, now, permitted, record
from operations.disclosure.tell import managers, tell
from operations.disclosure.text import check_withholding, length, place, text
from operations.key import person_key
from operations.moderation import Desk
from operations.problem import ProblemCode, ProblemError

USUAL = "24 hours"
"""So long after its approval a disclosure lasts, where no end was asked for."""


@dataclass(frozen=True, slots=True)
class Withholding:
    """Until when its person does not see a disclosure, and why; neither for one that they see from now on."""

    until: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """What the data protection officer found, if they did, and how it is withheld from its person, if that changes."""

    outcome: DisclosureOutcome | None = None
    note: str | None = None
    withholding: Withholding | None = None


async def approve(desk: Desk, disclosure_id: UUID) -> UUID:
    """Let the recipient read from now on, and tell its managers; the disclosure's id.

    Raises ProblemError: NOT_FOUND, NOT_ALLOWED for who asked for it, ALREADY_DONE where it is decided.
    """
    told = await _managers(desk, disclosure_id)
    disclosure = await permitted(desk, disclosure_id, "approve")
    ends = func.coalesce(col(Disclosure.wanted_until), now() + length(USUAL))
    await change(desk, disclosure, approved_by=desk.who, approved_at=now(), expires_at=ends)
    await record(desk, disclosure, "approve")
    await tell(desk, told, "disclosure_made", disclosure_id)
    return disclosure_id


async def revoke(desk: Desk, disclosure_id: UUID) -> UUID:
    """End a disclosure at once, or take back that it was asked for; its id.

    Its managers are told where they could read. Raises ProblemError: NOT_FOUND, NOT_ALLOWED, ALREADY_DONE.
    """
    told = await _managers(desk, disclosure_id)
    disclosure = await permitted(desk, disclosure_id, "revoke")
    await change(desk, disclosure, revoked_by=desk.who, revoked_at=now())
    await record(desk, disclosure, "revoke")
    if disclosure.approved_at is not None:
        await tell(desk, told, "disclosure_ended", disclosure_id)
    return disclosure_id


async def review(desk: Desk, disclosure_id: UUID, found: Review) -> UUID:
    """Say once what came of the review, or as often as need be until when its person does not see it; its id.

    Raises ProblemError: NOT_FOUND, NOT_ALLOWED, ALREADY_DONE for a second outcome, INVALID, TOO_LONG.
    """
    if found.outcome is None and (found.note is not None or found.withholding is None):
        message = "Say what you found, or until when its person does not see it."
        raise ProblemError(ProblemCode.INVALID, message, "outcome")
    for action in (["review"] if found.outcome else []) + (["withhold"] if found.withholding else []):
        disclosure = await permitted(desk, disclosure_id, action)
    seal = await _seal(desk, disclosure)
    values: dict[str, Any] = {}
    if found.outcome is not None:
        note = None if found.note is None else text(found.note, "note")
        values |= {"outcome": found.outcome, "reviewed_at": now(), "reviewed_by": desk.who, "note": seal("note", note)}
    if found.withholding is not None:
        until, reason = found.withholding.until, found.withholding.reason
        reason = None if reason is None else text(reason, "withholdReason")
        await check_withholding(desk.session, until, reason, "withholdUntil")
        values |= {"withheld_until": until, "withheld_reason": seal("withheld_reason", reason)}
    await change(desk, disclosure, **values)
    await record(desk, disclosure, "review" if found.outcome else "withhold")
    return disclosure_id


async def _seal(desk: Desk, disclosure: Disclosure) -> Any:
    """What puts a text under the person's key; of an erased person nothing is written any more."""
    person = disclosure.account_id
    key = await person_key(desk.session, desk.keyring, person) if person else None

    def seal(column: str, written: str | None) -> bytes | None:
        return key.encrypt(written, place(column, disclosure.id)) if key and written is not None else None

    return seal


async def _managers(desk: Desk, disclosure_id: UUID) -> Any:
    """Those of the recipient, held before the disclosure is, as accounts come before what belongs to them."""
    organisation = select(Disclosure.organisation_id).where(col(Disclosure.id) == disclosure_id).scalar_subquery()
    return await managers(desk.session, organisation)
