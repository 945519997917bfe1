"""Making the copies that were asked for: each whole, in one transaction, or not at all."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.data_export import DataExport, DataExportStatus
from models.secret import Keyring
from operations.account import hold
from operations.data_export.deliver import deliver
from operations.data_export.pack import GaveWay, pack
from operations.key import person_key
from operations.problem import ProblemError

Transaction = Callable[[], AbstractAsyncContextManager[AsyncSession]]
MOST_ATTEMPTS = 5
AT_ONCE = 20
"""How many copies one run makes at most."""
ONE_MAKER = text("select pg_try_advisory_xact_lock(hashtextextended('data_export ' || cast(:id as text), 0))")


@dataclass(frozen=True, slots=True)
class Maker:
    """What copies are made with; `site` is the address that links begin with."""

    transaction: Transaction
    keyring: Keyring
    site: str

    async def run(self) -> int:
        """Make what is asked for, the least tried first, and say how many; the first error is raised in the end."""
        made, errors = 0, []
        for export_id, account_id in await self._waiting():
            try:
                made += await self._attempt(export_id, account_id)
            except GaveWay:
                await self._count(export_id, -1)
            except Exception as error:
                errors.append(error)
        if errors:
            raise errors[0]
        return made

    async def _waiting(self) -> list[tuple[UUID, UUID]]:
        waiting = (
            select(DataExport.id, DataExport.account_id)
            .where(DataExport.status == DataExportStatus.REQUESTED)
            .order_by(col(DataExport.attempts), col(DataExport.requested_at), col(DataExport.id))
            .limit(AT_ONCE)
        )
        async with self.transaction() as session:
            return [(export, account) for export, account in await session.exec(waiting)]

    async def _attempt(self, export_id: UUID, account_id: UUID) -> bool:
        """Make one copy; False where there is nothing (more) to make, or another worker makes it."""
        async with self.transaction() as session:
            try:
                account = await hold(session, account_id)
            except ProblemError:
                return False
            mine = await session.scalar(ONE_MAKER, {"id": str(export_id)})
            if not mine or not await self._count(export_id, 1):
                return False
            key = await person_key(session, self.keyring, account_id)
            size = await pack(self, session, key, account, export_id)
            await deliver(session, key, account, export_id, size, self.site)
            return True

    async def _count(self, export_id: UUID, step: int) -> bool:
        """Count an attempt, committed whatever becomes of it; False, and the end, after too many."""
        requested = (col(DataExport.id) == export_id, col(DataExport.status) == DataExportStatus.REQUESTED)
        left = col(DataExport.attempts) < MOST_ATTEMPTS if step > 0 else col(DataExport.attempts) > 0
        counted = update(DataExport).where(*requested, left).values(attempts=col(DataExport.attempts) + step)
        failed = update(DataExport).where(*requested).values(status=DataExportStatus.FAILED)
        async with self.transaction() as session:
            if (await session.exec(counted)).rowcount:
                return True
            if step > 0:
                await session.exec(failed)
            return False
