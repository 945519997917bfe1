"""The site on a demo world, and what its log holds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx2

from models.database.connection import normalise
from models.secret import Keyring
from schema.endpoint.application import create_app
from settings import Settings
from tests.session.site import Site


@asynccontextmanager
async def opened(dsn: str, keyring: Keyring, data: Path, **chosen: Any) -> AsyncIterator[Site]:
    """A site that has started; it asks no second factor."""
    given = {"CANDOUR_DATA": data, "CANDOUR_POOL_SIZE": 2, "CANDOUR_URL": "http://candour.test"}
    app = create_app(Settings(**(given | chosen)), dsn)
    address = f"2001:db8::{uuid4().hex[:4]}"
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 1))
        connection = await asyncpg.connect(normalise(dsn))
        async with httpx2.AsyncClient(transport=transport, base_url="http://candour.test") as client:
            yield Site(client, connection, keyring, address)
        await connection.close()


async def logged(site: Site, kind: str, after: int = 0) -> list[asyncpg.Record]:
    """The events of a kind."""
    query = "select * from audit_event where kind = $1::auditkind and id > $2 order by id"
    return list(await site.connection.fetch(query, kind, after))


async def latest(site: Site) -> int:
    """The last event."""
    return int(await site.connection.fetchval("select coalesce(max(id), 0) from audit_event"))
