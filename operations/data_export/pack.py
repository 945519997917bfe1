"""From rows to the encrypted parts of a ZIP file, a batch at a time, so that memory does not grow with the copy."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from time import monotonic
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account
from models.data_export import DataExportPart
from models.secret import Keyring, PersonKey
from operations.attempt import subject_hash
from operations.data_export.archive import Archive
from operations.data_export.readme import readme
from operations.data_export.sink import Sink
from operations.data_export.table import Table
from operations.data_export.tables import TABLES
from operations.rate import of_account, rate_hash

BATCH = 500
"""Rows that are held in memory at once."""
PATIENCE = "5min"
"""How long the database may take for the first row of a table."""
OBLIGING = 0.5
"""Seconds after which it is looked again whether somebody waits for the account."""
SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
WAITED_FOR = text(
    "select exists (select from pg_stat_activity as other where other.datname = current_database()"
    " and other.wait_event_type = 'Lock' and pg_backend_pid() = any(pg_blocking_pids(other.pid)))"
)


class GaveWay(Exception):
    """Somebody waits to change or erase the account: the copy is made later, or never."""


class Means(Protocol):
    """What a copy is made with."""

    @property
    def transaction(self) -> Callable[[], AbstractAsyncContextManager[AsyncSession]]: ...

    @property
    def keyring(self) -> Keyring: ...

    @property
    def site(self) -> str: ...


async def pack(means: Means, session: AsyncSession, key: PersonKey, account: Account, export_id: UUID) -> int:
    """Write the parts of the copy in the session's transaction, and say how many bytes they are in clear.

    Everything is read in one snapshot, taken now. Raises GaveWay as soon as somebody waits for the account.
    """
    async with means.transaction() as reading:
        connection = await reading.connection(execution_options=SNAPSHOT)
        await connection.execute(text(f"set local statement_timeout = '{PATIENCE}'"))
        made_at = (await connection.execute(select(func.transaction_timestamp()))).scalar_one()
        sink = Sink(key, export_id)
        packing = _Packing(session, connection, sink, Archive(sink, key, made_at), _parameters(means, key, account))
        await packing.document(means.site)
        await packing.tables()
        archive = packing.archive
        await packing.work(archive.finish, readme(means.site, made_at, archive.counts))
        sink.close()
        await packing.keep()
        return sink.size


def _parameters(means: Means, key: PersonKey, account: Account) -> dict[str, Any]:
    sealed, answers = account.demographics_id, None
    if sealed is not None:
        answers = UUID(key.decrypt(sealed, f"account.demographics_id:{account.id}"))
    email = key.decrypt(account.email, f"account.email:{account.id}") if account.email else ""
    subjects = [subject_hash(means.keyring, subject) for subject in (email, str(account.id))]
    subjects.append(rate_hash(means.keyring, of_account(account.id)))
    return {"person": account.id, "answers": answers, "subjects": subjects}


class _Packing:
    """One copy in the making."""

    def __init__(
        self,
        session: AsyncSession,
        connection: AsyncConnection,
        sink: Sink,
        archive: Archive,
        parameters: dict[str, Any],
    ) -> None:
        self.archive = archive
        self._session = session
        self._connection = connection
        self._sink = sink
        self._parameters = parameters
        self._asked = 0.0

    async def document(self, site: str) -> None:
        """The JSON document, table by table."""
        await self.work(self.archive.begin_document, site)
        for table in TABLES:
            self.archive.begin_list(table)
            await self._rows(table, self.archive.add_list)
            self.archive.end_list()
        await self.work(self.archive.end_document)

    async def tables(self) -> None:
        """The CSV files."""
        for table in TABLES:
            self.archive.begin_table(table)
            await self._rows(table, self.archive.add_table)
            await self.work(self.archive.end_table)

    async def work(self, step: Callable[..., None], *arguments: Any) -> None:
        """One step that takes CPU time, in a thread, so that the process keeps answering; then what it finished."""
        await asyncio.to_thread(step, *arguments)
        await self.keep()

    async def keep(self) -> None:
        """Store the parts that are finished."""
        await self._give_way()
        for number, content in self._sink.take():
            row = {"export_id": self._sink.export_id, "number": number, "content": content}
            await self._session.exec(insert(DataExportPart).values(row))

    async def _give_way(self) -> None:
        if monotonic() - self._asked < OBLIGING:
            return
        # SECURITY: P18: erasure must not wait for a long copy, so the copy is given up for it.
        if await self._session.scalar(WAITED_FOR):
            raise GaveWay
        self._asked = monotonic()

    async def _rows(self, table: Table, step: Callable[..., None]) -> None:
        """Read with a cursor in the server, a batch at a time."""
        statement = table.statement.execution_options(yield_per=BATCH)
        async with self._connection.stream(statement, self._parameters) as result:
            async for rows in result.partitions():
                await self.work(step, table, rows)
