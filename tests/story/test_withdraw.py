"""Withdrawal (P17): who may, what it leaves, and that nobody finds any of it again."""

import asyncio
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from models.account import PlatformRole
from models.story import StoryStatus
from models.tombstone import TombstoneKind
from operations.problem import ProblemError
from operations.story import BELONGINGS, withdraw_stories, withdraw_story
from policies.viewer import Member, Purpose
from tests.consent.world import ENGLAND, World

WITHDRAW = """mutation($id: ID!) {
  withdrawStory(storyId: $id) { tombstone { number kind goneAt } problems { code field message } }
}"""
STATES = "SUBMITTED IN_REVIEW PREVIEW REJECTED RESTRICTED PUBLISHED"
#            ? is not found, · is not allowed, Y is done
MAY = """
member           ?         ?        ?       ?        ·          ·
staff            ?         ?        ·       ?        ·          ·
mod              ·         ·        ·       ·        ·          ·
safe             ·         ·        ·       ·        ·          ·
abuse            ?         ?        ?       ?        ·          ·
dpo              ?         ?        ?       ?        ·          ·
admin            ?         ?        ?       ?        ·          ·
author           Y         Y        Y       Y        Y          Y
"""
DECISIONS = [
    pytest.param(viewer, state, decision, id=f"{viewer}-{state}")
    for viewer, *decisions in (line.split() for line in MAY.strip().splitlines())
    for state, decision in zip(STATES.split(), decisions, strict=True)
]
ROLES = {
    "mod": (PlatformRole.MODERATOR, None),
    "safe": (PlatformRole.SAFEGUARDING, Purpose.SAFEGUARDING),
    "abuse": (PlatformRole.ABUSE, Purpose.ABUSE),
    "dpo": (PlatformRole.DPO, Purpose.COMPLAINT),
    "admin": (PlatformRole.ADMIN, None),
}
JOIN = """
insert into membership (account_id, organisation_id, role) select $1, organisation_id, 'MANAGER' from service where id = $2
"""
FURNISHED = """
with tagged as (insert into tag (kind, label) values ('GOOD', 'a word of NUMBER'), ('FEELING', 'shared by NUMBER') returning id),
a as (insert into story_tag (story_id, tag_id, position) select $1::int, id, 0 from tagged),
b as (insert into story_tag (story_id, tag_id, position) select $2::int, id, 0 from tagged where id = (select max(id) from tagged)),
c as (insert into moderation_entry (story_id, action, done_at) values ($1, 'SUBMITTED', now())),
d as (insert into story_original (story_id, title, body) values ($1, 'sealed', 'sealed')),
e as (insert into reading (account_id, story_id, read_at) values ($3, $1, now())),
f as (insert into similar_experience (account_id, story_id, marked_at) values ($3, $1, now())),
i as (insert into alert (id, account_id, name, frequency) values (gen_random_uuid(), $3, 'x', 'DAILY') returning id),
j as (insert into alert_match (alert_id, story_id, due_at) select id, $1, now() from i),
g as (insert into story_area (story_id, area_id) select $1, min(id) from area),
h as (insert into response (story_id, organisation_id, body, status, created_at)
    select $1, min(id), 'An answer', 'PENDING', now() from organisation returning id, organisation_id)
insert into change (story_id, organisation_id, response_id, kind, description, status)
select $1, organisation_id, id, 'PLANNED', 'A plan', 'PENDING' from h
"""
NOT_EMPTY = """
select id from story where id = $1 and (status <> 'WITHDRAWN' or num_nonnulls(title, body, pen_name, criticality,
    restriction_reason, restriction_by, author_id, postcode, ip_address, published_at) > 0
    or search <> ''::tsvector or similar_count <> 0 or routing <> 'NO_POSTCODE')
"""


async def _viewer(world: World, name: str, author: Member) -> Member:
    if name == "author":
        return author
    who = await world.person()
    if name == "staff":
        await world.connection.execute(JOIN, who.account_id, await world.connection.fetchval(ENGLAND))
        return replace(who, staff=True)
    role, purpose = ROLES.get(name, (None, None))
    return replace(who, roles=frozenset([role] if role else []), purpose=purpose)


