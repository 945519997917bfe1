"""Who sees what of a story, in every state of its life."""

import pytest

from models import MembershipRole
from policies.viewer import Anonymous, Member, Purpose, System
from tests.policies.decision import by_oso, by_plan, may
from tests.policies.people import ROLES, VIEWERS, identity, world
from tests.policies.table import Line, assert_decided, lines

ROW = "id,number,status,region,url,restriction,publishedAt,services,similarExperienceCount,markedSimilar,viewerCan"
TEXT = "title,body,tags,responses,responseCount,ageGroup,authorRole,penName,progress,changes"
PRIVATE = "criticality,submittedAt,original,routedAreas,routing,moderationLog,author,postcode,ipAddress,identifying,"
PRIVATE += "assignedToMe,assignedAt,moderationDueAt"
ACTIONS = [
    "respond", "withdraw", "assign", "unassign", "publish", "reject", "preview", "hold", "restrict", "unrestrict",
    "markSimilar",
]  # fmt: skip

#                  anon member author staff other mod safe abuse dpo admin
PUBLISHED = f"""
{ROW}              Y    Y      Y      Y     Y     Y   Y    Y     Y   Y
{TEXT}             Y    Y      Y      Y     Y     Y   Y    Y     Y   Y
criticality        ·    ·      ·      Y     ·     Y   Y    ·     ·   ·
submittedAt        ·    ·      Y      Y     ·     Y   Y    ·     Y   ·
original           ·    ·      Y      ·     ·     Y   Y    ·     ·   ·
routedAreas        ·    ·      Y      Y     ·     Y   Y    ·     ·   ·
routing            ·    ·      Y      Y     ·     Y   Y    ·     ·   ·
author             ·    ·      Y      ·     ·     ·   p    ·     p   ·
postcode           ·    ·      Y      ·     · m:outward p  ·     ·   ·
ipAddress          ·    ·      Y      ·     ·     ·   ·    p     ·   ·
moderationLog      ·    ·      Y      ·     ·     Y   Y    ·     Y   ·
identifying        ·    ·      ·      ·     ·     Y   Y    ·     ·   ·
assignedToMe,assignedAt,moderationDueAt · · · · · Y   ·    ·     ·   ·
"""
RESTRICTED = f"""
{ROW}              Y    Y      Y      Y     Y     Y   Y    Y     Y   Y
{TEXT}             ·    ·      Y      Y     ·     Y   Y    ·     ·   ·
criticality        ·    ·      ·      Y     ·     Y   Y    ·     ·   ·
submittedAt        ·    ·      Y      Y     ·     Y   Y    ·     Y   ·
moderationLog      ·    ·      Y      ·     ·     Y   Y    ·     Y   ·
author             ·    ·      Y      ·     ·     ·   p    ·     p   ·
postcode           ·    ·      Y      ·     · m:outward p  ·     ·   ·
ipAddress          ·    ·      Y      ·     ·     ·   ·    p     ·   ·
identifying        ·    ·      ·      ·     ·     Y   Y    ·     ·   ·
assignedToMe,assignedAt,moderationDueAt · · · · · Y   ·    ·     ·   ·
"""
IN_REVIEW = f"""
{ROW},{TEXT}       ·    ·      Y      ·     ·     Y   Y    ·     ·   ·
criticality        ·    ·      ·      ·     ·     Y   Y    ·     ·   ·
submittedAt,original,routedAreas,routing,moderationLog · · Y · · Y Y · · ·
author             ·    ·      Y      ·     ·     ·   p    ·     ·   ·
postcode           ·    ·      Y      ·     · m:outward p  ·     ·   ·
ipAddress          ·    ·      Y      ·     ·     ·   ·    ·     ·   ·
identifying        ·    ·      ·      ·     ·     Y   Y    ·     ·   ·
assignedToMe,assignedAt,moderationDueAt · · · · · Y   ·    ·     ·   ·
"""
PREVIEW = f"""
{ROW},{TEXT}       ·    ·      Y      Y     ·     Y   Y    ·     ·   ·
criticality        ·    ·      ·      Y     ·     Y   Y    ·     ·   ·
submittedAt,routedAreas,routing ·  · Y Y    ·     Y   Y    ·     ·   ·
original,moderationLog ·  ·    Y      ·     ·     Y   Y    ·     ·   ·
author             ·    ·      Y      ·     ·     ·   p    ·     ·   ·
postcode           ·    ·      Y      ·     · m:outward p  ·     ·   ·
ipAddress          ·    ·      Y      ·     ·     ·   ·    ·     ·   ·
identifying        ·    ·      ·      ·     ·     Y   Y    ·     ·   ·
assignedToMe,assignedAt,moderationDueAt · · · · · Y   ·    ·     ·   ·
"""
WITHDRAWN = f"""
{ROW},{TEXT},{PRIVATE} · · · · · · · · · ·
"""
TABLES = {
    "WITHDRAWN": WITHDRAWN,
    "REJECTED": IN_REVIEW,
    "SUBMITTED": IN_REVIEW,
    "IN_REVIEW": IN_REVIEW,
    "PREVIEW": PREVIEW,
    "RESTRICTED": RESTRICTED,
    "PUBLISHED": PUBLISHED,
}
DECISIONS = [(status, line) for status, table in TABLES.items() for line in lines(table)]
MAY = {
    "respond": {"staff": {"PREVIEW", "PUBLISHED"}, "carer": {"PREVIEW", "PUBLISHED"}},
    "withdraw": {"author": set(TABLES) - {"WITHDRAWN"}},
    "assign": {"mod": {"SUBMITTED", "IN_REVIEW"}},
    "unassign": {"mod": {"IN_REVIEW"}},
    "hold": {"mod": {"PREVIEW"}},
    "publish": {"mod": {"SUBMITTED", "IN_REVIEW", "PREVIEW"}},
    "reject": {"mod": {"SUBMITTED", "IN_REVIEW", "PREVIEW"}},
    "preview": {"mod": {"SUBMITTED", "IN_REVIEW"}},
    "restrict": {"mod": {"PUBLISHED"}},
    "unrestrict": {"mod": {"RESTRICTED"}},
    "markSimilar": {name: {"PUBLISHED"} for name in set(VIEWERS) - {"anon", "author"}},
}


