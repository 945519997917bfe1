"""`python -m bench.live`: what open subscriptions cost, and how an event reaches those of two server processes."""

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from uuid import uuid4

import asyncpg
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from bench.__main__ import alone
from bench.count import counted
from bench.error import BenchError
from bench.processor import cpu_seconds, megabytes
from bench.server import Server, candour
from bench.world import DATA, World, prepare
from models.database.connection import normalise
from models.database.embedded import EmbeddedPostgres
from models.secret import token_hash

STORIES = 10_000
PUBLISHED = "subscription { storyPublished { number title services { name } criticality } }"
FILTERED = "subscription ($filter: StoryFilter) { storyPublished(filter: $filter) { number title } }"
QUEUE = "subscription { moderationQueueChanged { change number waiting story { number } } }"
EVENT = "insert into event (kind, number) values ('STORY_PUBLISHED', $1)"
SESSION = """
insert into session (id, token_hash, account_id, created_at, expires_at)
values ($1, $2, $3, now(), now() + interval '1 hour')
"""
PATIENCE = 60.0
ROUNDS = 20


async def subscribed(port: int, query: str, token: str | None, variables: dict[str, object]) -> ClientConnection:
    """A socket with one subscription."""
    address = f"ws://127.0.0.1:{port}/graphql"
    socket = await connect(address, subprotocols=[Subprotocol("graphql-transport-ws")], compression=None)
    payload = {"authorization": f"Bearer {token}"} if token else {}
    await socket.send(orjson.dumps({"type": "connection_init", "payload": payload}).decode())
    if orjson.loads(await socket.recv())["type"] != "connection_ack":
        raise BenchError("a socket was not acknowledged")
    asked = {"query": query, "variables": variables}
    await socket.send(orjson.dumps({"id": "1", "type": "subscribe", "payload": asked}).decode())
    return socket


async def signed_in(dsn: str, number: int) -> list[str]:
    """Tokens of so many accounts, the last one of a moderator."""
    connection = await asyncpg.connect(normalise(dsn))
    try:
        people = await connection.fetch(
            "select id, roles::text[] && array['MODERATOR'] as moderates from account order by 2 desc, id limit $1",
            number,
        )
        tokens = [f"bench-{uuid4()}" for _ in people]
        rows = [(uuid4(), token_hash(token), row["id"]) for token, row in zip(tokens, people, strict=True)]
        await connection.executemany(SESSION, rows)
    finally:
        await connection.close()
    return tokens[::-1]


def asked(place: int, tokens: Sequence[str]) -> tuple[str, str | None, dict[str, object]]:
    """What the client at a place asks, and as whom: visitors and members, half of them with a filter; one moderator."""
    if place == 0:
        return QUEUE, tokens[-1], {}
    token = tokens[place % (len(tokens) - 1)] if place % 2 else None
    if place % 4 < 2:
        return PUBLISHED, token, {}
    return FILTERED, token, {"filter": {"search": f"nurse or story{place % 50}"}}


async def heard(sockets: Sequence[ClientConnection]) -> float:
    """The seconds until all sockets have an answer; raises BenchError where one hears nothing, or an error."""
    began = time.perf_counter()
    try:
        async with asyncio.timeout(PATIENCE):
            answers = await asyncio.gather(*(socket.recv() for socket in sockets))
    except TimeoutError:
        raise BenchError("somebody was not told of an event") from None
    taken = time.perf_counter() - began
    if any(orjson.loads(answer)["type"] != "next" for answer in answers):
        raise BenchError("somebody was refused")
    return taken


async def told(dsn: str, sockets: Sequence[ClientConnection], numbers: Sequence[int]) -> list[float]:
    """The seconds that each of these stories' events takes to reach all whom it concerns."""
    connection = await asyncpg.connect(normalise(dsn))
    taken = []
    try:
        for number in numbers:
            hearing = asyncio.create_task(heard(sockets))
            await asyncio.sleep(0)
            await connection.execute(EVENT, number)
            taken.append(await hearing)
    finally:
        await connection.close()
    return taken


def measure(world: World, servers: Sequence[Server], subscriptions: int) -> None:
    """Open the subscriptions, and print what they cost."""
    first, second = servers
    before = megabytes(first.pid)
    with asyncio.Runner() as runner:
        tokens = runner.run(signed_in(world.dsn, 200))
        numbers = runner.run(_published(world.dsn))
        began = time.perf_counter()
        sockets = runner.run(_opened(first.port, subscriptions, tokens))
        others = runner.run(_opened(second.port, 20, tokens))
        print(f"{subscriptions:,} subscriptions were opened in {time.perf_counter() - began:.1f} s.")
        opened = megabytes(first.pid)
        print(f"They cost {opened - before:.1f} MB of resident memory ({opened:.0f} MB with them).")
        everybody = [*sockets, *others]
        runner.run(told(world.dsn, everybody, numbers[:2]))
        processor = cpu_seconds(first.pid)
        taken = sorted(runner.run(told(world.dsn, everybody, numbers)))
        used = (cpu_seconds(first.pid) - processor) / len(numbers)
        print(f"An event reached {len(everybody):,} clients of two processes in {taken[len(taken) // 2]:.3f} s")
        print(f"(median of {len(taken)}; slowest {taken[-1]:.3f} s), for {used:.3f} s of the first one's CPU.")
        print(f"After {ROUNDS} events: {megabytes(first.pid) - before:.1f} MB more than without subscriptions.")
    with counted(world) as texts, asyncio.Runner() as runner:
        runner.run(told(world.dsn, (), numbers[:1]))
        time.sleep(1)
    own = [text for text in texts if "live_subscriber" in text or "to_json" in text or "token_hash = any" in text]
    print(f"Statements of an event in both processes: {len(own)}, for the kinds of viewers with and without a filter:")
    for text, times in Counter(" ".join(text.split())[:60] for text in own).most_common():
        print(f"  {times} x {text}")


async def _opened(port: int, number: int, tokens: Sequence[str]) -> list[ClientConnection]:
    sockets = []
    for place in range(number):
        query, token, variables = asked(place, tokens)
        sockets.append(await subscribed(port, query, token, variables))
    # Whoever was refused would have heard so by now.
    await asyncio.sleep(1)
    return sockets


async def _published(dsn: str) -> list[int]:
    connection = await asyncpg.connect(normalise(dsn))
    try:
        rows = await connection.fetch(
            "select id from story where status = 'PUBLISHED' and search @@ websearch_to_tsquery('english', 'nurse') "
            "order by id limit $1",
            ROUNDS,
        )
        return [row["id"] for row in rows]
    finally:
        await connection.close()


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m bench.live", description=__doc__)
    parser.add_argument("--subscriptions", type=int, default=1_000)
    parser.add_argument("--fresh", action="store_true", help="make the database anew")
    chosen = parser.parse_args()
    with alone(), EmbeddedPostgres(DATA / "live") as cluster, ExitStack() as stack:
        world = prepare(cluster, STORIES, fresh=chosen.fresh)
        alone_with_it = {"CANDOUR_WORKER": "false", "CANDOUR_SECOND_FACTOR": "false"}
        started = (candour(world.dsn, world.data, 100, f"live-{n}", **alone_with_it) for n in (1, 2))
        measure(world, [stack.enter_context(server) for server in started], chosen.subscriptions)


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        sys.exit(f"The benchmark stopped: {error}")
