"""The world as objects: every row of a database, loaded with its relations by plain SELECTs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import inspect, text
from sqlalchemy.orm import selectinload
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

import models
from models.database.connection import engine, session_factory

LOADED: Sequence[type[Any]] = (
    models.Organisation, models.Area, models.Service, models.Account, models.Tag, models.Story, models.Response,
    models.Change, models.Membership, models.Consent, models.IpAddressUse, models.Reading, models.SimilarExperience,
    models.ModerationEntry, models.StoryOriginal, models.Demographics,
    models.Disclosure, models.Session, models.SecondFactor, models.EmailChange, models.Correction, models.DataExport, models.Complaint,
    models.AccessLogEntry, models.AuditEvent, models.Alert, models.MailRefusal, models.WrappedKey,
)  # fmt: skip
SEARCHES = ("waiting", "kind staff", '"waiting list"', "room -list", "nurse or doctor", "zzzz", "the")
FOUND = """
select story.id, cast(ts_rank_cd(story.search, query) as float8) from story,
    websearch_to_tsquery('english', :search) as query where story.search @@ query
"""


@dataclass
class World:
    """All rows by class, in the order of their keys, and what objects don't tell."""

    rows: dict[type, list[Any]] = field(default_factory=dict)
    services: dict[int, list[Any]] = field(default_factory=dict)
    """The services of a story, in their order."""
    tags: dict[int, list[Any]] = field(default_factory=dict)
    """The tags of a story, in their order."""
    postcodes: frozenset[str] = frozenset()
    """Those that the directory knows."""
    nations: dict[str, set[str]] = field(default_factory=dict)
    """Of each of them: how the codes of its areas begin."""
    found: dict[str, dict[int, float]] = field(default_factory=dict)
    """For each of SEARCHES: the stories that PostgreSQL finds, with their ranks."""
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When it was loaded."""

    def all(self, model: type) -> list[Any]:
        return self.rows[model]

    def get(self, model: type, **wanted: Any) -> Any:
        """The one row with these values, or None."""
        matching = (row for row in self.rows[model] if all(getattr(row, k) == v for k, v in wanted.items()))
        return next(matching, None)


async def load(dsn: str) -> World:
    """Everything that is in the database."""
    database = engine(dsn, 1)
    world = World()
    try:
        async with session_factory(database)() as session:
            for model in LOADED:
                world.rows[model] = await _rows(session, model)
            await _links(session, world)
            for search in SEARCHES:
                result = await session.connection()
                world.found[search] = {n: rank for n, rank in await result.execute(text(FOUND), {"search": search})}
    finally:
        await database.dispose()
    return world


async def write(dsn: str, rows: Sequence[SQLModel]) -> None:
    """Writes rows, table by table in the order in which the tables first occur; one transaction for all."""
    database = engine(dsn, 1)
    by_table: dict[type, list[SQLModel]] = {}
    for row in rows:
        by_table.setdefault(type(row), []).append(row)
    try:
        async with session_factory(database).begin() as session:
            for table in by_table.values():
                session.add_all(table)
                await session.flush()
    finally:
        await database.dispose()


async def _rows(session: AsyncSession, model: type[Any]) -> list[Any]:
    mapper: Any = inspect(model)
    relations = [selectinload(getattr(model, relation.key)) for relation in mapper.relationships]
    keys = [getattr(model, attribute.key) for attribute in _key(mapper)]
    return list(await session.exec(select(model).options(*relations).order_by(*keys)))


def _key(mapper: Any) -> list[Any]:
    return [mapper.get_property_by_column(column) for column in mapper.primary_key]


async def _links(session: AsyncSession, world: World) -> None:
    services = {row.id: row for row in world.all(models.Service)}
    tags = {row.id: row for row in world.all(models.Tag)}
    served, tagged = models.StoryService, models.StoryTag
    for link in await session.exec(select(served).order_by(col(served.position), col(served.service_id))):
        world.services.setdefault(link.story_id, []).append(services[link.service_id])
    for label in await session.exec(select(tagged).order_by(col(tagged.position), col(tagged.tag_id))):
        world.tags.setdefault(label.story_id, []).append(tags[label.tag_id])
    codes = {area.id: area.code for area in world.all(models.Area)}
    for place in await session.exec(select(models.PostcodeArea)):
        world.nations.setdefault(place.postcode, set()).add(codes[place.area_id][0])
    world.postcodes = frozenset(world.nations)
