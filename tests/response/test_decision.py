"""Who responds, replies, edits, undoes and moderates, in every state of a story: by the operations, on stored rows."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

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
# Whether somebody replies to a published response, in every state of its story.
REPLY = """
member           ?         ?        ?         ?         ?       ?          ·
other            ?         ?        ?         ?         ?       ?          ·
reader           ?         ?        ?         ?         ·       ·          ·
staff            ?         ?        ?         ?         ·       ·          ·
manager          ?         ?        ?         ?         ·       ·          ·
writer           ?         ?        ?         ?         ·       ·          ·
safe             ?         ·        ·         ·         ·       ·          ·
abuse            ?         ?        ?         ?         ?       ?          ·
dpo              ?         ?        ?         ?         ?       ?          ·
admin            ?         ?        ?         ?         ?       ?          ·
mod              ?         ·        ·         ·         ·       ·          ·
author           ?         ·        ·         ·         Y       ·          Y
"""
# Whether somebody responds to a published story in the name of who works in the same organisation, or does not.
#              self  responder  manager  reader  elsewhere  nobody
BEHALF = """
member          ·        ·         ·       ·         ·         ·
other           ·        ·         ·       ·         ·         ·
reader          ·        ·         ·       ·         ·         ·
author          ·        ·         ·       ·         ·         ·
mod             ·        ·         ·       ·         ·         ·
safe            ·        ·         ·       ·         ·         ·
abuse           ·        ·         ·       ·         ·         ·
dpo             ·        ·         ·       ·         ·         ·
admin           ·        ·         ·       ·         ·         ·
staff           Y        ·         ·       ·         ·         ·
manager         Y        Y         Y       ·         ·         ·
"""
NAMED = ("self", "responder", "manager", "reader", "elsewhere", "nobody")
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


def _rows(table: str) -> list[Any]:
    return [
        pytest.param(viewer, decisions, id=viewer)
        for viewer, *decisions in (line.split() for line in table.strip().splitlines())
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


@pytest.mark.parametrize(("name", "decisions"), _rows(CHANGES))
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


@pytest.mark.parametrize(("name", "decisions"), _rows(REPLY))
async def test_p10_who_replies(world: World, cast: Cast, name: str, decisions: list[str]) -> None:
    """P10: the story's author alone, while they and others can read it."""
    found = []
    for state in STATES.split():
        author, writer = await world.person(), await cast.staff()
        who = writer if name == "writer" else await _viewer(cast, name, author)
        number = await world.story(author, state)
        given = (number, cast.organisation, writer.account_id, "PUBLISHED", False)
        found.append(await _outcome(cast.reply(who, await world.connection.fetchval(WRITTEN, *given))))
    assert dict(zip(STATES.split(), found, strict=True)) == dict(zip(STATES.split(), decisions, strict=True))


@pytest.mark.parametrize(("name", "decisions"), _rows(BEHALF))
async def test_p08_who_responds_in_whose_name(world: World, cast: Cast, name: str, decisions: list[str]) -> None:
    """P08: a manager for colleagues who may respond themselves, everybody else for themselves."""
    author = await world.person()
    number, who = await world.story(author), await _viewer(cast, name, author)
    colleagues = {
        "self": who.account_id,
        "responder": (await cast.staff()).account_id,
        "manager": (await cast.staff(MembershipRole.MANAGER)).account_id,
        "reader": (await cast.staff(MembershipRole.READER)).account_id,
        "elsewhere": (await _viewer(cast, "other", author)).account_id,
        "nobody": uuid4(),
    }
    found = {named: await _outcome(cast.respond(who, number, on_behalf_of=colleagues[named])) for named in NAMED}
    assert found == dict(zip(NAMED, decisions, strict=True))
    writers = await world.connection.fetch("select account_id from response where story_id = $1", number)
    assert {row["account_id"] for row in writers} == {colleagues[named] for named in NAMED if found[named] == "Y"}
