"""Candour's statements and their plans, to see why one is slow."""

import asyncio

from bench.count import texts
from bench.queries import Query
from bench.sample import Chosen, pairs
from bench.server import Server
from bench.world import World
from models.database.connection import Connection, open_pool


def explain(world: World, chosen: Chosen, candour: Server, query: Query) -> str:
    """Each statement of one request, with the plan that is used for all parameters."""
    first = pairs(query, chosen, candour)[0]
    found = [text.replace("\n\t", "\n") for text in texts(world, candour, [first.candour])]
    return "\n\n".join(
        f"{text}\n\n{plan}" for text, plan in zip(found, asyncio.run(_explained(world, found)), strict=True)
    )


async def _explained(world: World, found: list[str]) -> list[str]:
    pool = await open_pool(world.dsn, 1)
    connection = await pool.take()
    try:
        return [await _explained_one(connection, place, text) for place, text in enumerate(found)]
    finally:
        await connection.close()


async def _explained_one(connection: Connection, place: int, text: str) -> str:
    parameters = len((await connection.prepare(text)).get_parameters())
    await connection.execute(f"prepare explained_{place} as {text}")
    given = f"({', '.join(['null'] * parameters)})" if parameters else ""
    plan = await connection.fetch(f"explain execute explained_{place}{given}")
    return "\n".join(row[0] for row in plan)
