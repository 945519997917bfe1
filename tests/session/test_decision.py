"""Who may sign in, end sessions and set up a second factor: every kind of viewer, by the policies."""

import pytest

from policies.plan import Policies
from policies.viewer import Kind, all_kinds
from schema.api import fields
from tests.session.site import Site

EVERYBODY = ("signIn", "signOut")
SIGNED_IN = ("endSession", "endOtherSessions", "startSecondFactor", "confirmSecondFactor", "removeSecondFactor")
WHY = "P14 Sign in to end your sessions, or to set up a second factor."
CALLS = {
    "endSession": 'endSession(sessionId: "Session:00000000-0000-4000-8000-000000000000") { problems { code } }',
    "endOtherSessions": "endOtherSessions { problems { code } }",
    "startSecondFactor": 'startSecondFactor(password: "x") { problems { code } }',
    "confirmSecondFactor": 'confirmSecondFactor(code: "x") { problems { code } }',
    "removeSecondFactor": 'removeSecondFactor(password: "x", code: "x") { problems { code } }',
}


@pytest.fixture(scope="module")
def policies() -> Policies:
    return Policies.load(fields=fields())


@pytest.mark.parametrize("kind", all_kinds(), ids=str)
def test_who_may_do_what(policies: Policies, kind: Kind) -> None:
    plan = policies.plan(kind)
    for field in SIGNED_IN:
        assert plan.may_call("Mutation", field) is (kind.name == "Member")
        if kind.name != "Member":
            assert plan.denial("Mutation", field) == WHY
    for field in EVERYBODY:
        assert plan.may_call("Mutation", field) is True


@pytest.mark.parametrize("field", SIGNED_IN)
async def test_a_visitor_is_told_to_sign_in(site: Site, field: str) -> None:
    (error,) = (await site.post(f"mutation {{ {CALLS[field]} }}")).json()["errors"]
    assert error["extensions"] == {"code": "FORBIDDEN", "reason": WHY}
