"""The fast track (docs/response.md): who is published without a moderator, and who never is."""

import asyncio

import pytest

from models.change import ChangeKind
from operations.response.settle import settle_responses
from tests.consent.world import World
from tests.response.cast import URL, Cast

SETTLES = "select settles_at is null from response where id = $1"


@pytest.mark.parametrize(
    "before",
    [
        "",
        "P" * 9,
        "P" * 9 + "R" * 20,
        "R" + "P" * 30,
        "P" * 9 + "R" + "P" * 9,
    ],
)
async def test_p10_too_few_or_turned_down_lately_waits_for_a_moderator(world: World, cast: Cast, before: str) -> None:
    """P10: nine are not ten, and a rejection counts while it is among the last ten."""
    who, number = await cast.staff(), await world.story(await world.person())
    await cast.earlier(who, number, before)
    response = await cast.respond(who, number)
    await cast.settle(response)
    assert await cast.status(response) == "PENDING"
    assert await world.connection.fetchval(SETTLES, response)


@pytest.mark.parametrize("change", list(ChangeKind))
async def test_p10_a_claim_of_change_waits_for_a_moderator(world: World, cast: Cast, change: ChangeKind) -> None:
    who, number = await cast.staff(), await world.story(await world.person())
    await cast.earlier(who, number, "P" * 10)
    response = await cast.respond(who, number, change)
    await cast.settle(response)
    assert await cast.status(response) == "PENDING"


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        ("update story set criticality = 5 where id = $1", "PENDING"),
        ("update story set criticality = 3 where id = $1", "PENDING"),
        ("update story set status = 'RESTRICTED', restriction_reason = 'A reason' where id = $1", "PENDING"),
        ("delete from membership where account_id = (select account_id from response where story_id = $1 limit 1)", "PENDING"),
        ("update membership set role = 'READER' where account_id = (select account_id from response where story_id = $1 limit 1)", "PENDING"),
        ("update story set criticality = 2 where id = $1", "PUBLISHED"),
    ],
)  # fmt: skip
async def test_p10_what_has_become_of_the_story_and_the_writer_meanwhile_counts(
    world: World, cast: Cast, statement: str, status: str
) -> None:
    who, number = await cast.staff(), await world.story(await world.person())
    await cast.earlier(who, number, "P" * 10)
    response = await cast.respond(who, number)
    await world.connection.execute(statement, number)
    await cast.settle(response)
    assert await cast.status(response) == status


async def test_p10_a_preview_waits_for_a_moderator(world: World, cast: Cast) -> None:
    who = await cast.staff()
    await cast.earlier(who, await world.story(await world.person()), "P" * 10)
    response = await cast.respond(who, await world.story(await world.person(), "PREVIEW"))
    await cast.settle(response)
    assert await cast.status(response) == "PENDING"


@pytest.mark.parametrize("before", ["P" * 10, "P" * 10 + "R" * 5, "P" * 30])
async def test_a_trusted_responder_is_published_when_the_time_is_over(world: World, cast: Cast, before: str) -> None:
    """P21: and the author is told."""
    author = await cast.reachable(await world.person(), "author@x.example")
    who, number = await cast.staff(), await world.story(author)
    await cast.earlier(who, await world.story(await world.person()), before)
    response = await cast.respond(who, number)
    assert await cast.settle() == 0
    assert await cast.settle(response) == 1
    assert await cast.status(response) == "PUBLISHED"
    assert (await cast.progress(number), await cast.mails(author)) == ("RESPONDED", ["response_published"])
    assert await cast.events(number) == ["RESPONSE_SUBMITTED", "RESPONSE_PUBLISHED"]
    assert await cast.settle() == 0


async def test_several_workers_share_the_work_and_none_waits(world: World, cast: Cast) -> None:
    """More than a batch; one story is held by somebody else, and its response is settled the next time."""
    who = await cast.staff()
    held, *others = [await world.story(await world.person()) for _ in range(3)]
    await cast.earlier(who, others[0], "P" * 10)
    late = await cast.respond(who, held)
    responses = [await cast.respond(who, others[n % 2]) for n in range(60)]
    for response in (late, *responses):
        await cast.over(response)
    async with world.sessions.begin() as session:
        await (await session.connection()).exec_driver_sql(f"select from story where id = {held} for update")
        runs = [settle_responses(world.sessions.begin, world.keyring, URL) for _ in range(3)]
        assert sum(await asyncio.gather(*runs)) == 60 - await _left(world, responses)
    assert await cast.status(late) == "PENDING"
    await cast.settle()
    assert [await cast.status(response) for response in (late, *responses)] == ["PUBLISHED"] * 61
    for number in others:
        assert (await cast.events(number)).count("RESPONSE_PUBLISHED") == 30


async def _left(world: World, responses: list[int]) -> int:
    """Those that every worker left to another one."""
    count: int = await world.connection.fetchval(
        "select count(*) from response where id = any($1::int[]) and settles_at is not null", responses
    )
    return count
