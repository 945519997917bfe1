"""What recipients of copies hear of moderation: what is public, and nothing of how it came about."""

from functools import partial

from models.consent import ConsentPurpose
from operations import moderation
from operations.edit import Edit
from operations.sharing import leaving
from tests.consent.world import World
from tests.moderation.desk import REASON, author_of, do, events, moderator

FEED, PUBLISH = ConsentPurpose.FEED, ConsentPurpose.PUBLISH


async def _heard(world: World, number: int) -> list[str]:
    await world.settled([number])
    async with world.sessions.begin() as session:
        return [str(event.kind) for event in await leaving(session, FEED, limit=10_000) if event.number == number]


async def test_p10_how_a_story_was_moderated_leaves_to_nobody(world: World) -> None:
    """P10, P25: that it is public does, and that it is restricted, so that copies are deleted."""
    author, who = await author_of(world, PUBLISH, FEED), await moderator(world)
    number = await world.story(author, "SUBMITTED")
    for step in (moderation.assign, moderation.unassign, partial(moderation.preview, edit=Edit())):
        await do(world, who, step, number)
        assert await _heard(world, number) == []
    await do(world, who, partial(moderation.publish, edit=Edit(title="Another title")), number)
    assert await _heard(world, number) == ["STORY_PUBLISHED"]
    await do(world, who, partial(moderation.restrict, reason=REASON), number)
    assert await _heard(world, number) == ["STORY_RESTRICTED"]
    assert len(await events(world, number)) == 5


async def test_p10_a_story_that_was_turned_down_is_told_to_nobody(world: World) -> None:
    author, who = await author_of(world, PUBLISH, FEED), await moderator(world)
    number = await world.story(author, "SUBMITTED")
    await do(world, who, partial(moderation.reject, reason=REASON), number)
    assert (await _heard(world, number), await events(world, number)) == ([], ["STORY_REJECTED"])
