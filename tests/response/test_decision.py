"""Who responds, replies, edits, undoes and moderates, in every state of a story: by the operations, on stored rows."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from models.account import PlatformRole
from models.membership import MembershipRole
from models.story import StoryStatus
from operations.problem import ProblemError
from operations.response import write
from policies.viewer import Member, Purpose
from tests.consent.world import World
from tests.response.cast import Cast

#            ? is not found, · is not allowed, = was done before, Y is done
STATES = "WITHDRAWN REJECTED SUBMITTED IN_REVIEW PREVIEW RESTRICTED PUBLISHED"
RESPOND = """
member           ?         ?        ?         ?         ?       ·          ·
other            ?         ?        ?         ?         ?       ·          ·
reader           ?         ?        ?         ?         ·       ·          ·
author           ?         ·        ·         ·         ·       ·          ·
mod              ?         ·        ·         ·         ·       ·          ·
safe             ?         ·        ·         ·         ·       ·          ·
abuse            ?         ?        ?         ?         ?       ·          ·
dpo              ?         ?        ?         ?         ?       ·          ·
admin            ?         ?        ?         ?         ?       ·          ·
staff            ?         ?        ?         ?         Y       ·          Y
manager          ?         ?        ?         ?         Y       ·          Y
"""
# Whether somebody edits, undoes, replies to and moderates what is pending, published or turned down.
#             edit          undo         reply       moderate
CHANGES = """
member        ? · ?         ? · ?        ? · ?         ? · ?
other         ? · ?         ? · ?        ? · ?         ? · ?
reader        · · ·         · · ·        · · ·         · · ·
colleague     · · ·         · · ·        · · ·         · · ·
author        ? · ?         ? · ?        ? Y ?         ? · ?
safe          ? · ?         ? · ?        ? · ?         ? · ?
abuse         ? · ?         ? · ?        ? · ?         ? · ?
dpo           ? · ?         ? · ?        ? · ?         ? · ?
admin         ? · ?         ? · ?        ? · ?         ? · ?
mod           · · ·         · · ·        · · ·         Y ! !
manager       Y · ·         Y · ·        · · ·         · · ·
writer        Y = =         Y = =        · · ·         · · ·
"""
ROLES = {
    "mod": PlatformRole.MODERATOR,
    "safe": PlatformRole.SAFEGUARDING,
    "abuse": PlatformRole.ABUSE,
    "dpo": PlatformRole.DPO,
    "admin": PlatformRole.ADMIN,
}
PURPOSES = {"safe": Purpose.SAFEGUARDING, "abuse": Purpose.ABUSE, "dpo": Purpose.COMPLAINT}
MEMBERS = {
    "staff": MembershipRole.RESPONDER,
    "writer": MembershipRole.RESPONDER,
    "colleague": MembershipRole.RESPONDER,
    "reader": MembershipRole.READER,
    "manager": MembershipRole.MANAGER,
}
ELSEWHERE = "select id from organisation where id <> $1 order by id desc limit 1"
WRITTEN = """
insert into response (story_id, organisation_id, account_id, body, status, created_at, settles_at, published_at)
select $1, $2, $3, 'A text', status, statement_timestamp(),
    case when status = 'PENDING' and $5 then statement_timestamp() + interval '30 minutes' end,
    case when status = 'PUBLISHED' then statement_timestamp() end
from (select $4::text::responsestatus) as given (status) returning id
"""
OUTCOMES = {"NOT_FOUND": "?", "NOT_ALLOWED": "·", "ALREADY_DONE": "=", "CONFLICT": "!"}
ANSWERS = ("PENDING", "PUBLISHED", "REJECTED")
ACTIONS = ("edit", "undo", "reply", "moderate")
RESPONDING = [
    pytest.param(viewer, state, decision, id=f"{viewer}-{state}")
    for viewer, *decisions in (line.split() for line in RESPOND.strip().splitlines())
    for state, decision in zip(STATES.split(), decisions, strict=True)
]
CHANGING = [
    pytest.param(viewer, decisions, id=viewer)
    for viewer, *decisions in (line.split() for line in CHANGES.strip().splitlines())
]


async def _viewer(cast: Cast, name: str, author: Member) -> Member:
    if name == "author":
        return author
    if name in MEMBERS:
        return await cast.staff(MEMBERS[name])
    if name == "other":
        elsewhere = await cast.world.connection.fetchval(ELSEWHERE, cast.organisation)
        return await cast.staff(MembershipRole.MANAGER, elsewhere)
    who = await cast.world.person()
    return replace(who, roles=frozenset([ROLES[name]] if name in ROLES else []), purpose=PURPOSES.get(name))


async def _outcome(work: Awaitable[Any]) -> str:
    try:
        await work
    except ProblemError as error:
        return OUTCOMES[error.code]
    return "Y"


def test_every_state_is_decided() -> None:
    assert set(STATES.split()) == set(StoryStatus)


@pytest.mark.parametrize(("name", "state", "decision"), RESPONDING)
async def test_p08_who_responds(world: World, cast: Cast, name: str, state: str, decision: str) -> None:
    """P08: only responders and managers of the organisations that the story is about, from its preview on."""
    author = await world.person()
    number, who = await world.story(author, state), await _viewer(cast, name, author)
    assert await _outcome(cast.respond(who, number)) == decision
    written = await world.connection.fetchval("select count(*) from response where story_id = $1", number)
    assert written == (decision == "Y")


@pytest.mark.parametrize(("name", "decisions"), CHANGING)
async def test_p10_who_changes_and_moderates(world: World, cast: Cast, name: str, decisions: list[str]) -> None:
    """P10: what is pending is for who wrote it, their managers and moderators; each decides once."""
    author, writer = await world.person(), await cast.staff()
    who = writer if name == "writer" else await _viewer(cast, name, author)
    does: dict[str, Callable[[int], Awaitable[Any]]] = {
        "edit": lambda response: cast.does(write.edit_response, who, response, "Another text"),
        "undo": lambda response: cast.does(write.undo_response, who, response),
        "reply": lambda response: cast.reply(who, response),
        "moderate": lambda response: cast.moderate(who, response),
    }
    number = await world.story(author)
    asked = [(action, status) for action in ACTIONS for status in ANSWERS]
    found = []
    for action, status in asked:
        given = (number, cast.organisation, writer.account_id, status, action in ("edit", "undo"))
        found.append(await _outcome(does[action](await world.connection.fetchval(WRITTEN, *given))))
    assert dict(zip(asked, found, strict=True)) == dict(zip(asked, decisions, strict=True))


@pytest.mark.parametrize("state", ["REJECTED", "SUBMITTED", "IN_REVIEW", "RESTRICTED"])
async def test_p10_nobody_replies_where_the_story_is_not_read(world: World, cast: Cast, state: str) -> None:
    author, writer = await world.person(), await cast.staff()
    number = await world.story(author, state)
    given = (number, cast.organisation, writer.account_id, "PUBLISHED", False)
    assert await _outcome(cast.reply(author, await world.connection.fetchval(WRITTEN, *given))) == "·"
