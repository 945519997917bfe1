"""The reference asks Oso for all fields of a row at once; asked for one field, Oso says the same."""

from random import Random
from typing import Any

from models import AccessLogEntry, Account, Alert, Complaint, DataExport, Demographics, Response, Session, Story
from tests.reference.field import FIELDS
from tests.reference.proof import Proof


async def test_one_question_for_all_fields_is_as_good_as_one_each(in_small: Proof) -> None:
    chance = Random(7)
    oracle = in_small.reference.oracle
    for _ in range(150):
        model: Any = chance.choice(
            (Account, Demographics, Response, Story, Session, Complaint, DataExport, AccessLogEntry, Alert)
        )
        row, viewer = chance.choice(in_small.world.all(model)), chance.choice(in_small.viewers)
        field = chance.choice(list(FIELDS[model.__name__]))
        alone = oracle.allows(viewer, "read", row, field)
        masks = in_small.reference.sight(viewer).masks(row, field)
        assert set(masks) == {mask for mask, _ in alone}
        assert set(masks.items()) <= alone


async def test_the_world_is_full_of_edges(in_small: Proof) -> None:
    stories = in_small.world.all(Story)
    assert {story.status.value for story in stories} >= {"WITHDRAWN", "RESTRICTED", "PREVIEW", "REJECTED", "SUBMITTED"}
    assert any(story.author is None and story.postcode for story in stories)
    assert any(story.published_at and not in_small.world.services.get(story.id) for story in stories)
