"""What was withdrawn is never told from memory: not by this process, nor by another one, nor when nobody hears of it."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic
from typing import Any

import asyncpg
import pytest

from resolvers.memory import Memory
from resolvers.watcher import LEASE_SECONDS, Watcher
from tests.caching.proxy import Proxy
from tests.leaks.conftest import Site

ROOT = Path(__file__).parents[2]
STALE_SECONDS = 1.0
"""What is promised: a withdrawn story is told no longer than this."""
STORY = "{ story(number: %d) { number title } }"
LISTENERS = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
where datname = current_database() and query = 'select 1' and pid <> pg_backend_pid()
"""
# Another process withdraws a story, and says when that was committed, by the clock that all processes share.
WITHDRAWS = """
import asyncio, json, os, time
from models.database.connection import engine, session_factory
from operations.story import withdraw_stories

given = json.loads(os.environ["GIVEN"])

async def main():
    opened = engine(given["dsn"], 1)
    sessions = session_factory(opened)
    async with sessions.begin() as session:
        await withdraw_stories(session, [0])
    print("ready", flush=True)
    input()
    async with sessions.begin() as session:
        await withdraw_stories(session, [given["number"]])
    print(time.monotonic(), flush=True)
    await opened.dispose()

asyncio.run(main())
"""


@pytest.fixture
async def number(rows: asyncpg.Connection) -> int:
    """The number of a published story."""
    found: int = await rows.fetchval("select max(id) from story where status = 'PUBLISHED'")
    return found


async def _title(site: Site, number: int) -> str | None:
    story = (await site.data("", STORY % number))["story"]
    return story["title"] if story else None


async def _remembered(site: Site, watcher: Watcher, number: int) -> None:
    """The story is in the memory, and told from there."""
    assert await _title(site, number)
    assert watcher.memory.on
    assert any(key[0] == STORY % number for key in watcher.memory._kept)


