"""Whatever people do in whatever order, what was promised holds: P05, P12, P17, P18, P25."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

import asyncpg
import pytest

from models.database.connection import engine, normalise, session_factory
from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring
from operations.backup.dump import back_up, back_up_keys
from operations.backup.restore import restore
from operations.mail.topic import TOPICS
from operations.sharing import RETRACTIONS, leaving, shareable
from schema.endpoint import log
from tests.consent.world import World, opened
from tests.erasure.conftest import made_database
from tests.erasure.letters import Letters
from tests.erasure.life import FEED, Life
from tests.erasure.person import public, somebody, traces

RUNS, STEPS = (30, 150) if os.environ.get("CANDOUR_PROVE") else (3, 90)
EVERY = 30
PATIENCE = 300
ASK = """query($ids: [ID!]!) {
  nodes(ids: $ids) { id }
  stories(first: 100) { totalCount nodes { number } }
  tags(first: 100) { nodes { label } }
}"""
ANSWERS = "{ stories(first: 100) { nodes { number responses { totalCount } } } }"


@pytest.fixture(scope="module")
def lived(cluster: EmbeddedPostgres, template: str) -> Iterator[str]:
    name = f"life_{uuid4().hex}"
    yield made_database(cluster, name, template)
    cluster.dropdb(name)


@pytest.fixture(scope="module")
async def place(lived: str, keyring: Keyring, cluster: EmbeddedPostgres) -> AsyncIterator[World]:
    async with opened(lived, keyring, cluster.data) as world:
        await public(world)
        yield world


async def _viewers(life: Life) -> list[UUID | None]:
    """A visitor, a moderator, and two people of this life."""
    moderator = await somebody(life.world)
    await life.world.connection.execute("update account set roles = '{MODERATOR}' where id = $1", moderator.id)
    return [None, moderator.id, *list(life.people)[:2]]


async def _hidden(life: Life) -> None:
    """P17: a story that is gone is in no answer of any viewer."""
    ids = [f"Story:{number}" for number in list(life.gone)[-100:]]
    for viewer in await _viewers(life):
        headers = {"Authorization": f"Bearer {life.world.tokens[viewer]}"} if viewer else {}
        body = {"query": ASK, "variables": {"ids": ids}}
        answer = (await life.world.client.post("/graphql", json=body, headers=headers)).json()
        assert "errors" not in answer, answer
        data = answer["data"]
        assert data["nodes"] == [None] * len(ids)
        assert {node["number"] for node in data["stories"]["nodes"]} & set(life.gone) == set()
        text = str(data["tags"])
        assert not any(person.mark in text for person in life.erased)


async def _counted(life: Life) -> None:
    """P05: the public number of marks, and of stories, is right."""
    counts = await life.world.connection.fetch("select id, similar_count from story where status <> 'WITHDRAWN'")
    assert {row["id"]: row["similar_count"] for row in counts} == {n: len(s.marks) for n, s in life.stories.items()}
    public = [story for story in life.stories.values() if story.state in ("PUBLISHED", "RESTRICTED")]
    data = await life.world.ask("{ stories(first: 1) { totalCount } }")
    assert data["stories"]["totalCount"] == len(public)


async def _stands(life: Life) -> None:
    """P10: each story stands where it was brought, and as far as what organisations said brought it."""
    rows = await life.world.connection.fetch(
        "select id, status::text, progress::text from story where status <> 'WITHDRAWN'"
    )
    stand = {row["id"]: (row["status"], row["progress"]) for row in rows}
    assert stand == {number: (story.state, story.progress) for number, story in life.stories.items()}
    for node in (await life.world.answer(ANSWERS))["data"]["stories"]["nodes"]:
        story = life.stories[node["number"]]
        public = [a for a in story.answers.values() if a.state == "PUBLISHED"] if story.state == "PUBLISHED" else []
        assert (node["responses"] or {"totalCount": 0})["totalCount"] == len(public)


async def _left(life: Life) -> None:
    """P12, P25: only what people agree to today leaves, and recipients are told of all that went."""
    may = {n for n, s in life.stories.items() if s.state == "PUBLISHED" and s.author in life.feeds}
    async with life.world.sessions() as session:
        assert {story.id for story in await session.exec(shareable(FEED))} == may
    await life.world.settled(list(life.gone))
    async with life.world.sessions() as session:
        events = await leaving(session, FEED, limit=10_000)
    assert {event.number for event in events if event.kind not in RETRACTIONS} <= may
    told = {event.number for event in events if event.kind in ("STORY_WITHDRAWN", "STORY_ERASED")}
    assert told >= set(life.gone)


async def _nowhere(life: Life, connection: asyncpg.Connection | None = None) -> None:
    """P18: nothing of an erased person is in any table; tombstones are all there."""
    world = life.world
    if connection is not None:
        world = World(world.client, connection, world.engine, world.sessions, world.keyring, world.policies)
    needles = [needle for person in life.erased for needle in (*person.needles(), str(person.id))]
    assert await traces(world, needles) == {}
    stones = await world.connection.fetch("select number, kind::text from tombstone")
    assert dict(map(tuple, stones)) == life.gone


async def _holds(life: Life) -> None:
    for check in (_hidden, _counted, _stands, _left, _nowhere):
        await check(life)


async def _come_back(life: Life, dsn: str, cluster: EmbeddedPostgres, folder: Path) -> None:
    """P17, P18: an old dump, restored with today's keys, brings back nobody and nothing that is gone."""
    await asyncio.to_thread(back_up_keys, dsn, folder)
    name = f"again_{uuid4().hex}"
    new = await asyncio.to_thread(made_database, cluster, name, "template_empty")
    await restore(new, life.world.keyring, folder)
    connection = await asyncpg.connect(normalise(new))
    try:
        await _nowhere(life, connection)
        back = await connection.fetch("select id from story where status <> 'WITHDRAWN'")
        assert {row["id"] for row in back} <= set(life.stories)
        own = engine(new, 1)
        async with session_factory(own)() as session:
            events = await leaving(session, FEED, limit=10_000)
        await own.dispose()
        assert {event.number for event in events if event.kind not in RETRACTIONS} <= set(life.stories)
    finally:
        await connection.close()
        await asyncio.to_thread(cluster.dropdb, name)


