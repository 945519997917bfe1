"""Services whose postcode is in no area, for somebody to look at."""

from collections.abc import Sequence

from sqlmodel import col, exists, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.area import PostcodeArea
from models.service import Service


async def unknown_postcodes(session: AsyncSession) -> Sequence[Service]:
    """Open services with a postcode that the routing table does not have, by postcode and code."""
    routed = exists().where(col(PostcodeArea.postcode) == col(Service.postcode))
    wanted = select(Service).where(col(Service.postcode).is_not(None), col(Service.closed_on).is_(None), ~routed)
    found = await session.exec(wanted.order_by(col(Service.postcode), col(Service.ods_code), col(Service.id)))
    return found.all()
