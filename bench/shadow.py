"""`python -m bench.shadow`: what it costs to compare a candidate for the policies in every request.

Two servers on the same database take turns, one of them with a shadow that would show previews to everybody, so that
nearly every field of a story differs.
"""

import argparse
import asyncio
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from bench.__main__ import alone
from bench.driver import Driver
from bench.error import BenchError
from bench.queries import HOME, QUERIES, SERVICE, STORY, Query
from bench.reading import Reading
from bench.report import table
from bench.sample import choose, pairs
from bench.server import Server, candour
from bench.world import DATA, World, prepare
from models.database.embedded import EmbeddedPostgres
from policies.plan import FOLDER

PAGE_MAX = 100
WARM_SECONDS = 0.5
MOST_PERCENT = 10
"""A shadow may cost so much."""
HEAD = ("query", "server CPU ms", "with a shadow", "more", "requests/s", "with a shadow", "fewer")
WIDER = (
    ('story.status in ["PUBLISHED", "RESTRICTED"]', 'story.status in ["PREVIEW", "PUBLISHED", "RESTRICTED"]'),
    ('story.status = "PUBLISHED"', 'story.status in ["PREVIEW", "PUBLISHED"]'),
)
ASKED = {"CANDOUR_MEMORY_MB": "0"}
"""Every request asks the policies' statements: an answer that is remembered costs neither server anything."""


def candidate(folder: Path) -> Path:
    """Write policies that show previews to everybody."""
    for path in FOLDER.glob("*.polar"):
        text = path.read_text(encoding="utf-8")
        for live, wider in WIDER if path.name == "story.polar" else ():
            if live not in text:
                raise BenchError(f"{path.name} has no {live}")
            text = text.replace(live, wider)
        (folder / path.name).write_text(text, encoding="utf-8")
    return folder


def measure(world: World, plain: Server, shadowed: Server, chosen: argparse.Namespace) -> list[list[str]]:
    """A row for each query: the medians over the rounds, and of what the shadow adds within each."""
    sample = asyncio.run(choose(world))
    rows: list[list[str]] = []
    with Driver(world) as driver:
        for query in QUERIES:
            if query.name in chosen.queries:
                asked = {
                    server: [pair.candour for pair in pairs(query, sample, server)] for server in (plain, shadowed)
                }
                for server, requests in asked.items():
                    driver.read(server, requests, WARM_SECONDS)
                rounds = [
                    [driver.read(server, requests, chosen.seconds) for server, requests in asked.items()]
                    for _ in range(chosen.rounds)
                ]
                rows.append(_row(query, rounds))
                print(f"{query.title}: done", file=sys.stderr)
    return rows


def _row(query: Query, rounds: list[list[Reading]]) -> list[str]:
    plain, shadowed = zip(*rounds, strict=True)
    more = median(two.server_ms / one.server_ms - 1 for one, two in rounds)
    fewer = median(1 - two.rate / one.rate for one, two in rounds)
    cpu = [f"{median(reading.server_ms for reading in readings):.3f}" for readings in (plain, shadowed)]
    rates = [f"{median(reading.rate for reading in readings):,.0f}" for readings in (plain, shadowed)]
    verdict = "" if more * 100 < MOST_PERCENT else " TOO MUCH"
    return [query.title, *cpu, f"{more:+.1%}{verdict}", *rates, f"{fewer:.1%}"]


def main() -> None:
    """Measure the queries in turns, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.shadow", description=__doc__)
    names = [query.name for query in QUERIES]
    parser.add_argument("--stories", type=int, default=10_000, help="stories in the database")
    parser.add_argument("--queries", nargs="+", choices=names, default=[HOME.name, STORY.name, SERVICE.name])
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each server is read in a round")
    parser.add_argument("--rounds", type=int, default=5, help="how often the servers take turns")
    chosen = parser.parse_args()
    with alone(), EmbeddedPostgres(DATA) as cluster, tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        world = prepare(cluster, chosen.stories, fresh=False)
        shadow = str(candidate(Path(folder)))
        plain = running.enter_context(candour(world.dsn, world.data, PAGE_MAX, "plain", **ASKED))
        named = {"CANDOUR_POLICY_SHADOW": shadow}
        shadowed = running.enter_context(candour(world.dsn, world.data, PAGE_MAX, "shadowed", **ASKED, **named))
        print(table(HEAD, measure(world, plain, shadowed, chosen)))


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        sys.exit(f"The benchmark stopped: {error}")
