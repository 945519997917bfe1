"""A withdrawn story is in no answer: not in a list, a count, a search, by an id or after a cursor (P17)."""

from dataclasses import dataclass
from typing import Any

import pytest

from operations.demo.cast import HOST, PASSWORD
from operations.reading import record_reading
from operations.similar import mark_similar
from policies.viewer import Member
from tests.consent.world import ENGLAND, World

VIEWERS = {
    "author": None, "member": None, "staff": None, "other": None, "moderator": None, "safeguarding": "safeguarding",
    "abuse": "abuse", "dpo": "complaint", "admin": None, "": None,
}  # fmt: skip
WORD = "quixotrope"
DOCUMENT = """query($number: Int!, $id: ID!, $service: ID!, $word: String!, $after: String) {
  story(number: $number) { number }
  node(id: $id) { id }
  nodes(ids: [$id]) { id }
  newest: stories(first: 100, orderBy: NEWEST) { totalCount nodes { number } }
  oldest: stories(last: 100, orderBy: OLDEST) { nodes { number } }
  similar: stories(first: 100, orderBy: MOST_SIMILAR) { nodes { number } }
  found: stories(first: 5, filter: {search: $word}) { totalCount nodes { number } }
  after: stories(first: 100, after: $after) { nodes { number } }
  tags(search: $word) { totalCount nodes { label } }
  service(id: $service) { storyCount stories(first: 100) { totalCount nodes { number } } }
}"""
OWN = """{ viewer { account {
  stories(first: 100) { totalCount nodes { number } }
  readingHistory(first: 100) { totalCount nodes { story { number } } }
  similarExperiences(first: 100) { totalCount nodes { number } }
} } }"""
WITHDRAW = "mutation($id: ID!) { withdrawStory(storyId: $id) { problems { code } } }"
SIGN_IN = "mutation($e: String!, $p: String!) { signIn(email: $e, password: $p) { token } }"
TAGGED = """
with made as (insert into tag (kind, label) values ('GOOD', $2) returning id)
insert into story_tag (story_id, tag_id, position) select $1, id, 0 from made
"""


@dataclass
class Scene:
    """A published story of the demo world's author that everybody found, and what they were told."""

    world: World
    number: int
    variables: dict[str, Any]
    tokens: dict[str, str]
    before: dict[str, Any]

    async def ask(self, viewer: str, document: str = DOCUMENT) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[viewer]}"} if viewer else {}
        if purpose := VIEWERS[viewer]:
            headers["Candour-Purpose"] = purpose
        variables = self.variables if document == DOCUMENT else {}
        answer = await self.world.client.post(
            "/graphql", json={"query": document, "variables": variables}, headers=headers
        )
        body = answer.json()
        assert "errors" not in body, body
        return body["data"]


async def _account(world: World, name: str) -> Member:
    email_hash = world.keyring.email_hash(f"{name}@{HOST}")
    return Member(await world.connection.fetchval("select id from account where email_hash = $1", email_hash))


@pytest.fixture(scope="module")
async def scene(world: World) -> Scene:
    service = await world.connection.fetchval(ENGLAND)
    author, member = await _account(world, "author"), await _account(world, "member")
    number = await world.story(author, service=service)
    await world.connection.execute(
        "update story set title = $2, body = $2, published_at = now() where id = $1", number, WORD
    )
    await world.connection.execute(TAGGED, number, WORD)
    async with world.sessions.begin() as session:
        await mark_similar(session, world.plan(member), member, number)
    async with world.sessions.begin() as session:
        await record_reading(session, world.plan(member), member, number)
    page = await world.ask("{ stories(first: 1) { nodes { number } pageInfo { endCursor } } }")
    assert page["stories"]["nodes"] == [{"number": number}]
    variables = {
        "number": number, "id": f"Story:{number}", "word": WORD, "after": page["stories"]["pageInfo"]["endCursor"],
        "service": f"Service:{service}",
    }  # fmt: skip
    tokens = {}
    for name in filter(None, VIEWERS):
        signed = await world.ask(SIGN_IN, None, e=f"{name}@{HOST}", p=PASSWORD)
        tokens[name] = signed["signIn"]["token"]
    scene = Scene(world, number, variables, tokens, {})
    for viewer in VIEWERS:
        scene.before[viewer] = await scene.ask(viewer)
    scene.before["own member"] = await scene.ask("member", OWN)
    scene.before["own author"] = await scene.ask("author", OWN)
    payload = await world.client.post(
        "/graphql",
        json={"query": WITHDRAW, "variables": {"id": f"Story:{number}"}},
        headers={"Authorization": f"Bearer {tokens['author']}"},
    )
    assert payload.json() == {"data": {"withdrawStory": {"problems": []}}}
    return scene


def _numbers(value: Any) -> set[int]:
    """Every number of a story anywhere in an answer."""
    if isinstance(value, list):
        return set().union(*map(_numbers, value)) if value else set()
    if isinstance(value, dict):
        own = {value["number"]} if "number" in value else set()
        return own.union(*map(_numbers, value.values()))
    return set()


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_p17_no_viewer_finds_it(scene: Scene, viewer: str) -> None:
    """P17: its author included; every count is one less, and the place of a cursor taken on it still holds."""
    before, now = scene.before[viewer], await scene.ask(viewer)
    assert scene.number in _numbers(before)
    assert scene.number not in _numbers(now)
    assert (now["story"], now["node"], now["nodes"]) == (None, None, [None])
    assert (now["found"]["totalCount"], now["tags"]["totalCount"]) == (0, 0)
    assert (before["found"]["totalCount"], before["tags"]["totalCount"]) == (1, 1)
    assert now["newest"]["totalCount"] == before["newest"]["totalCount"] - 1
    assert now["service"]["storyCount"] == before["service"]["storyCount"] - 1
    assert now["service"]["stories"]["totalCount"] == before["service"]["stories"]["totalCount"] - 1
    assert now["after"] == before["after"]


async def test_p04_p05_readers_and_markers_keep_nothing_of_it(scene: Scene) -> None:
    """P17: not in the history and the marks of others, nor in the lists of its author."""
    before, now = scene.before["own member"]["viewer"]["account"], await scene.ask("member", OWN)
    for part in ("readingHistory", "similarExperiences"):
        assert scene.number in _numbers(before[part])
        assert now["viewer"]["account"][part]["totalCount"] == before[part]["totalCount"] - 1
    assert scene.number not in _numbers(now)
    assert scene.number in _numbers(scene.before["own author"])
    assert scene.number not in _numbers(await scene.ask("author", OWN))


async def test_p17_no_cache_answers_for_it(scene: Scene) -> None:
    """P17: what was public may be kept, but never used again without asking whether it still holds."""
    answer = await scene.world.client.post("/graphql", json={"query": "{ stories(first: 1) { nodes { number } } }"})
    kept = answer.headers.get("cache-control", "no-store")
    assert "no-store" in kept or "no-cache" in kept or "max-age=0" in kept, kept