async def _withdraw(world: World, who: Member, number: int) -> Any:
    return (await world.ask(WITHDRAW, who, id=f"Story:{number}"))["withdrawStory"]


def test_every_state_is_decided() -> None:
    assert {*STATES.split(), "WITHDRAWN"} == set(StoryStatus)


@pytest.mark.parametrize(("name", "state", "decision"), DECISIONS)
async def test_p17_who_withdraws(world: World, name: str, state: str, decision: str) -> None:
    """P17: its author alone, in every state."""
    author = await world.person()
    number, who = await world.story(author, state), await _viewer(world, name, author)
    outcome = "Y"
    try:
        async with world.sessions.begin() as session:
            await withdraw_story(session, world.plan(who), who, number)
    except ProblemError as error:
        outcome = {"NOT_FOUND": "?", "NOT_ALLOWED": "·"}[error.code]
    assert outcome == decision
    expected = "WITHDRAWN" if decision == "Y" else state
    assert await world.connection.fetchval("select status from story where id = $1", number) == expected


async def test_a_visitor_withdraws_nothing(world: World) -> None:
    number = await world.story(None)
    answer = await world.answer(WITHDRAW, None, id=f"Story:{number}")
    (error,) = answer["errors"]
    assert (error["extensions"]["code"], answer.get("data")) == ("FORBIDDEN", None)


@pytest.mark.parametrize("id_", ["", "1", "Story:0", "Story:x", "Account:1", "Story:99999999999"])
async def test_an_id_that_is_none_is_refused(world: World, id_: str) -> None:
    answer = await world.answer(WITHDRAW, await world.person(), id=id_)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


async def test_a_story_of_an_erased_author_is_nobody_s_to_withdraw(world: World) -> None:
    payload = await _withdraw(world, await world.person(), await world.story(None))
    assert (payload["tombstone"], payload["problems"][0]["code"]) == (None, "NOT_ALLOWED")


async def test_an_erased_person_withdraws_nothing_more(world: World) -> None:
    who, number = await world.person(), await world.story(None)
    await world.connection.execute("delete from account where id = $1", who.account_id)
    with pytest.raises(ProblemError, match="does not exist"):
        async with world.sessions.begin() as session:
            await withdraw_story(session, world.plan(who), who, number)


async def test_twice_is_told_and_leaves_one_tombstone(world: World) -> None:
    """P17: whoever asks about a story that is gone hears what is public: that it is gone."""
    author = await world.person()
    number = await world.story(author)
    first = await _withdraw(world, author, number)
    assert (first["tombstone"]["number"], first["tombstone"]["kind"], first["problems"]) == (number, "WITHDRAWN", [])
    for who in (author, await world.person()):
        again = await _withdraw(world, who, number)
        assert (again["tombstone"], again["problems"][0]["code"]) == (None, "ALREADY_DONE")
    events = await world.connection.fetch("select kind::text, purpose from event where number = $1", number)
    assert [tuple(row) for row in events] == [("STORY_WITHDRAWN", None)]


@pytest.mark.parametrize("state", STATES.split())
async def test_p17_the_row_is_emptied_and_all_that_hung_on_it_deleted(world: World, state: str) -> None:
    """P17: a tombstone (number, time, kind), and nothing that anybody wrote; others keep the tags that they share."""
    author = await world.person()
    number, other = await world.story(author, state), await world.story(author)
    furnished = FURNISHED.replace("NUMBER", str(number))
    await world.connection.execute(furnished, number, other, (await world.person()).account_id)
    marked = "pen_name = 'wren', criticality = 3, postcode = 'x', ip_address = 'x', routing = 'ROUTED'"
    await world.connection.execute(f"update story set {marked} where id = $1", number)
    assert (await _withdraw(world, author, number))["problems"] == []
    assert await world.connection.fetchval(NOT_EMPTY, number) is None
    for table in BELONGINGS:
        name = str(table.__tablename__)
        assert await world.connection.fetchval(f"select count(*) from {name} where story_id = $1", number) == 0, name
    labels = await world.connection.fetch("select label from tag where label like '%' || $1", str(number))
    assert [row["label"] for row in labels] == [f"shared by {number}"]
    assert await world.connection.fetchval("select kind from tombstone where number = $1", number) == "WITHDRAWN"


