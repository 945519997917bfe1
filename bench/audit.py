"""`python -m bench.audit`: how many private reads a second are answered, each on the audit log before it leaves.

An abuse analyst reads the IP addresses of one story after the other, over 16 connections. Then the whole log is
verified: as many entries as answers, and each as it was written.
"""

import argparse
import asyncio
import secrets
import sys
import time
from dataclasses import dataclass
from uuid import uuid4

import asyncpg

from bench.__main__ import alone
from bench.driver import Driver
from bench.error import BenchError
from bench.reading import Reading
from bench.server import candour
from bench.world import DATA, World, prepare
from models.database.connection import normalise
from models.database.embedded import EmbeddedPostgres
from models.secret import token_hash
from operations.audit.verify import verify

STORIES = 10_000
WANTED = 1_000
"""Private reads a second that keep being recorded."""
WARM_SECONDS = 1.0
BUSY = 0.1
"""The share of the machine from which on other programs matter."""
SESSION = """
insert into session (id, token_hash, account_id, created_at, expires_at)
select $1, $2, id, now(), now() + interval '1 day' from account where 'ABUSE' = any(roles) limit 1
"""
NUMBERS = """
select id from story where status = 'PUBLISHED' and ip_address is not null and author_id is not null
order by id limit 500
"""
QUERY = '{"query":"query($n: Int!) { story(number: $n) { ipAddress } }","variables":{"n":%d}}'
COUNTS = (
    "select count(*) as events, count(distinct xmin::text) as commits from audit_event where kind = 'READ' and id > $1"
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many entries were written, in how many commits."""

    events: int
    commits: int


def request(token: str, number: int) -> bytes:
    """A private read as it is sent."""
    body = QUERY % number
    lines = (
        "POST /graphql HTTP/1.1", "Host: candour.example", "Content-Type: application/json",
        f"Authorization: Bearer {token}", "Candour-Purpose: abuse; ref=BENCH-1", f"Content-Length: {len(body)}",
    )  # fmt: skip
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


async def signed_in(dsn: str) -> tuple[str, list[int], int]:
    """The token of an abuse analyst, stories to read, and the last event so far."""
    connection = await asyncpg.connect(normalise(dsn))
    try:
        token = secrets.token_urlsafe(32)
        await connection.execute(SESSION, uuid4(), token_hash(token))
        numbers = [row["id"] for row in await connection.fetch(NUMBERS)]
        return token, numbers, await connection.fetchval("select coalesce(max(id), 0) from audit_event")
    finally:
        await connection.close()


async def recorded(world: World, after: int) -> tuple[Recorded, float, int]:
    """What was written since, how many seconds it takes to verify the whole log, and how many events that has."""
    connection = await asyncpg.connect(normalise(world.dsn))
    try:
        row = await connection.fetchrow(COUNTS, after)
        assert row is not None
        began = time.perf_counter()
        verdict = await verify(connection, world.keyring)
        taken = time.perf_counter() - began
        if verdict.faults:
            raise BenchError(f"the log is not as it was written: {verdict.faults[0]}")
        return Recorded(row["events"], row["commits"]), taken, verdict.events
    finally:
        await connection.close()


def measure(world: World, seconds: float) -> None:
    """Read, count what was written, verify, and print it all; raises BenchError where an answer is not on the log."""
    token, numbers, after = asyncio.run(signed_in(world.dsn))
    requests = [request(token, number) for number in numbers]
    with candour(world.dsn, world.data, 100, "audit", CANDOUR_WORKER="false", CANDOUR_SECOND_FACTOR="false") as server:
        if b'"ipAddress":null' in server.request(requests[0]):
            raise BenchError("the address was not shown")
        with Driver(world) as driver:
            driver.read(server, requests, WARM_SECONDS)
            _, _, warm = asyncio.run(recorded(world, after))
            before = asyncio.run(signed_in(world.dsn))[2]
            reading = driver.read(server, requests, seconds)
    found, taken, events = asyncio.run(recorded(world, before))
    answers = round(reading.rate * seconds)
    if events - warm != found.events or abs(found.events - answers) > answers // 20:
        raise BenchError(f"{answers:,} answers left, and {found.events:,} are on the log")
    needed = WANTED * (reading.server_ms + reading.postgres_ms) / 1000
    print(f"{reading.rate:,.0f} private reads a second, each on the log before its answer left, in commits")
    print(f"of {_each(found):.1f}; {reading.p50:.1f} ms a read, 99 of 100 within {reading.p99:.1f} ms.")
    print(
        f"A read took {reading.server_ms:.2f} ms of the server's CPU and {reading.postgres_ms:.2f} ms of PostgreSQL's:"
    )
    print(f"{WANTED:,} a second take {needed:.2f} CPUs{_verdict(reading)}.")
    print(f"`audit verify` looked at {events:,} events in {taken:.1f} s: all are as written.")


def _each(found: Recorded) -> float:
    return found.events / max(found.commits, 1)


def _verdict(reading: Reading) -> str:
    """Whether that is fast enough; where other programs run too, no rate can tell."""
    if reading.others > BUSY:
        return f"; other programs took {reading.others:.0%} of the machine, so the rate says little"
    return "" if reading.rate >= WANTED else f" — TOO FEW A SECOND, {WANTED:,} are wanted"


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m bench.audit", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--fresh", action="store_true", help="make the database anew")
    chosen = parser.parse_args()
    with alone(), EmbeddedPostgres(DATA / "audit") as cluster:
        measure(prepare(cluster, STORIES, fresh=chosen.fresh), chosen.seconds)


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        sys.exit(f"The benchmark stopped: {error}")
