"""The proof: compiled SQL in PostgreSQL and Oso itself on the loaded rows agree on every decision.

`CANDOUR_PROVE=1` makes it a million decisions; otherwise a few worlds.
"""

import asyncio
import os
from collections.abc import Iterable, Iterator, Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection as SyncConnection
from sqlalchemy import Table, insert, select
from sqlalchemy import inspect as inspect_model
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from models import Story
from models.database.connection import engine
from policies.condition import Condition, any_of
from policies.grant import READ, ROOTS
from policies.registry import CONCEPTS
from policies.sql import to_sql
from policies.viewer import Viewer
from tests.policies.chance import World
from tests.policies.people import policies

PROVE = bool(os.environ.get("CANDOUR_PROVE"))
WORLDS, STORIES, VIEWERS, ROWS = (21, 30, 22, 1000) if PROVE else (3, 8, 7, 16)
"""How many worlds, stories in each, viewers of each, and rows that each viewer is asked about."""
LINKS = (
    ("services", "story_service", "service_id"),
    ("areas", "story_area", "area_id"),
    ("tags", "story_tag", "tag_id"),
)
Decision = tuple[str, str, str]
"""Action, field and mask."""


def test_a_world_has_what_could_go_wrong() -> None:
    world = World(Random(7), 40)
    assert {story.status.value for story in world.stories} == set(_statuses())
    assert any(story.author is None for story in world.stories)
    assert any(area.organisation is None for area in world.areas)
    assert any(response.organisation is None for response in world.responses)
    assert any(not account.memberships for account in world.accounts)


@settings(
    max_examples=WORLDS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=not PROVE,
    phases=[Phase.explicit, Phase.generate],
)
@given(seed=st.integers(0, 2**32))
def test_sql_and_oso_agree(empty: str, seed: int) -> None:
    asyncio.run(_compare(empty, World(Random(seed), STORIES)))


async def _compare(dsn: str, world: World) -> None:
    database = engine(dsn, size=1)
    try:
        async with database.connect() as connection:
            for table, rows in _stored(world):
                await connection.execute(insert(table), rows)
            for viewer in world.random.sample(world.viewers(), VIEWERS):
                await _compare_viewer(connection, viewer, world)
            await connection.rollback()
    finally:
        await database.dispose()


async def _compare_viewer(connection: AsyncConnection, viewer: Viewer, world: World) -> None:
    others = [row for row in world.rows() if not isinstance(row, Story)]
    asked = [*world.stories, *world.random.sample(others, min(ROWS, len(others)))]
    for type_name, rows in _by_type(asked).items():
        wanted = _conditions(viewer, type_name)
        found = await connection.run_sync(_decided, type_name, wanted, viewer)
        for row in rows:
            expected = {(action, f, mask) for action, f, mask, _ in policies().engine.grants(viewer, row)}
            sql = {decision for decision, holds in zip(wanted, found[_key(row)], strict=True) if holds}
            assert sql == expected, (viewer, row, sql ^ expected)


def _conditions(viewer: Viewer, type_name: str) -> dict[Decision, Condition]:
    """Where the plan grants what: every action, field and mask of a type that any rule names."""
    plan = policies().plan(viewer)
    rules = [rule for rule in policies().rules if rule.name == "grant" and rule.type(2) == type_name]
    named = {(rule.literal(1) or "", field, rule.literal(4) or "") for rule in rules for field in rule.fields}
    return {
        (action, field, mask): any_of(g.condition for g in plan.grants(type_name, field, action) if g.mask == mask)
        for action, field, mask in sorted(named)
    }


def _decided(
    connection: SyncConnection, type_name: str, wanted: Mapping[Decision, Condition], viewer: Viewer
) -> dict[tuple[Any, ...], list[Any]]:
    """What SQL decides on every row of a type, by primary key, in the order of `wanted`."""
    model: Any = CONCEPTS[type_name]
    keys = list(inspect_model(model).primary_key)
    places = {condition: place for place, condition in enumerate(dict.fromkeys(wanted.values()), start=len(keys))}
    statement = select(*keys, *(to_sql(condition, model).label(f"d{n}") for condition, n in places.items()))
    rows = connection.execute(statement, dict(viewer.parameters))
    return {tuple(row[: len(keys)]): [row[places[condition]] for condition in wanted.values()] for row in rows}


def _key(row: Any) -> tuple[Any, ...]:
    return tuple(inspect_model(type(row)).primary_key_from_instance(row))


def _by_type(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(type(row).__name__, []).append(row)
    return found


def _stored(world: World) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """The rows as the database takes them, and the links of stories."""
    for rows in _by_type(world.rows()).values():
        table: Any = inspect_model(type(rows[0])).local_table
        columns = [column.name for column in table.columns if column.computed is None and column.name != "search"]
        yield table, [{name: getattr(row, name) for name in columns} for row in rows]
    for relation, link, column in LINKS:
        pairs = [(story.id, other.id) for story in world.stories for other in getattr(story, relation)]
        if pairs:
            yield SQLModel.metadata.tables[link], [{"story_id": story, column: other} for story, other in pairs]


def _statuses() -> list[str]:
    return ["SUBMITTED", "IN_REVIEW", "PREVIEW", "PUBLISHED", "RESTRICTED", "REJECTED", "WITHDRAWN"]


def test_every_type_with_rows_is_compared() -> None:
    compared = set(_by_type(World(Random(7), 20).rows()))
    granted = {rule.type(2) for rule in policies().rules if rule.name == "grant" and rule.literal(1) == READ}
    assert granted == compared


@pytest.mark.parametrize("type_name", sorted(set(CONCEPTS) - set(ROOTS)))
def test_every_type_is_granted_to_somebody(type_name: str) -> None:
    assert any(rule.type(2) == type_name for rule in policies().rules if rule.name == "grant")
