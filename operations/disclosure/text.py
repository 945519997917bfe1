"""What is said of a disclosure in words and dates, and what of it is refused."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Interval, cast, func, literal, literal_column
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.disclosure import DISCLOSABLE, LONGEST, OF_ACCOUNT, OF_STORY
from operations.problem import ProblemCode, ProblemError
from operations.response.text import passage

LONGEST_TEXT = 2_000
"""Characters of grounds, a reason or a note."""
WITHHELD = "1 year"
"""So long from now its person may be kept from seeing a disclosure, each time that it is decided."""
HANDLE = "Account.id"


def text(written: str, field: str) -> str:
    """Grounds, a reason or a note; ProblemError: INVALID, TOO_LONG."""
    return passage(written, field, LONGEST_TEXT)


def named(fields: Sequence[str], *, story: bool) -> list[str]:
    """The fields of a disclosure of a story or of an account; ProblemError where one can't be disclosed so.

    With anything of an account goes its id, the handle without which there is no account to read; so it does with who
    wrote a story.
    """
    known = DISCLOSABLE if story else OF_ACCOUNT
    # SECURITY: P09: chosen fields, each by its name; no pattern and nothing that was not meant to be disclosed.
    if not fields or not set(fields) <= set(known):
        message = f"Name one or more of {', '.join(known)}."
        raise ProblemError(ProblemCode.INVALID, message, "fields")
    found = set(fields)
    if found - {*OF_STORY} or "Story.author" in found:
        found.add(HANDLE)
    return sorted(found)


async def check_end(session: AsyncSession, moment: datetime | None) -> None:
    """Whether a disclosure can end then; ProblemError where it is over or too far away."""
    await _within(
        session, moment, LONGEST, "expiresAt", "A disclosure ends in the future, and at most 7 days from now."
    )


async def check_withholding(session: AsyncSession, moment: datetime | None, reason: str | None, field: str) -> None:
    """Whether a disclosure can be withheld from its person until then; ProblemError where it can't."""
    if (moment is None) != (reason is None):
        message = "Give both: until when its person does not see it, and why."
        raise ProblemError(ProblemCode.INVALID, message, field)
    await _within(session, moment, WITHHELD, field, "Take a date in the future, at most a year from now.")


async def _within(session: AsyncSession, moment: datetime | None, longest: str, field: str, message: str) -> None:
    if moment is None:
        return
    # SECURITY: by the database's clock, which decides when it is over, too.
    asked, now = literal(moment, DateTime(timezone=True)), func.statement_timestamp()
    fits = select((asked > now) & (asked <= now + length(longest)))
    if not (await session.exec(fits)).one():
        raise ProblemError(ProblemCode.INVALID, message, field)


def length(words: str) -> Any:
    """An interval, of our own words."""
    return cast(literal_column(f"'{words}'"), Interval)


def place(column: str, disclosure_id: object) -> str:
    """The place that a ciphertext is bound to."""
    return f"disclosure.{column}:{disclosure_id}"
