"""What is told as it happens is what a query would have answered: rows, fields, masks, errors and their places."""

from dataclasses import replace
from typing import Any

import orjson
import pytest

from models.account import PlatformRole
from policies.viewer import Anonymous, Member, Purpose, Viewer
from resolvers.answer import Request
from resolvers.document import Refused
from tests.consent.world import World
from tests.event.live import Live, answer, codes, employ, grant
from tests.moderation.desk import author_of

SELECTED = """{
  __typename number status title criticality restriction { reason } submittedAt services { name } markedSimilar
  responses(first: 5) { edges { cursor } } routedAreas { code } original { title } moderationLog { action }
  identifying { kind } assignedToMe author { email } postcode ipAddress viewerCan { publish }
}"""
QUERY = f"query ($id: ID!) {{ told: story(id: $id) {SELECTED} }}"
CHANGED = f"subscription ($id: ID!) {{ told: storyChanged(id: $id) {SELECTED} }}"
PUBLISHED = "subscription { storyPublished { number status title criticality } }"
QUEUE = "subscription { moderationQueueChanged { story { number status title criticality } } }"
STATUSES = ("SUBMITTED", "IN_REVIEW", "PREVIEW", "PUBLISHED", "RESTRICTED", "REJECTED", "WITHDRAWN")
HOME = (
    "select organisation_id from service where id = (select service_id from story_service where story_id = $1 limit 1)"
)
SEEN = [4, 4, 5, 13, 13, 4, 0]
"""How many of the viewers see a story in each state."""
PURPOSES = {
    PlatformRole.SAFEGUARDING: Purpose.SAFEGUARDING,
    PlatformRole.ABUSE: Purpose.ABUSE,
    PlatformRole.DPO: Purpose.RIGHTS_REQUEST,
}


async def _viewers(world: World, author: Member, number: int) -> list[Viewer]:
    """Everybody whom the access table tells apart."""
    home = await world.connection.fetchval(HOME, number)
    found: list[Viewer] = [Anonymous(), author, await world.person()]
    found.append(await employ(world, await world.person(), home))
    found.append(await employ(world, await world.person(), home + 1))
    for role in PlatformRole:
        who = await grant(world, await world.person(), role)
        found.append(who)
        if role in PURPOSES:
            found.append(replace(who, purpose=PURPOSES[role], reference="CASE-1"))
    return found


async def _asked(live: Live, viewer: Viewer, number: int) -> Any:
    answer = await live.executor.execute(Request(QUERY, {"id": f"Story:{number}"}), viewer)
    return orjson.loads(answer.body)


def _places(told: Any) -> list[Any]:
    """The errors without where they stand in the document."""
    return sorted((str(e["path"]), e["message"], e["extensions"]["code"]) for e in told.get("errors", ()))


def _token(world: World, viewer: Viewer) -> str | None:
    return world.tokens[viewer.account_id] if isinstance(viewer, Member) else None


async def _agree(live: Live, world: World, viewer: Viewer, number: int) -> bool:
    """Whether the viewer is told of the story; what they are told is what they would be answered."""
    asked, token = await _asked(live, viewer, number), _token(world, viewer)
    request = Request(CHANGED, {"id": f"Story:{number}"})
    if asked["data"]["told"] is None:
        with pytest.raises(Refused):
            await live.hub.subscribe(request, viewer, token)
        return False
    heard = await live.hub.subscribe(request, viewer, token)
    heard.last = b"another"
    await live.tell("STORY_PUBLISHED", number)
    told = await answer(heard)
    assert (told["data"], told.get("extensions")) == (asked["data"], asked.get("extensions"))
    assert _places(told) == _places(asked)
    live.hub.leave(heard)
    return True


async def test_p10_each_viewer_is_told_what_they_would_be_answered(live: Live, world: World) -> None:
    """P06, P08, P10, P17: a story that they may not see is not there."""
    author = await author_of(world)
    numbers = {status: await world.story(author, status) for status in STATUSES}
    viewers = await _viewers(world, author, numbers["PUBLISHED"])
    seen = {status: [await _agree(live, world, one, numbers[status]) for one in viewers] for status in STATUSES}
    assert [sum(seen[status]) for status in STATUSES] == SEEN
    news = [await live.hub.subscribe(Request(PUBLISHED, {}), one, _token(world, one)) for one in viewers]
    for number in numbers.values():
        await live.tell("STORY_PUBLISHED", number)
    for viewer, one in zip(viewers, news, strict=True):
        told, asked = await answer(one), await _asked(live, viewer, numbers["PUBLISHED"])
        expected = {name: asked["data"]["told"][name] for name in ("number", "status", "title", "criticality")}
        assert told["data"]["storyPublished"] == expected


async def test_p10_the_queue_is_told_to_moderators_alone(live: Live, world: World) -> None:
    """P10: with the story as they may see it."""
    author = await author_of(world)
    number = await world.story(author, "IN_REVIEW")
    heard = []
    for viewer in await _viewers(world, author, number):
        try:
            heard.append(await live.hub.subscribe(Request(QUEUE, {}), viewer, _token(world, viewer)))
        except Refused as refused:
            assert (refused.errors[0].extensions or {})["code"] == "FORBIDDEN"  # noqa: PT017
            assert PlatformRole.MODERATOR not in getattr(viewer, "roles", ())
    await live.tell("STORY_SUBMITTED", number)
    (one,) = heard
    told = await answer(one)
    story = {"number": number, "status": "IN_REVIEW", "title": "A title", "criticality": None}
    assert (told["data"]["moderationQueueChanged"]["story"], codes(told)) == (story, [])
