"""The property of disclosures: they open exactly the fields, person, recipient and time that they name, whatever else is.

What is expected is worked out of each disclosure by itself, in plain Python.
"""

from dataclasses import dataclass
from types import SimpleNamespace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import MembershipRole
from models.disclosure import DISCLOSABLE, OF_ACCOUNT
from policies.viewer import Member
from tests.policies import people
from tests.policies.decision import by_oso, by_plan
from tests.policies.people import identity, world

READERS = [Member(identity(7), staff=True, recipient=True), Member(identity(8), staff=True, recipient=True)]
TOLD = ("SUBMITTED", "IN_REVIEW", "PREVIEW", "PUBLISHED", "RESTRICTED")
STATUSES = (*TOLD, "REJECTED", "WITHDRAWN")
ROWS = {"Story": "story", "Account": "account"}


@dataclass(frozen=True)
class Made:
    """One disclosure: of which of two people, with their story or not, of what, to whom, and whether it is in force."""

    person: int
    story: bool
    fields: frozenset[str]
    reader: int
    role: MembershipRole
    active: bool

    def opens(self, person: int, reader: int, field: str) -> bool:
        """Whether it is by this that somebody reads a field of a person or of their story."""
        if (self.person, self.reader, self.role) != (person, reader, MembershipRole.MANAGER) or not self.active:
            return False
        return field in self.fields and (self.story or field in OF_ACCOUNT)


MADE = st.builds(
    Made,
    person=st.integers(0, 1),
    story=st.booleans(),
    fields=st.frozensets(st.sampled_from(DISCLOSABLE), min_size=1, max_size=4),
    reader=st.integers(0, 1),
    role=st.sampled_from([MembershipRole.MANAGER, MembershipRole.MANAGER, MembershipRole.RESPONDER]),
    active=st.sampled_from([True, True, False]),
)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(made=st.lists(MADE, max_size=4), status=st.sampled_from(STATUSES))
def test_p09_a_disclosure_opens_exactly_what_it_names(made: list[Made], status: str) -> None:
    """P09: no other field, person, story or organisation, and nothing before or after."""
    worlds = [_empty(status) for _ in range(2)]
    for one in made:
        _make(worlds[one.person], one)
    for person, found in enumerate(worlds):
        for reader, viewer in enumerate(READERS):
            for field in DISCLOSABLE:
                named = any(one.opens(person, reader, field) for one in made)
                assert _shown(viewer, found, field) == (named and _there(made, person, reader, field, status)), field


def _there(made: list[Made], person: int, reader: int, field: str, status: str) -> bool:
    """Whether the row is: a story that can be told of, or an account whose handle is disclosed."""
    if field.startswith("Story."):
        return status in TOLD
    return any(one.opens(person, reader, "Account.id") for one in made)


def _shown(viewer: Member, found: SimpleNamespace, field: str) -> bool:
    kind, _, name = field.partition(".")
    row = getattr(found, ROWS[kind])
    oso = by_oso(viewer, row, name)
    assert by_plan(viewer, row, name) == oso
    return oso == "Y"


def _empty(status: str) -> SimpleNamespace:
    found = world(status)
    found.story.disclosures = found.account.disclosures = []
    return found


def _make(found: SimpleNamespace, one: Made) -> None:
    disclosure = people.disclosure(found.story, people._account(7 + one.reader), sorted(one.fields))
    people.state(disclosure, active=one.active)
    (membership,) = disclosure.organisation.memberships
    membership.role = one.role
    if not one.story:
        disclosure.story = disclosure.story_id = None
