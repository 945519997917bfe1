"""The moderators' queue: for them alone, the story that waits longest first, in every state and by every filter."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from models.story import StoryStatus
from policies.viewer import Member
from tests.consent.world import World
from tests.moderation.desk import moderator

FIELDS = "number status submittedAt assignedToMe assignedAt moderationDueAt"
QUEUE = f"""query($filter: ModerationFilter, $first: Int, $after: String) {{
    moderationQueue(filter: $filter, first: $first, after: $after) {{
        totalCount nodes {{ {FIELDS} }} pageInfo {{ hasNextPage endCursor }}
    }}
}}"""
STORY = f"query($number: Int!) {{ story(number: $number) {{ {FIELDS} }} }}"
WAITING = {StoryStatus.SUBMITTED, StoryStatus.IN_REVIEW, StoryStatus.PREVIEW}
ROLES = ("SAFEGUARDING", "ABUSE", "DPO", "ADMIN")
ASSIGN = "update story set moderator_id = $2, assigned_at = now() where id = $1"


async def _queue(world: World, who: Member, **given: Any) -> list[dict[str, Any]]:
    """All that a filter finds, page by page."""
    found: list[dict[str, Any]] = []
    cursor = None
    while not found or cursor:
        page = (await world.ask(QUEUE, who, filter=given, first=50, after=cursor))["moderationQueue"]
        found += page["nodes"]
        cursor = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None
        if not page["nodes"]:
            break
    assert page["totalCount"] == len(found)
    return found


async def _numbers(world: World, who: Member, **given: Any) -> set[int]:
    return {node["number"] for node in await _queue(world, who, **given)}


@pytest.mark.parametrize("role", ["", "anonymous", *ROLES])
async def test_p10_the_queue_is_for_moderators(world: World, role: str) -> None:
    """P10: nobody else sees what waits, nor how much."""
    who = None if role == "anonymous" else await world.person()
    if who and role:
        await world.connection.execute(f"update account set roles = '{{{role}}}' where id = $1", who.account_id)
    answer = await world.answer("{ moderationQueue { totalCount nodes { id } } }", who)
    assert answer["data"] == {"moderationQueue": None}
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert error["extensions"]["reason"].startswith("P10")


async def test_p10_how_far_moderation_has_got_is_not_for_the_author(world: World) -> None:
    author = await world.person()
    number = await world.story(author, "IN_REVIEW")
    answer = await world.answer(STORY, author, number=number)
    story = answer["data"]["story"]
    assert [story[field] for field in ("assignedToMe", "assignedAt", "moderationDueAt")] == [None] * 3
    assert len(answer["errors"]) == 3


@pytest.mark.parametrize("status", StoryStatus)
async def test_only_what_waits_is_in_it(world: World, status: StoryStatus) -> None:
    who = await moderator(world)
    number = await world.story(await world.person(), status)
    assert (number in await _numbers(world, who)) == (status in WAITING)
    assert (number in await _numbers(world, who, status=status)) == (status in WAITING)


async def test_the_story_that_waits_longest_comes_first(world: World) -> None:
    who, author = await moderator(world), await world.person()
    for days in (3, 1, 2, 2):
        number = await world.story(author, "SUBMITTED")
        sent = datetime(2025, 1, days, tzinfo=UTC)
        await world.connection.execute("update story set submitted_at = $2 where id = $1", number, sent)
    found = await _queue(world, who)
    assert all(
        (one["submittedAt"], one["number"]) < (other["submittedAt"], other["number"]) for one, other in pairwise(found)
    )


async def test_a_page_goes_on_where_the_last_one_ended(world: World) -> None:
    who, author = await moderator(world), await world.person()
    for _ in range(4):
        await world.story(author, "SUBMITTED")
    found, cursor = [], None
    for _ in range(2):
        page = (await world.ask(QUEUE, who, first=2, after=cursor))["moderationQueue"]
        found += page["nodes"]
        cursor = page["pageInfo"]["endCursor"]
    assert found == (await _queue(world, who))[:4]


async def test_who_has_a_story_is_told_to_nobody_else(world: World) -> None:
    mine, other = await moderator(world), await moderator(world)
    number = await world.story(await world.person(), "IN_REVIEW")
    for taken in (False, True):
        if taken:
            await world.connection.execute(ASSIGN, number, mine.account_id)
        for who in (mine, other):
            story = (await world.ask(STORY, who, number=number))["story"]
            assert story["assignedToMe"] is (taken and who is mine)
            assert bool(story["assignedAt"]) is taken
            for given in (True, False):
                assert (number in await _numbers(world, who, unassigned=given)) == (given != taken)
                assert (number in await _numbers(world, who, assignedToMe=given)) == (given == (taken and who is mine))


async def test_p18_a_story_of_an_erased_moderator_is_nobodys(world: World) -> None:
    who, number = await moderator(world), await world.story(await world.person(), "IN_REVIEW")
    await world.connection.execute("update story set assigned_at = now() where id = $1", number)
    assert number in await _numbers(world, who, unassigned=True)
    assert (await world.ask(STORY, who, number=number))["story"]["assignedAt"] is None


@pytest.mark.parametrize(
    ("status", "held", "due"),
    [("REJECTED", False, False), ("PUBLISHED", False, False), ("PREVIEW", False, False), ("PREVIEW", True, True),
     ("SUBMITTED", False, True), ("IN_REVIEW", False, True)],
)  # fmt: skip
async def test_a_story_that_waits_has_a_deadline(world: World, status: str, held: bool, due: bool) -> None:
    """72 hours unless set otherwise; a preview that ends by itself waits for nobody."""
    who, number = await moderator(world), await world.story(await world.person(), status)
    until = None if held or status != "PREVIEW" else datetime.now(UTC)
    for hours, late in ((71, False), (73, True)):
        sent = datetime.now(UTC) - timedelta(hours=hours)
        change = "update story set submitted_at = $2, preview_until = $3 where id = $1"
        await world.connection.execute(change, number, sent, until)
        story = (await world.ask(STORY, who, number=number))["story"]
        shown = story["moderationDueAt"] and datetime.fromisoformat(story["moderationDueAt"])
        assert shown == (sent + timedelta(hours=72) if due else None)
        assert (number in await _numbers(world, who, overdue=True)) == (due and late)


async def test_stories_whose_postcode_led_nowhere_are_a_list(world: World) -> None:
    """P02: a moderator finds what was not routed."""
    who, number = await moderator(world), await world.story(await world.person(), "SUBMITTED")
    await world.connection.execute("update story set routing = 'UNKNOWN_POSTCODE' where id = $1", number)
    assert number in await _numbers(world, who, routing="UNKNOWN_POSTCODE")
    assert number not in await _numbers(world, who, routing="ROUTED")
