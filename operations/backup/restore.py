"""Restoring: an old dump with today's keys, and without those who were erased or what was withdrawn since."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import delete, exists, func, text
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account
from models.attempt import Attempt
from models.complaint import Complaint
from models.database import client, migration
from models.database.connection import DatabaseError, engine, session_factory
from models.demographics import Demographics
from models.key import WrappedKey
from models.secret import Keyring
from models.story import Story, StoryStatus
from models.tombstone import Tombstone
from operations.account import hold, opened
from operations.backup.dump import KEYS
from operations.disclosure.erase import end_disclosures
from operations.erasure import erase
from operations.story import withdraw_stories

MISSING = "select not exists (select from account) and not exists (select from story)"
SETTLE = (
    # A number that a later story had is not given again.
    """
    select setval(pg_get_serial_sequence('story', 'id'), greatest(
        (select max(id) from story), (select max(number) from tombstone), (select last_value from story_id_seq)))
    """,
    # Transactions count from the start in a new server: events of the old one would wait for ever, and whoever reads
    # them would wait for numbers that are far ahead. What was read stays read, but for what was written beside it.
    """
    update event_reader as reader set transaction = pg_current_xact_id(), event_id = coalesce(
        (select min(id) - 1 from event where (event.transaction, event.id) > (reader.transaction, reader.event_id)),
        (select max(id) from event), 0)
    """,
    "update event set transaction = pg_current_xact_id()",
)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was not brought back: people erased since the dump, and stories withdrawn since."""

    accounts: int
    stories: int


async def restore(dsn: str, keyring: Keyring, folder: Path, dump: Path | None = None) -> Restored:
    """Fill an empty database from a dump of the folder, the newest by default, and from its `keys.dump`.

    Raises DatabaseError where something is missing, where the database is not empty, or where a program fails.
    """
    data = dump or newest(folder)
    if not (folder / KEYS).is_file():
        raise DatabaseError(f"There is no {KEYS} in this folder: without the keys no private value opens.")
    await _emptied(dsn)
    client.run("pg_restore", dsn, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(data))
    await migration.upgrade(dsn)
    options = ("--data-only", "--enable-row-security", "--exit-on-error", "--single-transaction")
    client.run("pg_restore", dsn, *options, str(folder / KEYS), keys=True)
    try:
        return await forget(dsn, keyring)
    except BaseException:
        # SECURITY: what could not be made to forget is not left standing.
        await _clear(dsn)
        raise


def newest(folder: Path) -> Path:
    """The last dump that was made into a folder; DatabaseError without one."""
    found = sorted(folder.glob("candour-*.dump"))
    if not found:
        raise DatabaseError("There is no dump in this folder: its name would begin with candour-.")
    return found[-1]


async def forget(dsn: str, keyring: Keyring) -> Restored:
    """Erase whose key is gone, and withdraw what has a tombstone, in a database just restored.

    SECURITY: P17, P18: nobody's data come back by way of a dump that is older than their erasure.
    """
    async with _session(dsn) as session:
        await session.exec(text("set local statement_timeout = 0"))  # type: ignore[call-overload]
        keyless = await _erase_keyless(session, keyring)
        buried = select(Story.id).where(col(Story.id).in_(select(Tombstone.number)))
        numbers = (await session.exec(buried.where(col(Story.status) != StoryStatus.WITHDRAWN))).all()
        await withdraw_stories(session, numbers)
        await _erase_unlinked(session, keyring)
        # SECURITY: P09: a disclosure that was ended since the dump does not begin again.
        await end_disclosures(session)
        for statement in SETTLE:
            await session.exec(text(statement))  # type: ignore[call-overload]
    return Restored(keyless, len(numbers))


async def _erase_keyless(session: AsyncSession, keyring: Keyring) -> int:
    has_key = exists().where(col(WrappedKey.id) == col(Account.id))
    found = (await session.exec(select(Account.id).where(~has_key))).all()
    everybody = (await session.exec(select(func.count()).select_from(Account))).one()
    if found and len(found) == everybody:
        raise DatabaseError(f"{KEYS} holds no key of anybody in this dump: it belongs to another database.")
    for account_id in found:
        await erase(session, keyring, await hold(session, account_id, change=True))
    own_key = exists().where(or_(col(WrappedKey.id) == col(Complaint.id), col(Complaint.account_id).is_not(None)))
    await session.exec(delete(Complaint).where(~own_key))
    return len(found)


async def _erase_unlinked(session: AsyncSession, keyring: Keyring) -> None:
    """Delete answers that belong to nobody who is there, and what was counted against guessing."""
    kept: list[UUID] = []
    accounts = await session.exec(select(Account).where(col(Account.demographics_id).is_not(None)))
    for account in accounts:
        assert account.demographics_id is not None
        place = f"account.demographics_id:{account.id}"
        kept.append(UUID(opened(keyring, account).decrypt(account.demographics_id, place)))
    await session.exec(delete(Demographics).where(col(Demographics.id) != func.all(kept)))
    await session.exec(delete(Attempt))


async def _emptied(dsn: str) -> None:
    """A database without tables, from one that was just made; DatabaseError if anybody or any story is in it."""
    async with _session(dsn) as session:
        if not (await session.exec(text(MISSING))).scalar_one():  # type: ignore[call-overload]
            raise DatabaseError("This database is not empty: restore into a new one.")
    await _clear(dsn)


async def _clear(dsn: str) -> None:
    """Remove all rows and tables."""
    async with _session(dsn) as session:
        for table in (Story, Account, Complaint):
            await session.exec(delete(table))
    await migration.downgrade(dsn, "base")
    async with _session(dsn) as session:
        await session.exec(text("drop table alembic_version"))  # type: ignore[call-overload]


@asynccontextmanager
async def _session(dsn: str) -> AsyncIterator[AsyncSession]:
    """One transaction."""
    own = engine(dsn, 1)
    try:
        async with session_factory(own).begin() as session:
            yield session
    finally:
        await own.dispose()
