"""What helps moderators, asked by everybody: both executors say the same."""

import pytest

from models import PlatformRole, Story
from policies.viewer import Viewer
from tests.reference.proof import Proof

HELP = "number assignedToMe assignedAt moderationDueAt identifying { kind field start length suggestion }"
FILTERS = (
    "", "(filter: {overdue: true})", "(filter: {overdue: false, unassigned: null})", "(filter: {assignedToMe: true})",
    "(filter: {assignedToMe: false, unassigned: false})", "(filter: {unassigned: true, status: SUBMITTED})",
    "(filter: {status: PUBLISHED})", "(filter: {routing: UNKNOWN_POSTCODE, status: PREVIEW})",
)  # fmt: skip


def _moderates(viewer: Viewer) -> bool:
    return PlatformRole.MODERATOR in getattr(viewer, "roles", ())


@pytest.mark.parametrize("given", FILTERS)
async def test_the_queue_by_every_filter(in_small: Proof, given: str) -> None:
    document = f"{{ moderationQueue{given} {{ totalCount nodes {{ {HELP} }} }} }}"
    for viewer in in_small.viewers:
        assert await in_small.differences(document, {}, viewer) == [], str(viewer.kind)


async def test_every_story(in_small: Proof) -> None:
    ids = ", ".join(f'"Story:{story.id}"' for story in in_small.world.all(Story)[:40])
    for viewer in in_small.viewers[::2]:
        document = f"{{ nodes(ids: [{ids}]) {{ ... on Story {{ {HELP} }} }} }}"
        assert await in_small.differences(document, {}, viewer, True) == [], str(viewer.kind)


async def test_the_world_has_of_everything(in_small: Proof) -> None:
    moderators = [viewer for viewer in in_small.viewers if _moderates(viewer)]
    found = [
        story
        for viewer in moderators
        for story in (
            await in_small.planned(f"{{ moderationQueue(first: 100) {{ nodes {{ {HELP} }} }} }}", {}, viewer)
        )["data"]["moderationQueue"]["nodes"]
    ]
    assert len(moderators) == 2
    for field in ("assignedToMe", "assignedAt", "moderationDueAt", "identifying"):
        assert {bool(story[field]) for story in found} == {True, False}, field
