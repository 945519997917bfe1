"""Sessions: who may sign in, what a token is worth, and for how long."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID, uuid4

import asyncpg
import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models import Account, Membership, MembershipRole, Organisation, OrganisationKind, PlatformRole, Region
from models.database.connection import Connection, engine, normalise
from models.key import WrappedKey
from models.secret import Keyring, token_hash
from models.session import Session
from operations import session as sessions
from operations.password import PASSWORDS, fits, hash_password
from operations.problem import ProblemCode, ProblemError
from operations.session import Rules, SignedIn, sign_out
from operations.sign_in import Credentials
from operations.sign_in import sign_in as start
from policies.viewer import Member

EMAIL = "person@candour.example"
PASSWORD = "a good long password"
RULES = Rules(second_factor=False)
OVER = Rules(timedelta(seconds=-1), second_factor=False)


@pytest.fixture
async def session(empty: str) -> AsyncIterator[AsyncSession]:
    """A session in a transaction that is rolled back."""
    opened = engine(empty)
    async with AsyncSession(opened, expire_on_commit=False) as session:
        yield session
        await session.rollback()
    await opened.dispose()


@pytest.fixture
async def account(session: AsyncSession, keyring: Keyring) -> Account:
    """A person with a password and nothing else."""
    made = uuid4()
    account = Account(
        id=made,
        email_hash=keyring.email_hash(EMAIL),
        password_hash=hash_password(PASSWORD),
        created_at=datetime.now(UTC),
        email_verified_at=datetime.now(UTC),
    )
    session.add(WrappedKey(id=made, wrapped=keyring.new_person_key(str(made))))
    session.add(account)
    await session.flush()
    await session.refresh(account, ["key"])
    return account


@pytest.fixture
def verifications(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes against which passwords were checked."""
    checked: list[str] = []
    verify = PASSWORDS.verify_and_update

    def counted(password: str, stored: str) -> tuple[bool, str | None]:
        checked.append(stored)
        return verify(password, stored)

    monkeypatch.setattr(PASSWORDS, "verify_and_update", counted)
    return checked


async def sign_in(
    session: AsyncSession, keyring: Keyring, email: str, password: str, rules: Rules = RULES
) -> SignedIn | None:
    """Signs in within the test's transaction; None for wrong credentials."""
    try:
        return await start(lambda: nullcontext(session), keyring, rules, Credentials(email, password))
    except ProblemError as error:
        if error.code is ProblemCode.WRONG_CREDENTIALS:
            return None
        raise


async def authenticate(session: AsyncSession, keyring: Keyring, token: str) -> Member | None:
    raw = await (await session.connection()).get_raw_connection()
    connection = cast(Connection, raw.driver_connection)
    return await sessions.authenticate(connection, keyring, RULES, token)


async def test_a_wrong_password_signs_nobody_in(session: AsyncSession, account: Account, keyring: Keyring) -> None:
    for wrong in ("", PASSWORD.upper(), PASSWORD + " ", "x" * 100_000):
        assert await sign_in(session, keyring, EMAIL, wrong) is None
    assert (await session.exec(select(Session))).all() == []


async def test_an_unknown_email_costs_as_many_hashes_as_a_wrong_password(
    session: AsyncSession, account: Account, keyring: Keyring, verifications: list[str]
) -> None:
    assert await sign_in(session, keyring, EMAIL, "wrong") is None
    assert await sign_in(session, keyring, "nobody@candour.example", PASSWORD) is None
    known, unknown = verifications
    assert known == account.password_hash
    assert unknown != known
    # The same algorithm, version, memory, passes and lanes: the same work.
    assert unknown.split("$")[:4] == known.split("$")[:4]


async def test_an_account_without_a_password_costs_the_same_and_stays_shut(
    session: AsyncSession, account: Account, keyring: Keyring, verifications: list[str]
) -> None:
    account.password_hash = None
    assert await sign_in(session, keyring, EMAIL, PASSWORD) is None
    assert len(verifications) == 1


async def test_an_expired_token_is_worth_nothing(session: AsyncSession, account: Account, keyring: Keyring) -> None:
    signed_in = await sign_in(session, keyring, EMAIL, PASSWORD)
    assert signed_in is not None
    await session.exec(update(Session).values(expires_at=func.statement_timestamp()))
    assert await authenticate(session, keyring, signed_in.token) is None


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 1_000_000, "é"])
async def test_an_unknown_token_is_worth_nothing(
    session: AsyncSession, account: Account, keyring: Keyring, token: str
) -> None:
    assert await sign_in(session, keyring, EMAIL, PASSWORD) is not None
    assert await authenticate(session, keyring, token) is None


async def test_a_stored_hash_is_no_token(session: AsyncSession, account: Account, keyring: Keyring) -> None:
    signed_in = await sign_in(session, keyring, EMAIL, PASSWORD)
    assert signed_in is not None
    (stored,) = (await session.exec(select(Session))).all()
    assert stored.token_hash == token_hash(signed_in.token)
    for copied in (stored.token_hash.hex(), str(stored.id), stored.token_hash.decode("latin-1")):
        assert await authenticate(session, keyring, copied) is None


