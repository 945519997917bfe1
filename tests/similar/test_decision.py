"""Who marks what, in every state of a story: by the operation, on stored rows."""

from dataclasses import replace
from typing import Any

import pytest

from models.account import PlatformRole
from models.story import StoryStatus
from operations.problem import ProblemError
from operations.similar import mark_similar, unmark_similar
from policies.viewer import Member, Purpose
from tests.consent.world import ENGLAND, World

#            ? is not found, · is not allowed, Y is done
STATES = "WITHDRAWN REJECTED SUBMITTED IN_REVIEW PREVIEW RESTRICTED PUBLISHED"
MARK = """
member           ?         ?        ?         ?         ?       ·          Y
other            ?         ?        ?         ?         ?       ·          Y
staff            ?         ?        ?         ?         ·       ·          Y
author           ?         ·        ·         ·         ·       ·          ·
mod              ?         ·        ·         ·         ·       ·          Y
safe             ?         ·        ·         ·         ·       ·          Y
abuse            ?         ?        ?         ?         ?       ·          Y
dpo              ?         ?        ?         ?         ?       ·          Y
admin            ?         ?        ?         ?         ?       ·          Y
"""
ROLES = {
    "mod": PlatformRole.MODERATOR,
    "safe": PlatformRole.SAFEGUARDING,
    "abuse": PlatformRole.ABUSE,
    "dpo": PlatformRole.DPO,
    "admin": PlatformRole.ADMIN,
}
PURPOSES = {"safe": Purpose.SAFEGUARDING, "abuse": Purpose.ABUSE, "dpo": Purpose.COMPLAINT}
JOIN = """
insert into membership (account_id, organisation_id, role)
select $1, organisation_id, 'MANAGER' from service where (id = $2) = $3 order by organisation_id desc limit 1
"""
DECISIONS = [
    pytest.param(viewer, state, decision, id=f"{viewer}-{state}")
    for viewer, *decisions in (line.split() for line in MARK.strip().splitlines())
    for state, decision in zip(STATES.split(), decisions, strict=True)
]


async def _viewer(world: World, name: str, author: Member) -> Member:
    if name == "author":
        return author
    who = await world.person()
    if name in ("staff", "other"):
        service = await world.connection.fetchval(ENGLAND)
        await world.connection.execute(JOIN, who.account_id, service, name == "staff")
    roles = frozenset([ROLES[name]] if name in ROLES else [])
    return replace(who, roles=roles, staff=name in ("staff", "other"))


async def _outcome(world: World, operation: Any, who: Member, number: int) -> str:
    try:
        async with world.sessions.begin() as session:
            await operation(session, world.plan(who), who, number)
    except ProblemError as error:
        return {"NOT_FOUND": "?", "NOT_ALLOWED": "·"}[error.code]
    return "Y"


def test_every_state_is_decided() -> None:
    assert set(STATES.split()) == set(StoryStatus)


@pytest.mark.parametrize(("name", "state", "decision"), DECISIONS)
async def test_p05_who_marks_and_unmarks(world: World, name: str, state: str, decision: str) -> None:
    """P05: only a public story of somebody else; a mark is taken back wherever the story is still seen."""
    author = await world.person()
    number, who = await world.story(author, state), await _viewer(world, name, author)
    purpose = replace(who, purpose=PURPOSES.get(name))
    for viewer in (who, purpose):
        assert await _outcome(world, mark_similar, viewer, number) == decision
        assert await _outcome(world, unmark_similar, viewer, number) == ("?" if decision == "?" else "Y")
