"""Indexes around a big load: taken away before, so that rows arrive faster, and built again after."""

from collections.abc import Iterable

from sqlalchemy import Index
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, DropIndex

from models.base import metadata
from models.database.connection import Connection

TABLES = (
    "account", "consent", "ip_address_use", "story", "story_service", "story_area", "story_tag", "response",
    "change", "moderation_entry", "reading", "similar_experience",
)  # fmt: skip
"""Those that the load fills."""
MEMORY = "256MB"


def indexes() -> Iterable[Index]:
    """What the models declare on these tables, but for those that keep values unique."""
    for name in TABLES:
        yield from sorted((i for i in metadata.tables[name].indexes if not i.unique), key=lambda i: str(i.name))


async def drop_indexes(connection: Connection) -> None:
    """Take them away, all or none."""
    async with connection.transaction():
        for index in indexes():
            await connection.execute(_sql(DropIndex(index, if_exists=True)))


async def missing_indexes(connection: Connection) -> list[Index]:
    """Those that are not there, because a load was cut short."""
    there = {row[0] for row in await connection.fetch("select indexname from pg_indexes")}
    return [index for index in indexes() if index.name not in there]


async def restore_index(connection: Connection, index: Index) -> None:
    """Build one of them again."""
    async with connection.transaction():
        await connection.execute(f"set local maintenance_work_mem = '{MEMORY}'")
        await connection.execute(_sql(CreateIndex(index, if_not_exists=True)))


def _sql(change: CreateIndex | DropIndex) -> str:
    return str(change.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
