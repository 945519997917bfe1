"""`python -m bench`: Candour beside its limit, on the same database and in the same run."""

import argparse
import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bench import report
from bench.error import BenchError
from bench.explain import explain
from bench.measure import Effort, stand
from bench.queries import HOME, PAGES, QUERIES, Query
from bench.reading import Comparison
from bench.world import DATA, prepare
from models.database.embedded import EmbeddedPostgres

DEFAULT_SIZE = 100_000
Found = dict[Query, Comparison]


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[DEFAULT_SIZE], help="numbers of stories")
    parser.add_argument("--queries", nargs="+", choices=[query.name for query in QUERIES], help="only these")
    parser.add_argument("--pages", type=int, nargs="*", choices=PAGES, default=PAGES, help="sizes of the home page")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each server is read in a round")
    parser.add_argument("--rounds", type=int, default=5, help="how often the servers take turns")
    parser.add_argument("--without-memory", action="store_true", help="ask the database for every answer")
    parser.add_argument("--explain", action="store_true", help="print statements and plans, and measure nothing")
    parser.add_argument("--fresh", action="store_true", help="make the databases anew")
    return parser.parse_args()


def queries(chosen: argparse.Namespace) -> list[Query]:
    """The queries that are asked for; all, if none is named."""
    return [query for query in QUERIES if not chosen.queries or query.name in chosen.queries]


def one_size(cluster: EmbeddedPostgres, stories: int, chosen: argparse.Namespace) -> Found:
    """Measure and print what there is to say of one number of stories."""
    world = prepare(cluster, stories, fresh=chosen.fresh)
    with stand(world, Effort(chosen.seconds, chosen.rounds), memory=not chosen.without_memory) as running:
        if chosen.explain:
            for query in queries(chosen):
                print(f"\n-- {query.title}\n{explain(world, running.chosen, running.candour, query)}")
            return {}
        found = {query: running.compare(query) for query in queries(chosen)}
        how = ", without memory" if chosen.without_memory else ""
        print(f"\n## {stories:,} stories, 16 connections, one worker each, {os.cpu_count()} CPUs{how}\n")
        print(report.queries_table(found), flush=True)
        print(f"\n{report.others_line(found)}\n{report.memory_line(running.peak_megabytes)}")
        if stories == chosen.sizes[0] and chosen.pages:
            known = {page: running.compare(HOME, page) for page in chosen.pages}
            print(f"\nGrowth with the page:\n\n{report.pages_table(known)}")
            print(f"\n{report.memory_line(running.peak_megabytes)}", flush=True)
    return found


@contextmanager
def alone() -> Iterator[None]:
    """Raise BenchError if another benchmark runs on the same data: each would measure both."""
    DATA.mkdir(parents=True, exist_ok=True)
    with (DATA / "bench.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BenchError("another one is running") from None
        yield


def main() -> None:
    """Measure all sizes, then compare them."""
    chosen = options()
    with alone(), EmbeddedPostgres(DATA) as cluster:
        found = {stories: one_size(cluster, stories, chosen) for stories in chosen.sizes}
    if len(found) > 1 and not chosen.explain:
        print(f"\nGrowth with the number of stories:\n\n{report.sizes_table(found)}")


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        sys.exit(f"The benchmark stopped: {error}")
