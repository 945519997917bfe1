"""Who may ask for what at all: a visitor for nothing that is about oneself, everybody who is signed in for it."""

import pytest

from policies.plan import Policies
from policies.viewer import Kind, all_kinds

POLICIES = Policies.load()
DEEDS = (
    "setConsent", "updateDemographics", "recordReading", "clearReadingHistory", "markSimilar", "unmarkSimilar",
)  # fmt: skip
PROMISES = {
    "setConsent": "P12",
    "updateDemographics": "P07",
    "recordReading": "P04",
    "clearReadingHistory": "P04",
    "markSimilar": "P05",
    "unmarkSimilar": "P05",
}


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("kind", [kind for kind in all_kinds() if kind.name != "Member"], ids=str)
def test_nobody_without_an_account_may(kind: Kind, deed: str) -> None:
    """P04, P05, P07, P12: a visitor is told to sign in; Candour's own work decides nothing for a person."""
    plan = POLICIES.plan(kind)
    assert not plan.may_call("Mutation", deed)
    assert plan.denial("Mutation", deed).startswith(f"{PROMISES[deed]} Sign in")


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("kind", [kind for kind in all_kinds() if kind.name == "Member"], ids=str)
def test_everybody_who_is_signed_in_may(kind: Kind, deed: str) -> None:
    """P12, P15: for themselves, whatever their roles: no operation takes another person's id."""
    assert POLICIES.plan(kind).may_call("Mutation", deed)
