"""The measurement: the servers take turns, so that whatever else the machine does hits them alike."""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from bench.check import check
from bench.count import statements
from bench.driver import Driver
from bench.processor import peak_megabytes
from bench.queries import DEFAULT_PAGE, PAGES, Query
from bench.reading import Comparison, Round
from bench.sample import Chosen, choose, pairs
from bench.server import Server, candour, limit
from bench.world import World

WARM_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Effort:
    """How long and how often each server is read."""

    seconds: float
    rounds: int


@dataclass(frozen=True, slots=True)
class Stand:
    """Everything that runs while one world is measured."""

    world: World
    chosen: Chosen
    candour: Server
    limit: Server
    bare: Server
    driver: Driver
    effort: Effort

    def compare(self, query: Query, page: int = DEFAULT_PAGE) -> Comparison:
        """Check that the answers are equal, count statements, then take turns."""
        asked = pairs(query, self.chosen, self.candour, page)
        for pair in asked:
            check(query, pair, self.candour, self.limit)
        ours, theirs = [pair.candour for pair in asked], [pair.limit for pair in asked]
        counted = (statements(self.world, self.candour, ours), statements(self.world, self.limit, theirs))
        turns = ((self.limit, theirs), (self.candour, ours), (self.bare, theirs))
        for server, requests in turns:
            self.driver.read(server, requests, WARM_SECONDS)
        rounds = [self._round(turns) for _ in range(self.effort.rounds)]
        print(f"{self.world.stories} stories, {query.title}, page of {page}: done", file=sys.stderr)
        return Comparison(rounds, counted)

    def _round(self, turns: Sequence[tuple[Server, list[bytes]]]) -> Round:
        return Round(*(self.driver.read(server, asked, self.effort.seconds) for server, asked in turns))

    @property
    def peak_megabytes(self) -> float:
        """The most memory that Candour's worker took so far."""
        return peak_megabytes(self.candour.pid)


@contextmanager
def stand(world: World, effort: Effort, *, memory: bool = True) -> Iterator[Stand]:
    """Start the servers and the load on a world; without `memory` Candour asks the database for every answer."""
    chosen = asyncio.run(choose(world))
    settings = {} if memory else {"CANDOUR_MEMORY_MB": "0"}
    with ExitStack() as running:
        yield Stand(
            world,
            chosen,
            running.enter_context(candour(world.dsn, world.data, max(PAGES), **settings)),
            running.enter_context(limit(world.dsn, world.data, keep=False)),
            running.enter_context(limit(world.dsn, world.data, keep=True)),
            running.enter_context(Driver(world)),
            effort,
        )
