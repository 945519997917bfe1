"""What the hub does when there is too much, when something fails, and when nothing happens."""

from collections.abc import Sequence
from typing import Any

import pytest

from operations.session import Bearers
from resolvers.document import Refused
from resolvers.live.batch import Batch
from tests.consent.world import World
from tests.event.live import CHANGED, PUBLISHED, Live, answer, codes, sign_out

FILTERED = "subscription ($filter: StoryFilter) { storyPublished(filter: $filter) { number } }"


async def _refused(live: Live, document: str, **variables: Any) -> str:
    with pytest.raises(Refused) as refused:
        await live.listen(document, **variables)
    (error,) = refused.value.errors
    return str((error.extensions or {})["code"])


@pytest.mark.parametrize("limit", ["MOST", "MOST_GROUPS"])
async def test_more_than_a_process_can_bear_is_refused(live: Live, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    first = await live.listen(PUBLISHED)
    monkeypatch.setattr(f"resolvers.live.hub.{limit}", 1)
    assert await _refused(live, CHANGED, id="Story:1") == "RATE_LIMITED"
    live.hub.leave(first)
    await live.listen(CHANGED, id="Story:1")


@pytest.mark.parametrize(
    ("document", "search"), [(f"{FILTERED} # {'long' * 5_000}", "word"), (FILTERED, "word" * 1_000)]
)
async def test_what_would_be_kept_as_long_as_it_lasts_is_short(live: Live, document: str, search: str) -> None:
    assert await _refused(live, document, filter={"search": search}) == "TOO_COMPLEX"


@pytest.mark.parametrize(
    "document", ["subscription ($no: Boolean = false) { storyPublished @include(if: $no) { number } }"]
)
async def test_a_subscription_without_a_field_is_refused(live: Live, document: str) -> None:
    assert await _refused(live, document) in ("BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED")


async def test_a_hub_that_has_stopped_takes_nobody(live: Live) -> None:
    heard = await live.listen(PUBLISHED)
    await live.hub.close()
    assert [body async for body in heard] == []
    assert not heard.finished
    assert await _refused(live, PUBLISHED) == "RATE_LIMITED"


async def test_who_can_not_keep_up_with_all_that_happens_drops_everybody(
    live: Live, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that their clients come back, instead of a queue without an end."""
    heard = await live.listen(PUBLISHED)
    monkeypatch.setattr("resolvers.live.hub.MOST_PENDING", 0)
    await live.tell("STORY_PUBLISHED", await world.story(None))
    assert [body async for body in heard] == []
    assert (heard.dropped, len(live.hub)) == (True, 0)


async def test_a_session_that_ended_ends_although_nothing_happens(
    live: Live, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resolvers.live.hub.SWEEP_SECONDS", 0.02)
    who = await world.person()
    heard, visitor = await live.listen(PUBLISHED, who), await live.listen(PUBLISHED)
    await sign_out(world, who.account_id)
    assert codes(await answer(heard)) == ["UNAUTHENTICATED"]
    assert not visitor.ended


async def test_p27_one_whose_values_fail_silences_nobody_else(
    live: Live, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P27: they are told of a failure, and of nothing in it."""
    run = Batch.run

    async def failing(self: Batch, connection: Any, rows: Sequence[Any]) -> list[bytes | None]:
        if any("bad" in row for row in rows):
            raise ValueError("with a secret")
        return await run(self, connection, rows)

    monkeypatch.setattr(Batch, "run", failing)
    good = [await live.listen(FILTERED, filter={"search": word}) for word in ("title", "text")]
    bad = await live.listen(FILTERED, filter={"search": "bad"})
    number = await world.story(None)
    await live.tell("STORY_PUBLISHED", number)
    assert [(await answer(one))["data"]["storyPublished"]["number"] for one in good] == [number] * 2
    told = await answer(bad)
    assert codes(told) == ["INTERNAL"]
    assert "secret" not in str(told)
    assert [type(fault) for fault in live.faults] == [ValueError]
    live.faults.clear()


async def test_whose_tokens_these_are_fails_as_a_whole(
    live: Live, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SECURITY: where it can't be found out who asks, nothing is told."""

    async def failing(*_: Any) -> None:
        raise ValueError("with a secret")

    heard = await live.listen(PUBLISHED, await world.person())
    monkeypatch.setattr("operations.session.Bearers.now", failing)
    await live.tell("STORY_PUBLISHED", await world.story(None))
    assert codes(await answer(heard)) == ["INTERNAL"]
    assert [body async for body in heard] == []
    live.faults.clear()


async def test_an_outage_of_the_database_is_waited_out(
    live: Live, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is told of it, and nothing that happened is lost."""
    now, left = Bearers.now, [OSError("nobody listens"), ConnectionResetError()]

    async def failing(self: Bearers, *given: Any) -> Any:
        if left:
            raise left.pop()
        return await now(self, *given)

    monkeypatch.setattr("resolvers.live.lasting.RETRY_SECONDS", 0.01)
    heard = await live.listen(PUBLISHED, await world.person())
    monkeypatch.setattr(Bearers, "now", failing)
    number = await world.story(None)
    await live.tell("STORY_PUBLISHED", number)
    assert (await answer(heard))["data"]["storyPublished"]["number"] == number
    assert [type(fault) for fault in live.faults] == [ConnectionResetError, OSError]
    assert not heard.waiting
    live.faults.clear()


async def test_what_happens_while_a_subscription_begins_is_not_missed(
    live: Live, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer of its beginning may be older than the event."""
    number, run = await world.story(None), Batch.run

    async def slow(self: Batch, connection: Any, rows: Sequence[Any]) -> list[bytes | None]:
        found = await run(self, connection, rows)
        monkeypatch.setattr(Batch, "run", run)
        await world.connection.execute("update story set title = 'New' where id = $1", number)
        await live.tell("STORY_PUBLISHED", number)
        await live.settle()
        return found

    monkeypatch.setattr(Batch, "run", slow)
    heard = await live.listen(CHANGED, id=f"Story:{number}")
    assert (await answer(heard))["data"]["storyChanged"]["title"] == "New"
