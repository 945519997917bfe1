"""What is not kept of e-mails: rows after a month, files (and drafts of files) of those whose row is gone."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, delete, func
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.mail import Mail

KEPT = timedelta(days=30)
ENDINGS = (".eml", ".draft")


async def purge_mail(session: AsyncSession) -> int:
    """Delete the rows of e-mails that ended a month ago; returns how many."""
    before = func.statement_timestamp() - KEPT
    ended = or_(col(Mail.sent_at) < before, col(Mail.failed_at) < before)
    result = await session.exec(delete(Mail).where(ended))
    return result.rowcount


async def purge_files(session: AsyncSession, folder: Path) -> int:
    """Delete files of e-mails whose row is gone, e.g. because their person was erased; returns how many."""
    files = _files(folder)
    if not files:
        return 0
    # One parameter, however many files there are.
    asked = bindparam(None, list({id_ for _, id_ in files}), ARRAY(Uuid))
    known = set(await session.exec(select(Mail.id).where(col(Mail.id) == func.any(asked))))
    gone = [path for path, id_ in files if id_ not in known]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def forget_files(folder: Path, mails: list[UUID]) -> None:
    """Delete the files of these e-mails, whose person was erased."""
    for id_ in mails:
        for ending in ENDINGS:
            (folder / f"{id_}{ending}").unlink(missing_ok=True)


def _files(folder: Path) -> list[tuple[Path, UUID]]:
    """What we wrote there, and of which e-mails."""
    found = [path for path in folder.iterdir() if path.suffix in ENDINGS] if folder.is_dir() else []
    return [(path, id_) for path in found if (id_ := _id(path)) is not None]


def _id(path: Path) -> UUID | None:
    try:
        return UUID(path.stem)
    except ValueError:
        return None
