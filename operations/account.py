"""A person's own account, held while something is done in its name."""

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account
from models.secret import Keyring, PersonKey
from operations.problem import ProblemCode, ProblemError


async def hold(session: AsyncSession, account_id: UUID, *, change: bool = False) -> Account:
    """The account, which nobody can erase until the transaction ends; with `change`, nobody else changes it either.

    Raises ProblemError where it was erased since the request began.
    """
    # SECURITY: P18: whatever is written in a person's name waits for their erasure, and then is not written.
    statement = select(Account).where(col(Account.id) == account_id)
    locked = statement.with_for_update() if change else statement.with_for_update(read=True, key_share=True)
    found = await session.exec(locked.execution_options(populate_existing=True))
    account = found.one_or_none()
    if account is None:
        raise ProblemError(ProblemCode.NOT_SIGNED_IN, "This account does not exist any more.")
    return account


def opened(keyring: Keyring, account: Account) -> PersonKey:
    """The person's key, of an account that was loaded with it; take it before the account is changed."""
    return keyring.open(account.key, str(account.id))


def email_of(key: PersonKey, account: Account) -> str:
    """The address to which e-mails go (P01); an account that can be found by its email has one."""
    assert account.email is not None
    return key.decrypt(account.email, f"account.email:{account.id}")


def pen_name_of(key: PersonKey, account: Account) -> str | None:
    """The pen name, where there is one."""
    return None if account.pen_name is None else key.decrypt(account.pen_name, f"account.pen_name:{account.id}")
