"""Who may ask and do what at all; what comes of it is decided row by row."""

import pytest

from policies.registry import Mutation, Query, Subscription
from policies.viewer import System
from tests.policies.decision import may, may_call
from tests.policies.people import CLEAR, COLUMNS, VIEWERS, policies, with_purpose
from tests.policies.table import Line, lines

#                                                 anon member author staff other mod safe abuse dpo admin recip
QUERY = """
auditEvents                                       ·    ·      ·      ·     ·     ·   ·    ·     Y   ·     ·
complaints                                        ·    Y      Y      Y     Y     Y   Y    Y     Y   Y     Y
disclosures                                       ·    ·      ·      ·     ·     ·   Y    ·     Y   ·     Y
moderationQueue                                   ·    ·      ·      ·     ·     Y   ·    ·     ·   ·     ·
access,area,node,nodes,organisation,organisations Y    Y      Y      Y     Y     Y   Y    Y     Y   Y     Y
privacyNotice,service,services,story,stories      Y    Y      Y      Y     Y     Y   Y    Y     Y   Y     Y
site,tags,viewer                                  Y    Y      Y      Y     Y     Y   Y    Y     Y   Y     Y
"""
MUTATION = """
grantRole,revokeRole                              ·    ·      ·      ·     ·     ·   ·    ·     ·   Y     ·
requestDisclosure,approveDisclosure               ·    ·      ·      ·     ·     ·   Y    ·     ·   ·     ·
revokeDisclosure                                  ·    ·      ·      ·     ·     ·   Y    ·     Y   ·     ·
reviewDisclosure                                  ·    ·      ·      ·     ·     ·   ·    ·     Y   ·     ·
createAlert                                       ·    ·      ·      Y     Y     ·   ·    ·     ·   ·     Y
changePassword,updateAccount,endSession           ·    Y      Y      Y     Y     Y   Y    Y     Y   Y     Y
endOtherSessions,startSecondFactor                ·    Y      Y      Y     Y     Y   Y    Y     Y   Y     Y
confirmSecondFactor,removeSecondFactor            ·    Y      Y      Y     Y     Y   Y    Y     Y   Y     Y
setConsent,setMailPreference,updateDemographics   ·    Y      Y      Y     Y     Y   Y    Y     Y   Y     Y
recordReading,clearReadingHistory                 ·    Y      Y      Y     Y     Y   Y    Y     Y   Y     Y
markSimilar,unmarkSimilar,requestDataExport       ·    Y      Y      Y     Y     Y   Y    Y     Y   Y     Y
withdrawStory,eraseAccount,deleteAlert            ·    Y      Y      Y     Y     Y   Y    Y     Y   Y     Y
respond,editResponse,undoResponse                 ·    Y      Y      Y     Y     Y   Y    Y     Y   Y     Y
replyToResponse,moderateResponse                  ·    Y      Y      Y     Y     Y   Y    Y     Y   Y     Y
answerComplaint,extendComplaint                   ·    Y      Y      Y     Y     Y   Y    Y     Y   Y     Y
assignStory,unassignStory,publishStory            ·    Y      Y      Y     Y     Y   Y    Y     Y   Y     Y
rejectStory,previewStory,holdPreview              ·    Y      Y      Y     Y     Y   Y    Y     Y   Y     Y
releasePreview,restrictStory,unrestrictStory      ·    Y      Y      Y     Y     Y   Y    Y     Y   Y     Y
register,verifyEmail,requestPasswordReset         Y    Y      Y      Y     Y     Y   Y    Y     Y   Y     Y
resetPassword,signIn,signOut,complain,submitStory Y    Y      Y      Y     Y     Y   Y    Y     Y   Y     Y
"""
SUBSCRIPTION = """
moderationQueueChanged                            ·    ·      ·      ·     ·     Y   ·    ·     ·   ·     ·
storyPublished,storyChanged                       Y    Y      Y      Y     Y     Y   Y    Y     Y   Y     Y
"""
COLUMNS_HERE = [*COLUMNS, "recip"] if "recip" not in COLUMNS else COLUMNS
TABLES = {Query: QUERY, Mutation: MUTATION, Subscription: SUBSCRIPTION}
DECISIONS = [(root, line) for root, table in TABLES.items() for line in lines(table, COLUMNS_HERE)]


@pytest.mark.parametrize(("root", "line"), DECISIONS, ids=lambda value: str(value))
def test_root(root: type, line: Line) -> None:
    """A purpose of use opens no question and no deed."""
    for column, decision in line.decisions.items():
        for viewer in {VIEWERS[column], *with_purpose(column)}:
            assert may_call(viewer, root(), line.field) == (decision == CLEAR), column
    assert may_call(System(), root(), line.field) == (line.decisions["anon"] == CLEAR)


@pytest.mark.parametrize("root", TABLES)
def test_every_root_field_is_in_the_table(root: type[object]) -> None:
    grants = [rule for rule in policies().rules if rule.name == "grant" and rule.type(2) == root.__name__]
    called = {field for rule in grants if rule.literal(1) == "call" for field in rule.fields}
    assert {line.field for line in lines(TABLES[root], COLUMNS_HERE)} == called


def test_only_the_dpo_and_administrators_ask_for_another_viewer() -> None:
    assert {name for name, viewer in VIEWERS.items() if may(viewer, "describe", Query())} == {"dpo", "admin"}
