"""What was acknowledged outlives whatever is killed, nothing is there by halves, and service comes back by itself."""

import asyncio
import os
import signal
from itertools import count

import asyncpg
import orjson

from models.database.connection import normalise
from models.database.keeper import kept
from tests.fault.conftest import PEOPLE, Mortal
from tests.fault.load import Load, Person, until
from tests.operation.test_server import Running

EACH = 3
"""Stories of each person and load: retries are attempts too, of which there are ten."""


async def _killed(running: Running, number: int) -> None:
    """Kill so many server processes, and wait until others are in their places."""
    before = running.below()
    assert len(before) == 2
    for pid in sorted(before)[:number]:
        os.kill(pid, signal.SIGKILL)
    await until(lambda: len(running.below() - before) == number)


RUNNING = """
select count(*) from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock' and query not like '%pg_stat_activity%'
"""


async def test_a_client_that_hangs_up_ends_its_statement(served: Running, mortal: tuple[Mortal, str]) -> None:
    holder, outside = [await asyncpg.connect(normalise(mortal[0].dsn)) for _ in range(2)]
    body = orjson.dumps({"query": "{ tags(first: 1) { totalCount } }"})
    head = b"POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"

    async def busy() -> bool:
        return bool(await outside.fetchval(RUNNING))

    async def idle() -> bool:
        return not await busy()

    async with holder.transaction():
        await holder.execute("lock table tag in access exclusive mode")
        _, writer = await asyncio.open_connection("127.0.0.1", served.port)
        writer.write(head % len(body) + body)
        await until(busy)
        writer.close()
        await until(idle)
    await holder.close()
    await outside.close()


async def test_a_killed_server_process_loses_nothing(
    served: Running, mortal: tuple[Mortal, str], people: list[Person]
) -> None:
    load = Load(served.url, mortal[0].dsn, people[:PEOPLE], EACH)
    sending = asyncio.create_task(load.run())
    for kills in count(1):
        await load.reached(min(6 * kills, PEOPLE * EACH))
        if sending.done():
            break
        # Where all of them are killed, some surely are at work.
        await _killed(served, 1 + kills % 2)
    await sending
    await load.check()
    assert load.statuses[503] == 0
    assert load.statuses[0] > 0, "nobody was killed at work"


async def test_a_killed_database_loses_nothing_and_nobody_is_restarted(
    served: Running, mortal: tuple[Mortal, str], people: list[Person]
) -> None:
    postgres = mortal[0]
    before = served.below()
    load = Load(served.url, postgres.dsn, people[PEOPLE:], EACH)
    sending = asyncio.create_task(load.run())
    for share in (4, 2):
        await load.reached(PEOPLE * EACH // share)
        postgres.kill()
        refused = load.statuses[503]
        await served.until("/readyz", 503)
        assert await served.status("/healthz") == 200
        await asyncio.to_thread(postgres.start)
        assert load.statuses[503] > refused
    await sending
    await load.check()
    assert load.statuses[0] == 0
    await served.until("/readyz", 200)
    assert served.below() == before


async def test_the_embedded_database_is_started_again_by_whoever_started_it(
    served: Running, mortal: tuple[Mortal, str]
) -> None:
    said: list[str] = []
    with kept(mortal[0].life, said.append):
        mortal[0].kill()
        await until(lambda: bool(said))
        assert said == ["PostgreSQL had ended and was started again"]
        await served.until("/readyz", 200)
    assert not mortal[0].life.revive()
