"""Who does what with a story, in every state of its life: by the operation, on stored rows."""

from dataclasses import replace

import pytest

from models.account import PlatformRole
from models.consent import ConsentPurpose
from models.story import StoryStatus
from operations import moderation
from operations.edit import Edit
from operations.problem import ProblemCode
from policies.viewer import Member, Purpose
from tests.consent.world import ENGLAND, World
from tests.moderation.desk import REASON, Step, outcome, status, steps

STATES = "WITHDRAWN REJECTED SUBMITTED IN_REVIEW PREVIEW RESTRICTED PUBLISHED"
#     ? is not found, · is not allowed, ! is a conflict, Y is done
SEEN = """
member  ? ? ? ? ? · ·
other   ? ? ? ? ? · ·
staff   ? ? ? ? · · ·
author  ? · · · · · ·
safe    ? · · · · · ·
abuse   ? ? ? ? ? · ·
dpo     ? ? ? ? ? · ·
admin   ? ? ? ? ? · ·
own     ? · · · · · ·
"""
"""Who does not moderate is refused whatever the step; `own` moderates, and wrote the story."""
MODERATOR = """
assign   ? ! Y Y ! ! !
unassign ? ! ! Y ! ! !
preview  ? ! Y Y ! ! !
hold     ? ! ! ! Y ! !
publish  ? ! Y Y Y ! !
reject   ? ! Y Y Y ! !
restrict ? ! ! ! ! ! Y
show     ? ! ! ! ! Y !
"""
BECOMES = {
    "assign": "IN_REVIEW", "unassign": "SUBMITTED", "preview": "PREVIEW", "hold": "PREVIEW", "publish": "PUBLISHED",
    "reject": "REJECTED", "restrict": "RESTRICTED", "show": "PUBLISHED",
}  # fmt: skip
STEPS: dict[str, Step] = {
    "assign": moderation.assign,
    "unassign": moderation.unassign,
    "preview": lambda desk, number: moderation.preview(desk, number, Edit()),
    "hold": moderation.hold_preview,
    "publish": lambda desk, number: moderation.publish(desk, number, Edit()),
    "reject": lambda desk, number: moderation.reject(desk, number, REASON),
    "restrict": lambda desk, number: moderation.restrict(desk, number, REASON),
    "show": moderation.unrestrict,
}
MARKS = {ProblemCode.NOT_FOUND: "?", ProblemCode.NOT_ALLOWED: "·", ProblemCode.CONFLICT: "!", "Y": "Y"}
ROLES = {
    "mod": PlatformRole.MODERATOR,
    "own": PlatformRole.MODERATOR,
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


def _rows(table: str) -> list[tuple[str, str, str]]:
    return [
        (name, state, mark)
        for name, *marks in (line.split() for line in table.strip().splitlines())
        for state, mark in zip(STATES.split(), marks, strict=True)
    ]


async def _viewer(world: World, name: str, author: Member) -> Member:
    who = author if name in ("author", "own") else await world.person()
    if name in ("staff", "other"):
        service = await world.connection.fetchval(ENGLAND)
        await world.connection.execute(JOIN, who.account_id, service, name == "staff")
    roles = frozenset([ROLES[name]] if name in ROLES else [])
    return replace(who, roles=roles, staff=name in ("staff", "other"), purpose=PURPOSES.get(name))


@pytest.mark.parametrize(("name", "state", "mark"), _rows(SEEN))
async def test_p10_who_does_not_moderate_is_refused(world: World, name: str, state: str, mark: str) -> None:
    """P10: nor does a moderator with a story of their own."""
    author = await world.person(ConsentPurpose.PUBLISH)
    number, who = await world.story(author, state), await _viewer(world, name, author)
    for step in STEPS.values():
        assert MARKS[await outcome(world, who, step, number)] == mark
    assert (await status(world, number), await steps(world, number)) == (state, [])


@pytest.mark.parametrize(("name", "state", "mark"), _rows(MODERATOR))
async def test_p10_what_moderators_do(world: World, name: str, state: str, mark: str) -> None:
    author = await world.person(ConsentPurpose.PUBLISH)
    number, who = await world.story(author, state), await _viewer(world, "mod", author)
    await world.connection.execute(
        "update story set preview_until = now() + interval '1 day' where id = $1 and status = 'PREVIEW'", number
    )
    assert MARKS[await outcome(world, who, STEPS[name], number)] == mark
    assert await status(world, number) == (BECOMES[name] if mark == "Y" else state)
    assert len(await steps(world, number)) == (mark == "Y")


def test_every_state_and_every_step_is_decided() -> None:
    assert set(STATES.split()) == set(StoryStatus)
    assert set(BECOMES) == set(STEPS) == {name for name, _, _ in _rows(MODERATOR)}
