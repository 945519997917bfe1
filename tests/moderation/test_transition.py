"""The states of a story's life: what the model refuses, and that the database refuses exactly the same."""

import asyncpg
import pytest

from models.region import Region
from models.story import AgeGroup, AuthorRole, Story, StoryProgress, StoryStatus
from models.transition import OPEN, TRANSITIONS, TransitionError, become
from tests.consent.world import World

PAIRS = [(old, new) for old in StoryStatus for new in StoryStatus if old != new]
UPDATE = """
update story set status = new::storystatus,
    published_at = case when new in ('PUBLISHED', 'RESTRICTED') then now() end,
    restriction_reason = case when new = 'RESTRICTED' then 'A reason' end,
    title = case when new <> 'WITHDRAWN' then 'A title' end, body = case when new <> 'WITHDRAWN' then 'A text' end,
    author_id = null
from (select $2::text as new) as given where id = $1
"""
IMPOSSIBLE = [
    ("PUBLISHED", "published_at = null"),
    ("PUBLISHED", "restriction_reason = 'A reason'"),
    ("PUBLISHED", "preview_until = now()"),
    ("SUBMITTED", "published_at = now()"),
    ("SUBMITTED", "preview_until = now()"),
    ("REJECTED", "moderator_id = author_id"),
    ("SUBMITTED", "moderator_id = author_id"),
    ("PREVIEW", "criticality = 6"),
]


def _story(status: StoryStatus) -> Story:
    return Story(
        status=status,
        region=Region.ENGLAND,
        title="A title",
        body="A text",
        age_group=AgeGroup.ADULT,
        author_role=AuthorRole.CARER,
        progress=StoryProgress.AWAITING_RESPONSE,
        restriction_reason="A reason",
    )


@pytest.mark.parametrize(("old", "new"), PAIRS)
async def test_p10_only_the_drawn_steps_are_taken(world: World, old: StoryStatus, new: StoryStatus) -> None:
    """P10, P17: by the model and, whoever asks for it by SQL, by the database."""
    number, drawn = await world.story(None, old), new in TRANSITIONS[old]
    if drawn:
        become(_story(old), new)
        await world.connection.execute(UPDATE, number, new)
    else:
        with pytest.raises(TransitionError):
            become(_story(old), new)
        with pytest.raises(asyncpg.CheckViolationError):
            await world.connection.execute(UPDATE, number, new)
    now = await world.connection.fetchval("select status from story where id = $1", number)
    assert now == (new if drawn else old)


@pytest.mark.parametrize(("status", "change"), IMPOSSIBLE)
async def test_p10_impossible_states_are_impossible(world: World, status: str, change: str) -> None:
    number = await world.story(await world.person(), status)
    with pytest.raises(asyncpg.CheckViolationError):
        await world.connection.execute(f"update story set {change} where id = $1", number)


def test_every_state_is_drawn_and_none_is_left_without_a_way_out() -> None:
    """P17: but for the state in which a story is gone, each can become it."""
    assert set(TRANSITIONS) == set(StoryStatus)
    assert {old for old, new in TRANSITIONS.items() if StoryStatus.WITHDRAWN in new} == set(StoryStatus) - {"WITHDRAWN"}


def test_p10_nothing_becomes_public_but_what_was_open_or_restricted() -> None:
    before = {old for old, new in TRANSITIONS.items() if StoryStatus.PUBLISHED in new}
    assert before == OPEN | {StoryStatus.RESTRICTED}


def test_what_belongs_to_a_state_goes_with_it() -> None:
    story = _story(StoryStatus.RESTRICTED)
    story.restriction_by = "Somebody"
    become(story, StoryStatus.PUBLISHED)
    assert {name for name in ("restriction_reason", "restriction_by", "moderator_id") if getattr(story, name)} == set()
