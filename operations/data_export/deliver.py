"""A copy that is complete gets its link, its last day, and an e-mail."""

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account
from models.data_export import DataExport, DataExportStatus
from models.secret import PersonKey, token_hash
from operations.mail import queue

LIFETIME = timedelta(days=7)
PATH = "/exports/"
"""What comes before the token in the address of a copy."""


async def deliver(
    session: AsyncSession, key: PersonKey, account: Account, export_id: UUID, size: int, site: str
) -> None:
    """Make the copy of `size` bytes fetchable for seven days, and tell its person."""
    # SECURITY: 256 random bits; stored as a hash, and under the person's key for the e-mail and the account page.
    token = secrets.token_urlsafe(32)
    ready = (
        update(DataExport)
        .where(col(DataExport.id) == export_id)
        .values(
            status=DataExportStatus.READY,
            ready_at=func.statement_timestamp(),
            expires_at=func.statement_timestamp() + LIFETIME,
            size=size,
            token=key.encrypt(token, f"data_export.token:{export_id}"),
            token_hash=token_hash(token),
        )
        .returning(col(DataExport.expires_at))
    )
    (expires_at,) = (await session.exec(ready)).one()
    if account.email is not None:
        to = key.decrypt(account.email, f"account.email:{account.id}")
        expires = f"{expires_at:%d %B %Y, %H:%M} UTC".lstrip("0")
        link = f"{site}{PATH}{token}"
        queue(session, key, "export_ready", to, account_id=account.id, link=link, expires=expires)
