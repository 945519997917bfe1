"""Both executors give the same answer to documents that nobody wrote: data, errors, masks, and paths of each."""

import os
from typing import Any

import pytest
from graphql import parse, validate
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from models import Account, Response
from schema.api import core
from tests.reference.document import Asked, requests
from tests.reference.proof import Proof

PROVE = os.environ.get("CANDOUR_PROVE") == "1"
EXAMPLES = {"small": 8_000 if PROVE else 110, "demo": 2_000 if PROVE else 40}
PHASES = [phase for phase in Phase if phase is not Phase.explain]


def generated(world: str) -> Any:
    """Runs a test with so many documents; a document that fails is made smaller before it is told."""
    return settings(
        max_examples=EXAMPLES[world],
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=PHASES,
        print_blob=True,
    )


async def _assert_same(ready: Proof, asked: Asked) -> None:
    note(f"{asked.viewer}\n{asked.document}\n{asked.variables}")
    assert validate(core(), parse(asked.document)) == []
    assert await ready.differences(asked.document, asked.variables, asked.viewer, asked.denied_null) == []


@given(data=st.data())
@generated("small")
async def test_generated_documents_in_an_invented_world(in_small: Proof, data: Any) -> None:
    known = requests(in_small.world, in_small.reference.cursors.frozen, in_small.viewers)
    await _assert_same(in_small, data.draw(known))


@given(data=st.data())
@generated("demo")
async def test_generated_documents_in_the_demo_world(in_demo: Proof, data: Any) -> None:
    known = requests(in_demo.world, in_demo.reference.cursors.frozen, in_demo.viewers)
    await _assert_same(in_demo, data.draw(known))


FORBIDDEN = (
    "{ stories(filter: {criticality: {gte: 4}}) { totalCount } }",
    "{ stories(filter: {routing: UNKNOWN_POSTCODE}) { totalCount } }",
    "{ stories { nodes { criticality submittedAt original { title } routedAreas { code } author { email } ipAddress } } }",
    "{ nodes(ids: %s) { id ... on Account { email postcode roles demographics { gender } consents { purpose } } } }",
    "{ nodes(ids: %s) { id ... on Response { account { id createdAt ipAddresses { address } } } } }",
)


@pytest.mark.parametrize("document", FORBIDDEN)
@pytest.mark.parametrize("denied_null", [False, True])
async def test_what_most_viewers_may_not_read(in_small: Proof, document: str, denied_null: bool) -> None:
    ids = [f"{model.__name__}:{row.id}" for model in (Account, Response) for row in in_small.world.all(model)[:25]]
    text = document.replace("%s", str(ids).replace("'", '"'))
    for viewer in in_small.viewers[denied_null::2]:
        assert await in_small.differences(text, {}, viewer, denied_null) == [], str(viewer.kind)


async def test_maximal_stories(in_demo: Proof) -> None:
    """Everything of the newest stories, for everybody."""
    text = """{ stories(first: 6) { totalCount nodes {
      number status title body restriction { reason by } submittedAt publishedAt criticality
      services { name } tags { kind label } responses { totalCount nodes { body status account { id } } } responseCount
      changes { kind description organisation { name } } progress similarExperienceCount markedSimilar
      routedAreas { code } routing original { title body purgeAfter } moderationLog { action doneAt note }
      author { email penName } postcode ipAddress viewerCan { respond withdraw publish markSimilar }
    } } }"""
    for viewer in in_demo.viewers:
        assert await in_demo.differences(text, {}, viewer) == [], str(viewer.kind)
