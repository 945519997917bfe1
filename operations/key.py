"""Persons' keys: made with an account or complaint, destroyed with it."""

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.key import WrappedKey
from models.secret import Keyring, PersonKey
from operations.problem import ProblemCode, ProblemError


def new_key(session: AsyncSession, keyring: Keyring, person: UUID) -> PersonKey:
    """A fresh key for a new account or complaint; it is written with the session's next flush."""
    wrapped = keyring.new_person_key(str(person))
    session.add(WrappedKey(id=person, wrapped=wrapped))
    return keyring.open(wrapped, str(person))


async def person_key(session: AsyncSession, keyring: Keyring, person: UUID) -> PersonKey:
    """The key of somebody who is still there; ProblemError for an erased person."""
    found = await session.exec(select(WrappedKey.wrapped).where(col(WrappedKey.id) == person))
    wrapped = found.one_or_none()
    if wrapped is None:
        raise ProblemError(ProblemCode.NOT_SIGNED_IN, "This account does not exist any more.")
    return keyring.open(wrapped, str(person))
