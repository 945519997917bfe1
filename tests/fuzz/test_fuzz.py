"""Nonsense of every kind, from everybody: no failure, and nothing private to anybody who may not see it.

`CANDOUR_PROVE=1` sends far more of it.
"""

import os
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from tests.fuzz.body import Sent, requests
from tests.fuzz.conftest import VIEWERS, Prey
from tests.fuzz.document import Writer
from tests.leaks.mutating import mutations

PROVE = os.environ.get("CANDOUR_PROVE") == "1"
PHASES = [phase for phase in Phase if phase is not Phase.explain]
CHANCE = st.randoms(use_true_random=False)
VIEWER = st.sampled_from(VIEWERS)


def generated(usual: int, prove: int) -> Any:
    """Runs a test with so many requests; one that fails is made smaller before it is told."""
    return settings(
        max_examples=prove if PROVE else usual,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=PHASES,
        print_blob=True,
        derandomize=not PROVE,
        database=None,
    )


@given(viewer=VIEWER, chance=CHANCE)
@generated(160, 6_000)
async def test_queries(still: Prey, viewer: tuple[str, str], chance: Random) -> None:
    writer = Writer(chance, still.identities)
    document = writer.query()
    note(f"{viewer}\n{document}\n{writer.variables}")
    await still.ask(viewer, document, writer.variables)


@given(viewer=VIEWER, chance=CHANCE)
@generated(160, 4_000)
async def test_requests(still: Prey, viewer: tuple[str, str], chance: Random) -> None:
    sent = requests(chance)
    note(f"{viewer}\n{sent}")
    await _send(still, viewer, sent)


async def _send(prey: Prey, viewer: tuple[str, str], sent: Sent) -> None:
    headers = [*(await prey.headers(*viewer)).items(), *sent.headers]
    raw = [(name.encode(), value.encode("utf-8", "replace")) for name, value in headers]
    answer = await prey.client.request(sent.method, sent.path, content=sent.body, headers=raw)
    if (
        answer.headers.get("content-type", "").startswith(("application/json", "application/graphql"))
        and answer.content
    ):
        prey.look(viewer, answer)
    assert answer.status_code < 500, answer.text


@given(viewer=VIEWER, name=st.sampled_from(mutations()), chance=CHANCE)
@generated(160, 4_000)
async def test_mutations(changing: Prey, viewer: tuple[str, str], name: str, chance: Random) -> None:
    writer = Writer(chance, changing.identities)
    document = writer.mutation(name)
    note(f"{viewer}\n{document}\n{writer.variables}")
    await changing.ask(viewer, document, writer.variables)