@pytest.mark.parametrize(("status", "line"), DECISIONS, ids=lambda value: str(value))
def test_story(status: str, line: Line) -> None:
    """P01 the author, P02 the postcode and P03 the address are private; P09 opens the first two on a risk of harm."""
    assert_decided(line, "story", status)


@pytest.mark.parametrize("status", TABLES)
@pytest.mark.parametrize("action", ACTIONS)
def test_what_may_be_done_with_a_story(action: str, status: str) -> None:
    story = world(status).story
    expected = {name for name, statuses in MAY[action].items() if status in statuses}
    assert {name for name, viewer in VIEWERS.items() if may(viewer, action, story)} == expected


@pytest.mark.parametrize("status", TABLES)
def test_p10_nobody_moderates_a_story_of_their_own(status: str) -> None:
    story = world(status).story
    own = Member(story.author_id, frozenset([ROLES["mod"]]))
    assert {action for action in ACTIONS if may(own, action, story)} <= {"withdraw"}


@pytest.mark.parametrize("status", TABLES)
@pytest.mark.parametrize("field", ["author", "postcode", "ipAddress"])
def test_p01_a_purpose_without_its_role_opens_nothing(status: str, field: str) -> None:
    story = world(status).story
    for role in [None, *ROLES.values()]:
        for purpose in Purpose:
            roles = frozenset([role] if role else [])
            fits = (role, purpose) in {
                (ROLES["safe"], Purpose.SAFEGUARDING),
                (ROLES["abuse"], Purpose.ABUSE),
                (ROLES["dpo"], Purpose.RIGHTS_REQUEST),
                (ROLES["dpo"], Purpose.COMPLAINT),
            }
            if not fits:
                assert by_oso(Member(identity(20), roles, purpose=purpose), story, field) in ("·", "m:outward")


@pytest.mark.parametrize("field", [*PRIVATE.split(","), "title"])
def test_p18_an_erased_author_is_nobody(field: str) -> None:
    story = world("IN_REVIEW").story
    story.author = story.author_id = None
    for viewer in (Anonymous(), System(), VIEWERS["member"], VIEWERS["author"]):
        assert by_oso(viewer, story, field) == by_plan(viewer, story, field) == "·"


def test_p05_anybody_marks_the_story_of_an_erased_author() -> None:
    """P05: a mark is a member's own; a missing author is not the member."""
    story = world().story
    story.author = story.author_id = None
    assert may(VIEWERS["author"], "markSimilar", story)
    assert not may(Anonymous(), "markSimilar", story)


@pytest.mark.parametrize("status", ["PREVIEW", "PUBLISHED", "RESTRICTED"])
def test_p08_the_body_responsible_for_an_area_is_a_provider(status: str) -> None:
    """P08: providers see a preview of what is about them, and nobody else does; later they see more than the public."""
    story = world(status).story
    assert by_oso(VIEWERS["carer"], story, "criticality") == by_plan(VIEWERS["carer"], story, "criticality") == "Y"
    story.areas = story.areas[1:]
    assert by_oso(VIEWERS["carer"], story, "criticality") == by_plan(VIEWERS["carer"], story, "criticality") == "·"


@pytest.mark.parametrize("status", ["PREVIEW", "PUBLISHED"])
@pytest.mark.parametrize("name", ["staff", "carer"])
def test_p08_readers_do_not_respond_and_managers_do(name: str, status: str) -> None:
    found, viewer = world(status), VIEWERS[name]
    organisation = found.organisation if name == "staff" else found.area.organisation
    (membership,) = (m for m in organisation.memberships if m.account_id == viewer.account_id)
    for role in MembershipRole:
        membership.role = role
        assert may(viewer, "respond", found.story) == (role != MembershipRole.READER)


def test_a_membership_opens_nothing_to_somebody_whose_session_does_not_say_staff() -> None:
    story, viewer = world("PREVIEW").story, Member(identity(3))
    assert by_oso(viewer, story, "body") == by_plan(viewer, story, "body") == "·"
