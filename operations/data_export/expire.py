"""The end of copies: fetched, or never fetched in time."""

from datetime import timedelta

from sqlalchemy import and_, delete, func, or_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.data_export import DataExport, DataExportPart, DataExportStatus

RESUMABLE = timedelta(minutes=10)
"""For how long after its first byte a download that broke off can be resumed."""


async def expire(session: AsyncSession) -> int:
    """Delete copies that were fetched or are too old (P16), and say how many there were."""
    now = func.statement_timestamp()
    old = update(DataExport).where(col(DataExport.status) == DataExportStatus.READY, col(DataExport.expires_at) <= now)
    await session.exec(old.values(status=DataExportStatus.EXPIRED, token=None))
    fetched = and_(col(DataExport.status) == DataExportStatus.FETCHED, col(DataExport.fetched_at) <= now - RESUMABLE)
    over = or_(fetched, col(DataExport.status).in_((DataExportStatus.EXPIRED, DataExportStatus.FAILED)))
    ended = delete(DataExportPart).where(col(DataExportPart.export_id).in_(select(DataExport.id).where(over)))
    gone = await session.exec(ended.returning(col(DataExportPart.export_id)))
    return len({export_id for (export_id,) in gone})
