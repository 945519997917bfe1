"""What could identify a person in a story: for those who read it before everybody does, and only there."""

from collections.abc import Callable
from typing import Any

import pytest

from operations.detection import find
from tests.consent.world import World
from tests.moderation.desk import moderator

TITLE, BODY = "Dr Gwen Tŷ was kind", 'She said: "ring 07700 900123" \\ ☕\nor SW1A 1AA'
STORY = """query($number: Int!) { story(number: $number) {
    title body identifying { __typename kind field start length at: start suggestion }
} }"""
SUGGESTIONS = "query($number: Int!) { story(number: $number) { identifying { suggestion } } }"
WRITE = "update story set title = $2, body = $3 where id = $1"
EXPECTED = [("NAME", "TITLE", "Dr Gwen Tŷ"), ("PHONE", "BODY", "07700 900123"), ("POSTCODE", "BODY", "SW1A 1AA")]


async def _written(world: World, status: str, title: str = TITLE, body: str = BODY) -> tuple[Any, int]:
    author = await world.person()
    number = await world.story(author, status)
    await world.connection.execute(WRITE, number, title, body)
    return author, number


@pytest.mark.parametrize("role", ["author", "anonymous", "", "ABUSE", "DPO", "ADMIN"])
async def test_p10_it_is_for_those_who_moderate(world: World, role: str) -> None:
    """P10: not even of a published story would a list of what could identify somebody be public."""
    author, number = await _written(world, "PUBLISHED")
    who = {"author": author, "anonymous": None}.get(role, await world.person())
    if who and role.isupper():
        await world.connection.execute(f"update account set roles = '{{{role}}}' where id = $1", who.account_id)
    answer = await world.answer(SUGGESTIONS, who, number=number)
    assert answer["data"] == {"story": {"identifying": None}}
    assert answer["errors"][0]["extensions"]["reason"].startswith("P10")


@pytest.mark.parametrize("status", ["SUBMITTED", "IN_REVIEW", "PREVIEW", "PUBLISHED", "RESTRICTED", "REJECTED"])
@pytest.mark.parametrize("role", ["MODERATOR", "SAFEGUARDING"])
async def test_a_moderator_sees_what_could_be_redacted(world: World, status: str, role: str) -> None:
    _, number = await _written(world, status)
    who = await world.person()
    await world.connection.execute(f"update account set roles = '{{{role}}}' where id = $1", who.account_id)
    story = (await world.ask(STORY, who, number=number))["story"]
    texts = {"TITLE": story["title"], "BODY": story["body"]}
    found = story["identifying"]
    assert [
        (f["kind"], f["field"], texts[f["field"]][f["start"] : f["start"] + f["length"]]) for f in found
    ] == EXPECTED
    assert all(f["at"] == f["start"] and f["__typename"] == "Identifying" for f in found)
    assert texts == {"TITLE": TITLE, "BODY": BODY}, "a suggestion is never applied by itself"


@pytest.mark.parametrize("make", [lambda: "x" * 12_000, lambda: "0 7" * 4_000, lambda: '\t"\\u0000d0\'"☕' * 900])
async def test_whatever_is_written_is_answered(world: World, make: Callable[[], str]) -> None:
    """The longest text, the most numbers, and what looks like the planner's own marks."""
    body = make()
    _, number = await _written(world, "SUBMITTED", "A title", body)
    story = (await world.ask(STORY, await moderator(world), number=number))["story"]
    assert story["body"] == body
    assert [f["suggestion"] for f in story["identifying"]] == [f.suggestion for f in find(body)]


async def test_a_list_of_stories_and_nothing_of_a_withdrawn_one(world: World) -> None:
    who, (_, number) = await moderator(world), await _written(world, "SUBMITTED")
    gone = await world.story(await world.person(), "WITHDRAWN")
    document = f'{{ nodes(ids: ["Story:{number}", "Story:{gone}"]) {{ ... on Story {{ identifying {{ kind }} }} }} }}'
    assert await world.ask(document, who) == {
        "nodes": [{"identifying": [{"kind": kind} for kind, *_ in EXPECTED]}, None]
    }
