"""Whoever has an answer already is told so (RFC 9110), before any SQL where nothing has changed."""

from typing import Any

import asyncpg
import pytest

from resolvers.watcher import Watcher
from schema.endpoint.caching import unchanged
from tests.leaks.conftest import Site
from tests.planner.counter import CountingPool

URL = "/graphql?query={tags{totalCount}}"
TAGGED = """
with made as (insert into tag (kind, label) values ('GOOD', 'never seen before') returning id)
insert into story_tag (story_id, tag_id, position)
    select story.id, made.id, 9 from made, story where status = 'PUBLISHED' limit 1
"""
TAG = b'"0123456789abcdef0123456789abcdef"'


@pytest.mark.parametrize("known", [None, b"", b'"another"', TAG[:-1], TAG[1:-1], b"W/", b"**"])
def test_another_answer_is_not_the_same(known: bytes | None) -> None:
    assert not unchanged({} if known is None else {b"if-none-match": known}, TAG)


@pytest.mark.parametrize("known", [TAG, b"W/" + TAG, b'"a", ' + TAG + b', "b"', b"*", b" * "])
def test_the_same_answer_is(known: bytes) -> None:
    assert unchanged({b"if-none-match": known}, TAG)


class Counted:
    """The statements of planned reads."""

    def __init__(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        answers: Any = site.app.endpoint._executor
        executor = answers.executor
        self._pool = CountingPool(executor.pool)
        monkeypatch.setattr(executor, "pool", self._pool)

    def __len__(self) -> int:
        return len(self._pool.statements)


@pytest.fixture
def statements(site: Site, watcher: Watcher, monkeypatch: pytest.MonkeyPatch) -> Counted:
    """What the application asks the database, from an empty memory on."""
    watcher.memory.drop("tag")
    return Counted(site, monkeypatch)


async def test_with_another_tag_the_answer_is_sent_whole(site: Site, watcher: Watcher) -> None:
    answer = await site.client.get(URL, headers={"If-None-Match": '"another"'})
    assert (answer.status_code, answer.json()["data"]["tags"]["totalCount"] > 0) == (200, True)


async def test_a_post_is_answered_whole_whatever_its_sender_has(site: Site, watcher: Watcher) -> None:
    tag = (await site.client.get(URL)).headers["etag"]
    body = {"query": "{ tags { totalCount } }"}
    answer = await site.client.post("/graphql", json=body, headers={"If-None-Match": tag})
    assert (answer.status_code, "data" in answer.json()) == (200, True)


async def test_a_private_answer_is_always_sent_whole(site: Site, watcher: Watcher) -> None:
    tag = (await site.client.get(URL)).headers["etag"]
    for known in (tag, "*"):
        answer = await site.client.get(URL, headers={**await site.headers("member"), "If-None-Match": known})
        assert (answer.status_code, "data" in answer.json()) == (200, True)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_the_same_answer_is_asked_for_once_and_sent_once(
    site: Site, watcher: Watcher, statements: Counted, method: str
) -> None:
    first = await site.client.request(method, URL)
    assert len(statements) == 1
    for known in (first.headers["etag"], f"W/{first.headers['etag']}", "*"):
        again = await site.client.request(method, URL, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert "content-length" not in again.headers
        for name in ("etag", "cache-control", "vary"):
            assert again.headers[name] == first.headers[name]
    assert (await site.client.get(URL)).status_code == 200
    assert len(statements) == 1


async def test_a_changed_answer_is_sent_and_an_unchanged_one_is_not(
    site: Site, watcher: Watcher, rows: asyncpg.Connection, statements: Counted
) -> None:
    tag = (await site.client.get(URL)).headers["etag"]
    await rows.execute("update tag set label = label where id = (select min(id) from tag)")
    await watcher.settled()
    same = await site.client.get(URL, headers={"If-None-Match": tag})
    assert (same.status_code, len(statements)) == (304, 2), "it is made anew, and found to be the same"
    await rows.execute(TAGGED)
    await watcher.settled()
    changed = await site.client.get(URL, headers={"If-None-Match": tag})
    assert (changed.status_code, len(statements)) == (200, 3)
    assert changed.headers["etag"] != tag