@pytest.fixture(scope="module")
async def life(place: World, tmp_path_factory: pytest.TempPathFactory) -> Letters:
    """One life for all runs: those who are gone stay gone."""
    begun = Letters(place, Random(0), folder=tmp_path_factory.mktemp("life"))
    await begun.listen()
    return begun


@pytest.fixture
def logged() -> Iterator[BytesIO]:
    """What stands in the log, at the most talkative level."""
    lines = BytesIO()
    log.configure("debug", lines)
    yield lines
    log.configure("info")


@pytest.mark.parametrize("seed", range(RUNS))
async def test_p12_p17_p18_whatever_people_do(
    life: Letters,
    lived: str,
    cluster: EmbeddedPostgres,
    template: str,
    tmp_path: Path,
    logged: BytesIO,
    seed: int,
) -> None:
    """Random deeds of random people, from sending a story to a change; a dump half-way comes back at the end."""
    life.chance = Random(seed)
    await life.begin()
    done = []
    for step in range(STEPS):
        done.append(await life.step())
        if step % EVERY == 0:
            await _holds(life)
        if step == STEPS // 2:
            await asyncio.to_thread(back_up, lived, tmp_path)
    await life.deliver()
    await life.quiet()
    await _holds(life)
    await _come_back(life, lived, cluster, tmp_path)
    lines = logged.getvalue().decode()
    assert '"event":"request"' in lines
    assert [person for person in (*life.people.values(), *life.erased) if person.mark in lines] == []
    assert len(set(done)) > 5, done


async def test_p21_p22_people_were_told_of_everything_there_is(life: Letters) -> None:
    """P21, P22: sooner or later there is every kind of e-mail about stories, none of them missing, none too many."""
    wanted = {*TOPICS} - {"moderation_due"}
    life.chance = Random(7)
    await life.begin()
    busy = (
        *(life.submit, life.mark, life.moderate, life.respond, life.settle, life.judge, life.end, life.alert),
        *(life.moderate, life.deliver),
    )
    for _ in range(PATIENCE):
        if set(life.sent) != wanted:
            await life.chance.choice(busy)()
    assert set(life.sent) == wanted


async def test_the_invariants_can_fail(life: Letters) -> None:
    """Each of them finds what it is for."""
    await life.join()
    await life.join()
    await life.tell()
    number = next(reversed(life.stories))
    told = life.stories[number]
    life.gone[number] = "WITHDRAWN"
    for check in (_left, _nowhere):
        with pytest.raises(AssertionError):
            await check(life)
    del life.gone[number]
    told.marks.add(uuid4())
    with pytest.raises(AssertionError):
        await _counted(life)
    told.marks.clear()
    person = life.people[told.author]
    life.erased.append(person)
    with pytest.raises(AssertionError):
        await _nowhere(life)
    life.erased.remove(person)

    life.refused.clear()
    life.expect(person.id, "story_published", number)
    with pytest.raises(AssertionError):
        await life.deliver()
    life.waiting.clear()
    life.told.append(person.mark)
    with pytest.raises(AssertionError):
        await life.quiet()
