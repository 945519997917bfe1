"""Who sees what of a person."""

import pytest

from policies.viewer import Anonymous, Member
from tests.policies.decision import by_oso, by_plan
from tests.policies.people import VIEWERS, identity, world
from tests.policies.table import Line, assert_decided, lines

#                           anon member author staff other mod safe abuse dpo admin
ACCOUNT = """
demographics,readingHistory,similarExperiences,stories · · Y · · · · · · ·
sessions,secondFactor,pendingEmail,corrections,dataExports,complaints,alerts,mailPreferences · · Y · · · · · · ·
createdAt,penName,email     ·    ·      Y      ·     ·     ·   p    ·     p   ·
postcode                    ·    ·      Y      ·     ·     ·   p    ·     ·   ·
ipAddresses                 ·    ·      Y      ·     ·     ·   ·    p     ·   ·
consents,accessLog          ·    ·      Y      ·     ·     ·   ·    ·     p   ·
memberships,roles           ·    ·      Y      ·     ·     ·   ·    ·     ·   Y
id                          ·    ·      Y      ·     ·     ·   p    p     p   Y
"""
DEMOGRAPHICS = "gender,birthYear,ethnicGroup,limitedByCondition · · Y · · · · · · ·"
READING = "readAt,story · · Y · · · · · · ·"
CONSENT = "purpose,granted,givenAt,noticeVersion,givenBy · · Y · · · · · p ·"
ADDRESS = "address,usedAt,use · · Y · · · · p · ·"
SESSION = "id,createdAt,expiresAt,client,secondFactor,current · · Y · · · · · · ·"
CORRECTION = "field,correctedAt · · Y · · · · · · ·"
DATA_EXPORT = "id,status,requestedAt,readyAt,expiresAt,fetchedAt,size,url · · Y · · · · · · ·"
ALERT = """
id,name,frequency,createdAt,search,service,organisation,area,tag,region,ageGroup · · Y · · · · · · ·
authorRole,progress,routing,criticalityFrom,criticalityTo · · Y · · · · · · ·
"""
ACCESS_LOG = "happenedAt,roles,organisation,fields,purpose,reasons · · Y · · · · · p ·"
TABLES = {
    "account": ACCOUNT,
    "demographics": DEMOGRAPHICS,
    "reading": READING,
    "consent": CONSENT,
    "used": ADDRESS,
    "session": SESSION,
    "correction": CORRECTION,
    "copy": DATA_EXPORT,
    "alert": ALERT,
    "seen": ACCESS_LOG,
}
DECISIONS = [(name, line) for name, table in TABLES.items() for line in lines(table)]


@pytest.mark.parametrize(("name", "line"), DECISIONS, ids=lambda value: str(value))
def test_account(name: str, line: Line) -> None:
    """P01 email, P02 postcode, P03 addresses, P04 readings, P05 marks, P07 answers, P12 consents are the person's.

    So are P14 sessions and who looked at what, P15 corrections and P16 copies, and P22 alerts.
    """
    assert_decided(line, name)


@pytest.mark.parametrize("viewer", [Anonymous(), Member(identity(1)), VIEWERS["author"]])
def test_p07_answers_without_a_person_are_nobodys(viewer: Anonymous | Member) -> None:
    answers = world().demographics
    answers.id = identity(199)
    assert by_oso(viewer, answers, "birthYear") == by_plan(viewer, answers, "birthYear") == "·"


@pytest.mark.parametrize("field", ["createdAt", "email", "penName", "memberships", "roles"])
def test_colleagues_and_moderators_see_no_more_than_that_somebody_is_staff(field: str) -> None:
    colleague = world().colleague
    for name in ("reader", "mod"):
        assert by_oso(VIEWERS[name], colleague, field) == by_plan(VIEWERS[name], colleague, field) == "·"
        assert by_oso(VIEWERS[name], colleague, "id") == by_plan(VIEWERS[name], colleague, "id") == "Y"
    for name in ("anon", "member", "author", "other"):
        assert by_oso(VIEWERS[name], colleague, "id") == by_plan(VIEWERS[name], colleague, "id") == "·"


@pytest.mark.parametrize("field", ["role", "organisation"])
def test_membership(field: str) -> None:
    membership = world().colleague.memberships[0]
    for name, viewer in VIEWERS.items():
        expected = "Y" if name in ("staff", "admin") else "·"
        assert by_oso(viewer, membership, field) == by_plan(viewer, membership, field) == expected, name
