"""The first administrator: appointed once, with a confirmed email, and on the audit log."""

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account, PlatformRole
from models.database.connection import engine, normalise, session_factory
from models.secret import Keyring
from operations.appointment import appoint
from operations.problem import ProblemError

EMAIL = "first@people.example"


@pytest.fixture
async def session(database: str) -> AsyncIterator[AsyncSession]:
    opened = engine(database, 1)
    async with session_factory(opened).begin() as found:
        yield found
    await opened.dispose()


async def _account(database: str, keyring: Keyring, email: str, *, confirmed: bool) -> str:
    connection = await asyncpg.connect(normalise(database))
    id_ = uuid4()
    key = keyring.new_person_key(str(id_))
    await connection.execute("insert into person_key (id, wrapped) values ($1, $2)", id_, key)
    await connection.execute(
        "insert into account (id, created_at, email_hash, email_verified_at) values ($1, now(), $2, case when $3 then now() end)",
        id_, keyring.email_hash(email), confirmed,
    )  # fmt: skip
    await connection.close()
    return str(id_)


async def test_nobody_is_appointed_who_is_unknown_or_unconfirmed(
    session: AsyncSession, database: str, keyring: Keyring
) -> None:
    await _account(database, keyring, "other@people.example", confirmed=False)
    for email in (EMAIL, "other@people.example", "", "x"):
        with pytest.raises(ProblemError, match="No confirmed account"):
            await appoint(session, keyring, email)


async def test_a_second_one_is_not_appointed_here(session: AsyncSession, database: str, keyring: Keyring) -> None:
    await _account(database, keyring, EMAIL, confirmed=True)
    await _account(database, keyring, "second@people.example", confirmed=True)
    await appoint(session, keyring, EMAIL)
    for email in (EMAIL, "second@people.example"):
        with pytest.raises(ProblemError, match="already"):
            await appoint(session, keyring, email)


async def test_the_first_one_is_an_administrator_and_the_log_says_so(
    session: AsyncSession, database: str, keyring: Keyring
) -> None:
    id_ = await _account(database, keyring, EMAIL, confirmed=True)
    await appoint(session, keyring, EMAIL.upper())
    account = await session.get_one(Account, id_)
    assert account.roles == [PlatformRole.ADMIN]
    connection = await session.connection()
    found = (await connection.exec_driver_sql("select kind::text, subject, fields from audit_event")).all()
    assert [tuple(row) for row in found] == [("ROLE", f"Account:{id_}", ["granted ADMIN"])]
