"""Recording what operations do, in their own transaction."""

from collections.abc import Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from models.secret import Keyring
from operations.audit.entry import Entry
from operations.audit.seal import Row
from operations.audit.write import write


async def record_event(session: AsyncSession, keyring: Keyring, *entries: Entry) -> None:
    """Write what is done in this transaction to the audit log: both are there in the end, or neither."""
    # Whose a row is can be asked of the database only once it is there.
    await session.flush()
    connection = await session.connection()

    async def fetch(statement: str, /, *arguments: Any) -> Sequence[Row]:
        found = await connection.exec_driver_sql(statement, arguments)
        return found.mappings().all() if found.returns_rows else []

    await write(fetch, keyring, entries)
