"""Correcting what is held about oneself (P15): each change is recorded, never from what to what."""

from collections.abc import Mapping
from contextlib import nullcontext
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account
from models.attempt import AttemptKind
from models.correction import Correction
from models.secret import Keyring, PersonKey
from operations import decoy, email_change, form
from operations.account import hold, opened
from operations.attempt import Transaction, attempt
from operations.problem import ProblemCode, ProblemError

FIELDS = {"pen_name": "penName", "postcode": "postcode"}
"""The columns that change at once, and what the API calls them."""


def checked(given: Mapping[str, str | None]) -> dict[str, str | None]:
    """What a person gave, by column, in the form in which it is kept; null clears.

    Raises ProblemError, which names the field, for what has not the right form.
    """
    if "email" in given and given["email"] is None:
        message = "An email can be changed, not cleared: it is how you sign in. To leave, erase your account."
        raise ProblemError(ProblemCode.INVALID, message, "email")
    forms = {"pen_name": form.pen_name, "postcode": form.home, "email": form.email}
    return {column: None if text is None else forms[column](text) for column, text in given.items()}


async def update_account(
    transaction: Transaction,
    keyring: Keyring,
    account_id: UUID,
    given: Mapping[str, str | None],
    address: str,
    url: str,
) -> None:
    """Correct or clear what was given, by column; whole or not at all.

    `address` is the client's IP address, `url` the site's address. Raises ProblemError for what was given, for too many
    changes of email, and for an erased person.
    """
    values = checked(given)
    if email := values.get("email"):
        # SECURITY: this sends an e-mail to any address, as registering does, so it counts as that.
        await attempt(transaction, keyring, AttemptKind.REGISTER, email, address)
    # SECURITY: P01: how long it takes does not tell whether the new email has an account.
    async with decoy.even() if email else nullcontext(), transaction() as session:
        await correct(session, keyring, account_id, values, url)


async def correct(
    session: AsyncSession, keyring: Keyring, account_id: UUID, values: Mapping[str, str | None], url: str
) -> None:
    """Change what `checked` returned."""
    account = await hold(session, account_id, change=True)
    key = opened(keyring, account)
    for column, api in FIELDS.items():
        if column in values and _correct(key, account, column, values[column]):
            session.add(Correction(account_id=account_id, field=api))
    if email := values.get("email"):
        await email_change.ask(session, keyring, key, account, email, url)


def _correct(key: PersonKey, account: Account, column: str, value: str | None) -> bool:
    """Change one private value; whether it was another."""
    place = f"account.{column}:{account.id}"
    sealed: bytes | None = getattr(account, column)
    if value == (None if sealed is None else key.decrypt(sealed, place)):
        return False
    setattr(account, column, None if value is None else key.encrypt(value, place))
    return True
