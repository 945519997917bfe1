"""Responding, editing and undoing: for whom, in whose name, for how long."""

import asyncio
from collections.abc import Awaitable
from typing import Any
from uuid import uuid4

import pytest

from models.change import ChangeKind
from models.membership import MembershipRole
from operations.account import hold
from operations.erasure import erase
from operations.problem import ProblemCode, ProblemError
from operations.response import write
from operations.story import withdraw_stories
from tests.consent.world import World
from tests.response.cast import Cast

ANOTHER = "select id, organisation_id from service where organisation_id <> $1 order by id limit 1"
LINK = "insert into story_service (story_id, service_id, position) values ($1, $2, 1)"
AREA = """
select area.id, organisation_id from area where organisation_id is not null and organisation_id <> $1 order by id limit 1
"""
ROUTE = "insert into story_area (story_id, area_id) values ($1, $2)"
LEFT = "select (select count(*) from response where story_id = $1) + (select count(*) from change where story_id = $1)"


async def _row(world: World, statement: str, *given: object) -> Any:
    return await world.connection.fetchrow(statement, *given)


async def _problem(work: Awaitable[Any]) -> tuple[ProblemCode, str | None]:
    with pytest.raises(ProblemError) as caught:
        await work
    return caught.value.code, caught.value.field


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"body": " \n "}, "INVALID", "body"),
        ({"body": "word " * 1_001}, "TOO_LONG", "body"),
        ({"body": "x" * 10_001}, "TOO_LONG", "body"),
        ({"body": "a\x00b"}, "INVALID", "body"),
        ({"staff_name": ""}, "INVALID", "staffName"),
        ({"staff_name": "x" * 81}, "TOO_LONG", "staffName"),
        ({"staff_name": None}, "INVALID", "staffName"),
        ({"job_title": "a\nb"}, "INVALID", "jobTitle"),
        ({"job_title": "a\u202eb"}, "INVALID", "jobTitle"),
        ({"job_title": None}, "INVALID", "jobTitle"),
        ({"change": write.Claim(ChangeKind.MADE, " ")}, "INVALID", "change.description"),
        ({"change": write.Claim(ChangeKind.MADE, "x" * 1_001)}, "TOO_LONG", "change.description"),
    ],
)
async def test_what_is_no_response_is_refused(
    world: World, cast: Cast, given: dict[str, object], code: str, field: str
) -> None:
    who, number = await cast.staff(), await world.story(await world.person())
    assert await _problem(cast.respond(who, number, **given)) == (code, field)
    assert await world.connection.fetchval(LEFT, number) == 0


async def test_p08_nobody_responds_for_an_organisation_that_is_not_theirs(world: World, cast: Cast) -> None:
    who, number = await cast.staff(), await world.story(await world.person())
    _, elsewhere = await _row(world, ANOTHER, cast.organisation)
    for organisation in (elsewhere, 2**31 - 1):
        refused = await _problem(cast.respond(who, number, organisation_id=organisation))
        assert refused == (ProblemCode.NOT_ALLOWED, "organisationId")


async def test_only_managers_respond_on_behalf_of_a_colleague_who_responds(world: World, cast: Cast) -> None:
    manager, colleague = await cast.staff(MembershipRole.MANAGER), await cast.staff()
    reader, stranger = await cast.staff(MembershipRole.READER), await world.person()
    number = await world.story(await world.person())
    for who, other in (
        (colleague, manager.account_id),
        (manager, reader.account_id),
        (manager, stranger.account_id),
        (manager, uuid4()),
    ):
        refused = await _problem(cast.respond(who, number, on_behalf_of=other))
        assert refused == (ProblemCode.NOT_ALLOWED, "onBehalfOf")
    response = await cast.respond(manager, number, on_behalf_of=colleague.account_id)
    writer = await world.connection.fetchval("select account_id from response where id = $1", response)
    assert writer == colleague.account_id


async def test_nothing_is_changed_or_undone_once_thirty_minutes_are_over(world: World, cast: Cast) -> None:
    """By the database's clock; whoever moderates decides on what does not change any more."""
    who, number = await cast.staff(), await world.story(await world.person())
    response = await cast.respond(who, number)
    lasts = "select settles_at - created_at = interval '30 minutes' from response where id = $1"
    assert await world.connection.fetchval(lasts, response)
    await cast.over(response)
    for work in (
        cast.does(write.edit_response, who, response, "Too late"),
        cast.does(write.undo_response, who, response),
    ):
        assert await _problem(work) == (ProblemCode.NOT_ALLOWED, "responseId")
    assert await world.connection.fetchval("select body from response where id = $1", response) == "We are sorry"


