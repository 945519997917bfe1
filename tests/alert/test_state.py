"""Who is told of a story, in every state in which it can be when a worker looks, and with which conditions (P22)."""

import pytest

from models.consent import ConsentPurpose
from models.story import StoryStatus
from policies.viewer import Member
from tests.alert.staff import Staff

STATES = "WITHDRAWN REJECTED SUBMITTED IN_REVIEW PREVIEW RESTRICTED PUBLISHED"
# · is not told, Y is told: by an alert for every story, for words, for how critical it is.
TABLE = """
            WITHDRAWN REJECTED SUBMITTED IN_REVIEW PREVIEW RESTRICTED PUBLISHED
former  all     ·         ·        ·         ·        ·        ·          ·
author  all     ·         ·        ·         ·        ·        ·          ·
mod     all     ·         ·        ·         ·        ·        Y          Y
mod     words   ·         ·        ·         ·        ·        ·          Y
mod     grave   ·         ·        ·         ·        ·        ·          ·
other   all     ·         ·        ·         ·        ·        Y          Y
other   words   ·         ·        ·         ·        ·        ·          Y
other   grave   ·         ·        ·         ·        ·        ·          ·
staff   all     ·         ·        ·         ·        Y        Y          Y
staff   words   ·         ·        ·         ·        Y        Y          Y
staff   grave   ·         ·        ·         ·        Y        Y          Y
"""
FILTERS = {"all": {}, "words": {"search": "title"}, "grave": {"criticality": {"gte": 3}}}
DECISIONS = [line.split() for line in TABLE.strip().splitlines()[1:]]


async def _owner(staff: Staff, name: str, condition: str) -> tuple[Member, object]:
    """Somebody with an alert; who moderates works elsewhere besides."""
    who = await staff.hire(staff.other if name in ("other", "mod") else None)
    alert = await staff.set(who, condition, **FILTERS[condition])
    if name == "former":
        await staff.world.connection.execute("delete from membership where account_id = $1", who.account_id)
    if name == "mod":
        await staff.world.connection.execute("update account set roles = '{MODERATOR}' where id = $1", who.account_id)
    return who, alert


def test_every_state_is_decided() -> None:
    assert set(STATES.split()) == set(StoryStatus)
    assert TABLE.split()[: len(STATES.split())] == STATES.split()


@pytest.mark.parametrize(("name", "condition", "marks"), [(row[0], row[1], row[2:]) for row in DECISIONS])
async def test_p10_p22_who_is_told(staff: Staff, name: str, condition: str, marks: list[str]) -> None:
    """P10, P22: as in lists: by nothing that the owner of the alert may not read at that moment."""
    owner, alert = await _owner(staff, name, condition)
    author = owner if name == "author" else await staff.world.person(ConsentPurpose.PUBLISH)
    numbers = {}
    for state in STATES.split():
        number = await staff.world.story(author, state, staff.service)
        numbers[number] = state
        if state != "WITHDRAWN":
            await staff.world.connection.execute("update story set criticality = 3 where id = $1", number)
    await staff.match(*numbers)
    told = {numbers[number] for number in await staff.matched(alert)}  # type: ignore[arg-type]
    assert {state: "Y" if state in told else "·" for state in STATES.split()} == dict(
        zip(STATES.split(), marks, strict=True)
    )