async def _withdrawn_elsewhere(site: Site, number: int) -> tuple[float, list[float]]:
    """When another process withdrew the story, and the times at which somebody asked who still saw it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WITHDRAWS),
        cwd=ROOT,
        env={**os.environ, "GIVEN": json.dumps({"dsn": site.dsn, "number": number})},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    saw: list[float] = []
    told = asyncio.create_task(process.communicate(b"\n"))
    asked = monotonic()
    while await _title(site, number):
        saw.append(asked)
        await asyncio.sleep(0.001)
        asked = monotonic()
    return float((await told)[0]), saw


async def test_a_story_that_another_process_withdraws_is_gone_within_the_promised_time(
    site: Site, watcher: Watcher, number: int
) -> None:
    await _remembered(site, watcher, number)
    withdrawn, saw = await _withdrawn_elsewhere(site, number)
    assert saw, "it was told until then"
    assert [asked - withdrawn for asked in saw if asked > withdrawn + STALE_SECONDS] == []


async def test_whoever_withdraws_a_story_does_not_see_it_again(site: Site, watcher: Watcher) -> None:
    found = await site.data("author", "{ viewer { account { stories(first: 50) { nodes { id number status } } } } }")
    story = next(s for s in found["viewer"]["account"]["stories"]["nodes"] if s["status"] == "PUBLISHED")
    await _remembered(site, watcher, story["number"])
    document = f'mutation {{ withdrawStory(storyId: "{story["id"]}") {{ tombstone {{ number }} }} }}'
    assert (await site.data("author", document))["withdrawStory"]["tombstone"]
    assert await _title(site, story["number"]) is None


async def test_what_is_withdrawn_while_it_is_read_is_not_remembered(
    site: Site, watcher: Watcher, rows: asyncpg.Connection, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: Any = site.app.endpoint._executor
    execute = answers.executor.execute

    async def slow(*arguments: Any) -> Any:
        answer = await execute(*arguments)
        await rows.execute("update story set status = 'RESTRICTED', restriction_reason = 'x' where id = $1", number)
        await watcher.settled()
        return answer

    watcher.memory.drop("story")
    monkeypatch.setattr(type(answers.executor), "execute", lambda _self, *arguments: slow(*arguments))
    assert await _title(site, number), "as it was"
    monkeypatch.undo()
    assert "RESTRICTED" in str(await site.ask("", "{ story(number: %d) { title status } }" % number))
    assert "errors" in await site.ask("", STORY % number)
    await rows.execute("update story set status = 'PUBLISHED', restriction_reason = null where id = $1", number)
    await watcher.settled()


async def test_a_lost_connection_turns_the_memory_off_until_there_is_another(
    site: Site, watcher: Watcher, rows: asyncpg.Connection, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resolvers.watcher.RECONNECT_SECONDS", 0.2)
    await _remembered(site, watcher, number)
    lost = asyncio.Event()
    monkeypatch.setattr(watcher.memory, "lose", _then(watcher.memory.lose, lost.set))
    assert await rows.fetchval(LISTENERS) == 1
    async with asyncio.timeout(20):
        await lost.wait()
    assert (watcher.memory.on, len(watcher.memory)) == (False, 0)
    assert await _title(site, number), "it is asked for"
    assert len(watcher.memory) == 0
    async with asyncio.timeout(20):
        while not watcher.memory.on:
            await _title(site, number)
            await asyncio.sleep(0.01)
    await _remembered(site, watcher, number)


def _then(first: Any, second: Any) -> Any:
    def both() -> None:
        first()
        second()

    return both


@pytest.fixture
async def proxied(site: Site) -> AsyncIterator[tuple[Watcher, Proxy]]:
    """A watcher whose connection can fall silent."""
    async with Proxy(site.dsn) as proxy:
        watcher = Watcher(proxy.dsn, Memory(1_000_000))
        async with watcher.watching():
            async with asyncio.timeout(20):
                while not watcher.memory.on:
                    watcher.memory.wanted.set()
                    await asyncio.sleep(0.01)
            yield watcher, proxy


async def test_a_connection_that_falls_silent_turns_the_memory_off_in_time(
    proxied: tuple[Watcher, Proxy], rows: asyncpg.Connection
) -> None:
    watcher, proxy = proxied
    proxy.silent.set()
    silent = monotonic()
    await rows.execute("update tag set label = label where id = (select min(id) from tag)")
    while watcher.memory.on:
        assert monotonic() < silent + STALE_SECONDS
        watcher.memory.used = True
        await asyncio.sleep(0.01)
    # Who changed something waits no longer for a process that does not hear.
    await watcher.settled()
    assert monotonic() < silent + LEASE_SECONDS + 10


async def test_behind_pgbouncer_nothing_is_remembered(site: Site) -> None:
    watcher = Watcher(f"{site.dsn}&pgbouncer=true", Memory(1_000_000))
    async with asyncio.timeout(20):
        await watcher.run()
        await watcher.settled()
    assert not watcher.memory.on
    assert not watcher.memory.listening


async def test_an_idle_server_asks_the_database_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resolvers.watcher.BEAT_SECONDS", 0.01)
    watcher, beats = Watcher(site.dsn, Memory(1_000_000)), asyncio.Queue[float]()
    vouch = watcher.memory.vouch

    def counted(until: float) -> None:
        beats.put_nowait(until)
        vouch(until)

    monkeypatch.setattr(watcher.memory, "vouch", counted)
    async with watcher.watching():
        async with asyncio.timeout(20):
            while await _beat(beats, 0.3):
                pass
        watcher.memory.wanted.set()
        assert await _beat(beats, 20)


async def _beat(beats: asyncio.Queue[float], seconds: float) -> bool:
    """Whether there is another beat within so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await beats.get()
    except TimeoutError:
        return False
    return True


async def test_what_should_not_happen_is_told_and_the_memory_comes_back(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resolvers.watcher.RECONNECT_SECONDS", 0.01)
    faults: asyncio.Queue[Exception] = asyncio.Queue()
    watcher = Watcher(site.dsn, Memory(1_000_000), faults.put_nowait)
    vouch = watcher.memory.vouch
    monkeypatch.setattr(watcher.memory, "vouch", lambda _until: [][0])
    async with watcher.watching(), asyncio.timeout(20):
        assert isinstance(await faults.get(), IndexError)
        assert not watcher.memory.listening
        monkeypatch.setattr(watcher.memory, "vouch", vouch)
        while not watcher.memory.on:
            watcher.memory.wanted.set()
            await asyncio.sleep(0.01)
