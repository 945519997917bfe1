"""The viewers of the access table: one for each column."""

from collections.abc import Mapping
from uuid import UUID

from models.account import PlatformRole
from policies.viewer import Anonymous, Member, Viewer


def _person(number: int) -> UUID:
    return UUID(int=number)


AUTHOR, STAFF, COLLEAGUE, RECIPIENT = _person(1), _person(2), _person(3), _person(11)
ANSWERS = _person(100)
"""The id under which the author's demographics lie."""

VIEWERS: Mapping[str, Viewer] = {
    "anon": Anonymous(),
    "member": Member(_person(4)),
    "author": Member(AUTHOR, demographics_id=ANSWERS),
    "staff": Member(STAFF, staff=True),
    "other": Member(_person(10), staff=True),
    "mod": Member(_person(5), frozenset({PlatformRole.MODERATOR})),
    "safe": Member(_person(6), frozenset({PlatformRole.SAFEGUARDING})),
    "abuse": Member(_person(7), frozenset({PlatformRole.ABUSE})),
    "dpo": Member(_person(8), frozenset({PlatformRole.DPO})),
    "admin": Member(_person(9), frozenset({PlatformRole.ADMIN})),
    "recip": Member(RECIPIENT, staff=True, recipient=True),
}
