"""`python -m bench.soak`: minutes of mixed load at 16 connections, and whether the server's memory stays what it was.

The load is what a site has: known documents and ones never seen before, signed-in people, changes, requests that are
refused, clients that hang up, and subscriptions that come and go.
"""

import argparse
import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence

from bench.__main__ import alone
from bench.driver import CONNECTIONS
from bench.error import BenchError
from bench.live import PUBLISHED, signed_in, subscribed
from bench.processor import megabytes
from bench.queries import QUERIES
from bench.sample import Chosen, asked, choose, pairs
from bench.server import Server, candour
from bench.world import DATA, World, prepare
from models.database.embedded import EmbeddedPostgres

STORIES, PEOPLE = 10_000, 20
MOST_GROWTH = 0.03
"""What memory may grow by in the second half, as a part of what it is."""
READ = "mutation { recordReading(storyId: %s) { problems { code } } }"
NEVER_SEEN = "query Q%d { story(number: %d) { a%d: title services { b%d: name } } }"
HEAD = b"POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
OWN = "{ viewer { account { email readingHistory(first: 5) { nodes { number } } } } }"


class Soak:
    """The load, and what came of it."""

    def __init__(self, server: Server, chosen: Chosen, tokens: Sequence[str], until: float) -> None:
        self.port, self._numbers, self._tokens, self._until = server.port, chosen.numbers, tokens, until
        self._known = [pair.candour for query in QUERIES for pair in pairs(query, chosen, server)]
        self.done: Counter[str] = Counter()

    async def run(self) -> None:
        """Keep all connections busy until time is up."""
        async with asyncio.TaskGroup() as group:
            for place in range(CONNECTIONS):
                group.create_task(self._keep_busy(random.Random(place)))

    async def _keep_busy(self, chance: random.Random) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        while time.monotonic() < self._until:
            what, request, expected = self._next(chance)
            if what == "subscription":
                await self._subscribe(chance)
            else:
                writer.write(request)
                if what != "hang-up":
                    await self._answer(reader, expected)
                if what == "hang-up" or expected == 413:
                    writer.close()
                    reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            self.done[what] += 1
        writer.close()

    def _next(self, chance: random.Random) -> tuple[str, bytes, int]:
        """What comes next, its request, and the status of its answer."""
        drawn, number = chance.randrange(1000), chance.choice(self._numbers)
        token = chance.choice(self._tokens)
        if drawn < 50:
            text = NEVER_SEEN % (chance.getrandbits(40), number, chance.getrandbits(40), chance.getrandbits(40))
            return "never seen", asked(text, {}), 200
        if drawn < 90:
            return "change", asked(READ % f'"Story:{number}"', {}, token), 200
        if drawn < 180:
            return "signed in", asked(OWN, {}, token), 200
        if drawn < 195:
            return "refused", HEAD % 12 + b'{"query": "{', 400
        if drawn < 200:
            return "too large", HEAD % 50_000_000, 413
        if drawn < 210:
            return "hang-up", chance.choice(self._known), 0
        if drawn < 212:
            return "subscription", b"", 0
        return "known", chance.choice(self._known), 200

    async def _answer(self, reader: asyncio.StreamReader, expected: int) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        body = await reader.readexactly(length)
        if status != expected:
            raise BenchError(f"an answer had the status {status}: {body[:300].decode(errors='replace')}")

    async def _subscribe(self, chance: random.Random) -> None:
        socket = await subscribed(self.port, PUBLISHED, chance.choice([None, *self._tokens]), {})
        await socket.close()


def slope(samples: Sequence[tuple[float, float]]) -> float:
    """By how much the second values grow with the first, by least squares."""
    count = len(samples)
    mean_x, mean_y = (sum(sample[axis] for sample in samples) / count for axis in (0, 1))
    spread = sum((x - mean_x) ** 2 for x, _ in samples)
    return sum((x - mean_x) * (y - mean_y) for x, y in samples) / spread


async def _watched(soak: Soak, server: Server, every: float) -> list[tuple[float, float]]:
    """Memory at intervals, printed and told: (seconds, megabytes)."""
    load, began, found = asyncio.create_task(soak.run()), time.monotonic(), []
    print("\n| second | requests | MB |\n|---|---|---|", flush=True)
    while not load.done():
        await asyncio.wait({load}, timeout=every)
        now = time.monotonic() - began
        found.append((now, megabytes(server.pid)))
        print(f"| {now:.0f} | {soak.done.total():,} | {found[-1][1]:.1f} |", flush=True)
    load.result()
    return found


async def _soaked(world: World, server: Server, seconds: float, every: float) -> None:
    chosen, tokens = await choose(world), await signed_in(world.dsn, PEOPLE)
    soak = Soak(server, chosen, tokens, time.monotonic() + seconds)
    found = await _watched(soak, server, every)
    second = [sample for sample in found if sample[0] > seconds / 2]
    grown = slope(second)
    print(f"\n{', '.join(f'{number:,} {what}' for what, number in soak.done.most_common())}")
    print(
        f"Second half: {grown * 60:+.2f} MB a minute, {grown * seconds / soak.done.total() * 1e5:+.2f} MB per 100,000."
    )
    if grown * seconds / 2 > MOST_GROWTH * second[0][1]:
        raise BenchError("memory grows")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0, help="how long the load lasts")
    parser.add_argument("--every", type=float, default=20.0, help="seconds from one look at the memory to the next")
    given = parser.parse_args()
    with alone(), EmbeddedPostgres(DATA) as cluster:
        world = prepare(cluster, STORIES, fresh=False)
        with candour(world.dsn, world.data, 100, "soak") as server:
            asyncio.run(_soaked(world, server, given.seconds, given.every))


if __name__ == "__main__":
    try:
        main()
    except (BenchError, ExceptionGroup) as error:
        sys.exit(f"The soak stopped: {error}")
