"""Candour's statements and their plans, to see why one is slow."""

import asyncio

from bench.count import texts
from bench.queries import Query
from bench.sample import Chosen, pairs
from bench.server import Server
from bench.world import World
from models.database.connection import open_pool


def explain(world: World, chosen: Chosen, candour: Server, query: Query) -> str:
    """Each statement of one request, with the plan that is used for all parameters."""
    first = pairs(query, chosen, candour)[0]
    found = [text.replace("\n\t", "\n") for text in texts(world, candour, [first.candour])]
    return "\n\n".join(f"{text}\n\n{plan}" for text, plan in zip(found, _plans(world, found), strict=True))


def _plans(world: World, found: list[str]) -> list[str]:
    return asyncio.run(_explained(world, found))


async def _explained(world: World, found: list[str]) -> list[str]:
    pool = await open_pool(world.dsn, 1)
    connection = await pool.take()
    try:
        plans = [await connection.fetch(f"explain (generic_plan) {text}") for text in found]
    finally:
        await connection.close()
    return ["\n".join(row[0] for row in plan) for plan in plans]