async def test_signing_out_ends_one_session_at_once(session: AsyncSession, account: Account, keyring: Keyring) -> None:
    here = await sign_in(session, keyring, EMAIL, PASSWORD)
    there = await sign_in(session, keyring, EMAIL, PASSWORD)
    assert here is not None
    assert there is not None
    assert here.token != there.token
    await sign_out(session, "unknown")
    await sign_out(session, here.token)
    assert await authenticate(session, keyring, here.token) is None
    assert await authenticate(session, keyring, there.token) == there.viewer


async def test_signing_in_clears_ones_own_expired_sessions(
    session: AsyncSession, account: Account, keyring: Keyring
) -> None:
    assert await sign_in(session, keyring, EMAIL, PASSWORD) is not None
    await session.exec(update(Session).values(expires_at=func.statement_timestamp()))
    assert await sign_in(session, keyring, EMAIL, PASSWORD) is not None
    assert len((await session.exec(select(Session))).all()) == 1


async def test_a_session_that_is_over_at_once_makes_no_viewer(
    session: AsyncSession, account: Account, keyring: Keyring
) -> None:
    with pytest.raises(ProblemError) as caught:
        await start(lambda: nullcontext(session), keyring, OVER, Credentials(EMAIL, PASSWORD))
    assert caught.value.code is ProblemCode.NOT_SIGNED_IN


async def test_a_person_signs_in_for_twelve_hours(session: AsyncSession, account: Account, keyring: Keyring) -> None:
    signed_in = await sign_in(session, keyring, f"  {EMAIL.upper()} ", PASSWORD)
    assert signed_in is not None
    (stored,) = (await session.exec(select(Session))).all()
    assert stored.expires_at - stored.created_at == timedelta(hours=12)
    assert len(signed_in.token) >= 43
    viewer = signed_in.viewer
    assert (viewer.account_id, viewer.roles, viewer.staff, viewer.purpose) == (account.id, frozenset(), False, None)
    assert viewer.demographics_id is None
    assert await authenticate(session, keyring, signed_in.token) == viewer


async def test_a_token_tells_roles_membership_and_demographics(
    session: AsyncSession, account: Account, keyring: Keyring
) -> None:
    answers = UUID("0c7b8e7e-4b8e-4c4e-9a55-6a0d9b1f7a10")
    place = f"account.demographics_id:{account.id}"
    account.demographics_id = keyring.open(account.key, str(account.id)).encrypt(str(answers), place)
    account.roles = [PlatformRole.DPO, PlatformRole.MODERATOR]
    organisation = Organisation(name="A trust", slug="a-trust", kind=next(iter(OrganisationKind)), region=Region.WALES)
    session.add(organisation)
    await session.flush()
    session.add(Membership(account_id=account.id, organisation_id=organisation.id, role=MembershipRole.READER))
    await session.flush()
    signed_in = await sign_in(session, keyring, EMAIL, PASSWORD)
    assert signed_in is not None
    viewer = signed_in.viewer
    assert viewer.roles == {PlatformRole.DPO, PlatformRole.MODERATOR}
    assert viewer.staff is True
    assert viewer.demographics_id == answers
    assert viewer.key == account.key


async def test_a_hash_of_older_parameters_is_renewed(session: AsyncSession, account: Account, keyring: Keyring) -> None:
    older = PasswordHash((Argon2Hasher(memory_cost=8_192, time_cost=1, parallelism=1),))
    account.password_hash = older.hash(PASSWORD)
    await session.flush()
    assert await sign_in(session, keyring, EMAIL, PASSWORD) is not None
    stored = await session.exec(select(Account.password_hash).where(col(Account.id) == account.id))
    assert stored.one() == account.password_hash
    assert PASSWORDS.verify(PASSWORD, str(account.password_hash))
    assert str(account.password_hash).split("$")[3] == "m=19456,t=2,p=1"


async def test_authentication_is_one_statement(database: str, keyring: Keyring) -> None:
    connection = await asyncpg.connect(normalise(database))
    seen: list[str] = []
    connection.add_query_logger(lambda record: seen.append(record.query))
    assert await sessions.authenticate(connection, keyring, RULES, "unknown") is None
    await asyncio.sleep(0.01)
    assert seen == [sessions.WHOSE]
    await connection.close()


async def test_a_flood_of_sign_ins_hashes_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    running = most = 0

    def hashing(password: str, stored: str) -> tuple[bool, str | None]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        asyncio.run(asyncio.sleep(0.002))
        running -= 1
        return False, None

    monkeypatch.setattr(PASSWORDS, "verify_and_update", hashing)
    await asyncio.gather(*(fits(None, "x") for _ in range(20)))
    assert most == 1
