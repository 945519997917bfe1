"""Decoys: work for nothing, so that what happens to an unknown email takes as long as to a known one."""

from asyncio import get_running_loop, sleep
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

SECONDS = 0.25
"""Several times what the work takes on a busy machine."""
SIZE = 400
"""About what one row with an encrypted value writes to PostgreSQL's log, in bytes."""
# A message in PostgreSQL's log is in no table, yet its transaction is flushed to disk as one that wrote rows.
WRITE = text("select pg_logical_emit_message(true, 'decoy', repeat('.', :size))")


@asynccontextmanager
async def even() -> AsyncIterator[None]:
    """Whatever is done inside takes as long, however little it is; the wait holds no connection and no processor."""
    loop = get_running_loop()
    end = loop.time() + SECONDS
    yield
    await sleep(max(0.0, end - loop.time()))


async def write(session: AsyncSession, statements: int) -> None:
    """As many round trips to the database, each as heavy as inserting a row, that leave nothing."""
    connection = await session.connection()
    for _ in range(statements):
        await connection.execute(WRITE, {"size": SIZE})