async def test_p10_nobody_moderates_before_that(world: World, cast: Cast) -> None:
    who, number = await cast.staff(), await world.story(await world.person())
    response = await cast.respond(who, number)
    for rejection in (None, "A reason"):
        refused = await _problem(cast.moderate(await cast.moderator(), response, rejection))
        assert refused == (ProblemCode.NOT_ALLOWED, "responseId")
    assert await cast.status(response) == "PENDING"


async def test_a_response_is_edited_and_undone_with_its_claim(world: World, cast: Cast) -> None:
    who, manager = await cast.staff(), await cast.staff(MembershipRole.MANAGER)
    number = await world.story(await world.person())
    response = await cast.respond(who, number, ChangeKind.MADE)
    await cast.does(write.edit_response, who, response, " Better\r\nsaid ")
    row = await _row(world, "select body, edited_at, status from response where id = $1", response)
    assert (row["body"], row["status"], row["edited_at"] is not None) == ("Better\nsaid", "PENDING", True)
    assert await cast.does(write.undo_response, manager, response) == number
    assert await world.connection.fetchval(LEFT, number) == 0
    assert await cast.events(number) == ["RESPONSE_SUBMITTED"]


async def test_several_organisations_respond_and_the_responder_of_several_says_for_which(
    world: World, cast: Cast
) -> None:
    """One runs a service, one more runs another, and one answers for the area (P02)."""
    number = await world.story(await world.person())
    service, another = await _row(world, ANOTHER, cast.organisation)
    await world.connection.execute(LINK, number, service)
    area, board = await _row(world, AREA, cast.organisation)
    await world.connection.execute(ROUTE, number, area)
    who = await cast.staff()
    for organisation in {another, board}:
        await world.connection.execute(
            "insert into membership (account_id, organisation_id, role) values ($1, $2, 'RESPONDER')",
            *(who.account_id, organisation),
        )
    assert await _problem(cast.respond(who, number)) == (ProblemCode.INVALID, "organisationId")
    for organisation in {cast.organisation, another, board}:
        response = await cast.respond(who, number, organisation_id=organisation)
        for_whom = await world.connection.fetchval("select organisation_id from response where id = $1", response)
        assert for_whom == organisation


async def test_name_and_job_title_are_those_of_the_last_time_unless_given(world: World, cast: Cast) -> None:
    who, number = await cast.staff(), await world.story(await world.person())
    await cast.respond(who, number)
    response = await cast.respond(who, number, staff_name=None, job_title="Matron")
    row = await _row(world, "select staff_name, job_title from response where id = $1", response)
    assert tuple(row) == ("Jo Bloggs", "Matron")


async def test_p18_who_is_erased_meanwhile_writes_nothing(world: World, cast: Cast) -> None:
    """P18: also not by the hand of a manager."""
    manager, colleague = await cast.staff(MembershipRole.MANAGER), await cast.staff()
    number = await world.story(await world.person())
    async with world.sessions.begin() as session:
        account = await hold(session, colleague.account_id, change=True)
        waiting = asyncio.create_task(cast.respond(manager, number, on_behalf_of=colleague.account_id))
        await world.waited()
        await erase(session, world.keyring, account)
    assert await _problem(waiting) == (ProblemCode.NOT_ALLOWED, "onBehalfOf")
    assert await world.connection.fetchval(LEFT, number) == 0


async def test_p17_a_response_that_waits_for_a_withdrawal_is_not_written(world: World, cast: Cast) -> None:
    """P17: and one that was there goes with its story."""
    who, number = await cast.staff(), await world.story(await world.person())
    response = await cast.respond(who, number, ChangeKind.PLANNED)
    async with world.sessions.begin() as session:
        await withdraw_stories(session, [number])
        waiting = asyncio.create_task(cast.respond(who, number))
        editing = asyncio.create_task(cast.does(write.edit_response, who, response, "Too late"))
        await world.waited()
    assert (await _problem(waiting))[0] == ProblemCode.NOT_FOUND
    assert (await _problem(editing))[0] == ProblemCode.NOT_FOUND
    assert await world.connection.fetchval(LEFT, number) == 0


async def test_p18_a_response_goes_with_its_writer_and_a_decision_stays_without_its_moderator(
    world: World, cast: Cast
) -> None:
    who, moderator = await cast.staff(), await cast.moderator()
    number = await world.story(await world.person())
    responses = [await cast.respond(writer, number, ChangeKind.MADE) for writer in (who, await cast.staff())]
    for response in responses:
        await cast.over(response)
        await cast.moderate(moderator, response)
    for gone in (who, moderator):
        async with world.sessions.begin() as session:
            await erase(session, world.keyring, await hold(session, gone.account_id, change=True))
    kept = await world.connection.fetch("select id, moderator_id from response where story_id = $1", number)
    assert [tuple(row) for row in kept] == [(responses[1], None)]
    assert await cast.progress(number) == "CHANGE_MADE"