def test_everything_that_hangs_on_a_story_is_named() -> None:
    """P17: a new table can't be forgotten."""
    from models.base import metadata

    hangs = {t.name for t in metadata.tables.values() for key in t.foreign_keys if key.target_fullname == "story.id"}
    # A disclosure stays on file, without its story.
    assert hangs == {str(table.__tablename__) for table in BELONGINGS} | {"disclosure"}


async def test_withdrawing_many_skips_those_that_are_gone(world: World) -> None:
    author = await world.person()
    numbers = [await world.story(author) for _ in range(3)]
    async with world.sessions.begin() as session:
        assert [t.number for t in await withdraw_stories(session, numbers[:2])] == numbers[:2]
    async with world.sessions.begin() as session:
        left = await withdraw_stories(session, [*numbers, 2**31 - 1])
    assert [(t.number, t.kind) for t in left] == [(numbers[2], TombstoneKind.WITHDRAWN)]


BACK = (
    "update story set status = 'PUBLISHED', title = 'A', body = 'B', published_at = now() where id = $1",
    "update story set status = 'SUBMITTED', title = 'A', body = 'B' where id = $1",
    "update story set title = 'A', body = 'B' where id = $1",
    "delete from tombstone where number = $1",
    "update tombstone set number = -number where number = $1",
    "truncate tombstone -- $1",
    "truncate tombstone, story cascade -- $1",
)
AGAIN = """
insert into story (id, status, region, title, body, age_group, author_role, progress, submitted_at, published_at)
values ($1, 'PUBLISHED', 'ENGLAND', 'A', 'B', 'ADULT', 'SERVICE_USER', 'AWAITING_RESPONSE', now(), now())
"""
REFUSED = (asyncpg.CheckViolationError, asyncpg.InsufficientPrivilegeError)


@pytest.mark.parametrize("statement", BACK)
async def test_p17_the_database_itself_brings_no_story_back(world: World, statement: str) -> None:
    """P17: as the application's own role."""
    author = await world.person()
    number = await world.story(author)
    await _withdraw(world, author, number)
    given = () if statement.startswith("truncate") else (number,)
    with pytest.raises(REFUSED):
        await world.connection.execute(statement.partition(" --")[0], *given)


@pytest.mark.parametrize("clear", ["delete from story where id = $1", "truncate story cascade"])
async def test_p17_the_number_is_never_used_again(world: World, clear: str) -> None:
    """P17: not even once its row is gone: not written anew, not given to another story."""
    author = await world.person()
    number, other = await world.story(author), await world.story(author)
    await _withdraw(world, author, number)
    for again, given in ((AGAIN, (number,)), ("update story set id = $1 where id = $2", (number, other))):
        transaction = world.connection.transaction()
        await transaction.start()
        try:
            await world.connection.execute(clear, *([number] if "$1" in clear else []))
            if clear.startswith("truncate") and "$2" in again:
                await world.connection.execute(AGAIN, other)
            with pytest.raises(asyncpg.CheckViolationError):
                await world.connection.execute(again, *given)
        finally:
            await transaction.rollback()


async def test_a_withdrawal_takes_few_statements_however_many_stories(world: World) -> None:
    author = await world.person()
    counted = []
    for many in (1, 20):
        numbers = [await world.story(author) for _ in range(many)]
        async with world.statements() as heard, world.sessions.begin() as session:
            await withdraw_stories(session, numbers)
        counted.append(len(heard))
    assert counted[0] == counted[1] < 20


async def test_two_withdrawals_at_once_leave_one_tombstone(world: World) -> None:
    """P17: the second hears that it is done."""
    author = await world.person()
    number = await world.story(author)
    payloads = await asyncio.gather(*(_withdraw(world, author, number) for _ in range(4)))
    codes = sorted(problem["code"] for payload in payloads for problem in payload["problems"])
    assert codes == ["ALREADY_DONE"] * 3
    assert await world.connection.fetchval("select count(*) from event where number = $1", number) == 1
