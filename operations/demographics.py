"""Demographics: a person's optional answers, found by nobody without that person's own key (P07)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import extract, func
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account
from models.consent import ConsentPurpose, standing
from models.correction import Correction
from models.demographics import Demographics
from models.secret import Keyring
from operations.account import hold, opened
from operations.problem import ProblemCode, ProblemError

OLDEST = 1900
ANSWERS = {
    "gender": "gender",
    "birth_year": "birthYear",
    "ethnic_group": "ethnicGroup",
    "limited_by_condition": "limitedByCondition",
}
"""The answers, as the API calls them."""


async def update_demographics(
    session: AsyncSession, keyring: Keyring, account_id: UUID, answers: Mapping[str, Any]
) -> UUID | None:
    """Keep, change or clear a person's answers; the id of their row, or None where none is left.

    `answers` holds what was answered, by column; None clears. Raises ProblemError for a year that cannot be.
    """
    account = await hold(session, account_id, change=True)
    counted, year = await _circumstances(session, account_id)
    _check(answers.get("birth_year"), year)
    id_ = row_of(keyring, account)
    row = await session.get(Demographics, id_) if id_ else None
    changed = [name for name, value in answers.items() if value != (getattr(row, name) if row else None)]
    # P15: which answer was changed is recorded, never from what to what.
    session.add_all(Correction(account_id=account_id, field=f"demographics.{ANSWERS[name]}") for name in changed)
    if row is None and changed:
        row = _begun(session, keyring, account, counted)
    for name in changed:
        setattr(row, name, answers[name])
    if row is not None and all(getattr(row, name) is None for name in ANSWERS):
        await session.delete(row)
        account.demographics_id = row = None
    return row.id if row else None


async def count(session: AsyncSession, keyring: Keyring, account: Account, counted: bool) -> None:
    """Let statistics count a person's answers, or take them out; the account is held to be changed."""
    if id_ := row_of(keyring, account):
        await session.exec(update(Demographics).where(col(Demographics.id) == id_).values(counted=counted))


def row_of(keyring: Keyring, account: Account) -> UUID | None:
    """Which row holds a person's answers: only their own key can tell."""
    if account.demographics_id is None:
        return None
    return UUID(opened(keyring, account).decrypt(account.demographics_id, _place(account)))


def _begun(session: AsyncSession, keyring: Keyring, account: Account, counted: bool) -> Demographics:
    # SECURITY: P07: a random id, which the account holds under the person's key: the two rows have nothing in common.
    row = Demographics(id=uuid4(), counted=counted)
    session.add(row)
    account.demographics_id = opened(keyring, account).encrypt(str(row.id), _place(account))
    return row


def _place(account: Account) -> str:
    return f"account.demographics_id:{account.id}"


async def _circumstances(session: AsyncSession, account_id: UUID) -> tuple[bool, int]:
    """Whether the person may be counted in statistics, and which year it is by the database's clock."""
    now = extract("year", func.statement_timestamp())
    found = await session.exec(select(standing(account_id, ConsentPurpose.STATISTICS), now))
    counted, year = found.one()
    return counted, int(year)


def _check(birth_year: int | None, this_year: int) -> None:
    if birth_year is not None and not OLDEST <= birth_year <= this_year:
        message = f"A year of birth lies between {OLDEST} and {this_year}. Correct it, or send null to leave it out."
        raise ProblemError(ProblemCode.INVALID, message, "birthYear")
