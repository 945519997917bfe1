"""`access` tells which rule decides, and why, and never more than the viewer may read anyway."""

from typing import Any

import pytest

from tests.access.conftest import Desk

WHOLE = """
    type field allowed conditional mask reason promise rule { file line text } wouldGrant
    grants { rule { file line } mask reason promise conditions { text met } }
    fields { field allowed conditional mask reason promise rule { file line } grants { conditions { text met } } }
"""


def _conditions(decision: Any, rule: str, *, at: int = 0) -> dict[str, bool | None]:
    """What a rule of this file asks, and whether it is met; `at` counts the rules of one file."""
    found = [grant for grant in decision["grants"] if grant["rule"]["file"] == rule]
    return {condition["text"]: condition["met"] for condition in found[at]["conditions"]}


@pytest.mark.parametrize("name", ["", "member", "staff", "author", "abuse", "dpo", "admin", "police"])
@pytest.mark.parametrize("field", ["body", "author", "*"])
async def test_a_hidden_row_is_answered_as_no_row(desk: Desk, name: str, field: str) -> None:
    described = [None, {"kind": "MEMBER", "roles": ["MODERATOR"]}] if name in ("dpo", "admin") else [None]
    for viewer in described:
        question = {"type": "Story", "field": field, "as": viewer}
        hidden = [await desk.decide(name, WHOLE, id=desk.rows[row], **question) for row in ("SUBMITTED", "WITHDRAWN")]
        nothing = await desk.decide(name, WHOLE, id=desk.rows["nothing"], **question)
        assert hidden == [nothing, nothing]
        assert nothing["allowed"] is False
        assert nothing["rule"]["file"] == "story.polar"
        assert nothing["reason"][:3] in ("P01", "P06", "P10")


@pytest.mark.parametrize(
    ("name", "purpose"), [("safeguarding", "safeguarding"), ("abuse", "abuse"), ("dpo", "complaint")]
)
async def test_a_person_whom_only_a_purpose_shows_is_not_found_by_asking(desk: Desk, name: str, purpose: str) -> None:
    """The purpose opens the rows, and each is written down as it is read: here nothing would be."""
    question = {"type": "Account", "field": "*"}
    known = await desk.decide(name, WHOLE, purpose, id=desk.rows["author"], **question)
    assert known == await desk.decide(
        name, WHOLE, purpose, id="Account:00000000-0000-4000-8000-000000000000", **question
    )
    assert known["allowed"] is True
    without = await desk.decide(name, WHOLE, id=desk.rows["author"], **question)
    assert without["allowed"] is False


@pytest.mark.parametrize("name", ["", "author", "staff", "moderator", "safeguarding", "abuse", "police"])
async def test_others_are_described_only_by_those_who_answer_for_it(desk: Desk, name: str) -> None:
    code, message = await desk.refusal(name, type="Story", field="body", **{"as": {"kind": "ANONYMOUS"}})
    assert (code, message[:35]) == ("FORBIDDEN", "You may not read this: P13 Only the")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"type": "Nothing", "field": "id"}, "`type` is not"),
        ({"type": "__Type", "field": "name"}, "`type` is not"),
        ({"type": "StoryFilter", "field": "search"}, "`type` is not"),
        ({"type": "Story", "field": "nothing"}, "`field` is not"),
        ({"type": "Story", "field": ""}, "`field` is not"),
        ({"type": "Story", "field": "withdraw"}, "`field` is not"),
        ({"type": "Story", "field": "publish", "action": "shout"}, "`action` is"),
        ({"type": "Story", "field": "title", "action": "publish"}, "Beside an action"),
        ({"type": "Story", "field": "title", "id": "Account:1"}, "`id` does not"),
        ({"type": "Story", "field": "title", "id": "Story:x"}, "This is not an id"),
        ({"type": "Tag", "field": "label", "id": "Tag:1"}, "This is not an id"),
        ({"type": "Story", "field": "title", "as": {"kind": "ANONYMOUS", "staff": True}}, "Only a MEMBER"),
        ({"type": "Story", "field": "title", "as": {"kind": "SYSTEM", "recipient": True}}, "Only a MEMBER"),
        ({"type": "Story", "field": "title", "as": {"kind": "MEMBER", "purpose": "spite"}}, "`purpose` is one of"),
        ({"type": "Story", "field": "title", "as": {"kind": "MEMBER", "purpose": "abuse"}}, "A viewer with these"),
    ],
)
async def test_questions_about_nothing_are_refused(desk: Desk, question: dict[str, Any], said: str) -> None:
    code, message = await desk.refusal("admin", **question)
    assert (code, message.startswith(said)) == ("BAD_USER_INPUT", True), message


@pytest.mark.parametrize(
    ("name", "purpose", "row", "field", "allowed", "mask", "promise"),
    [
        ("", "", "PUBLISHED", "postcode", False, None, "P02"),
        ("member", "", "mine", "postcode", False, None, "P02"),
        ("other", "", "mine", "criticality", False, None, "P06"),
        ("member", "", "RESTRICTED", "title", False, None, "P06"),
        ("safeguarding", "", "mine", "postcode", False, None, "P02"),
        ("admin", "", "mine", "author", False, None, "P01"),
        ("", "", "PUBLISHED", "title", True, None, "P06"),
        ("", "", "RESTRICTED", "number", True, None, "P06"),
        ("author", "", "mine", "postcode", True, None, "P14"),
        ("staff", "", "mine", "criticality", True, None, "P08"),
        ("moderator", "", "mine", "postcode", True, "outward", "P02"),
        ("moderator", "", "SUBMITTED", "body", True, None, "P10"),
        ("safeguarding", "safeguarding", "mine", "postcode", True, None, "P09"),
        ("abuse", "abuse", "mine", "ipAddress", True, None, "P03"),
    ],
)
async def test_the_decision_about_a_row(
    desk: Desk, name: str, purpose: str, row: str, field: str, allowed: bool, mask: str | None, promise: str
) -> None:
    found = await desk.decide(name, WHOLE, purpose, type="Story", field=field, id=desk.rows[row])
    decided = {key: found[key] for key in ("type", "field", "allowed", "conditional", "mask", "promise", "fields")}
    expected = {"allowed": allowed, "conditional": False, "mask": mask, "promise": promise}
    assert decided == {"type": "Story", "field": field, **expected, "fields": []}
    assert found["reason"].startswith(promise)
    assert found["rule"]["text"].startswith("grant(" if allowed else "withheld(")


@pytest.mark.parametrize(
    ("name", "action", "row", "allowed"),
    [
        ("", "withdraw", "mine", False),
        ("member", "withdraw", "mine", False),
        ("moderator", "publish", "PUBLISHED", False),
        ("staff", "respond", "SUBMITTED", False),
        ("author", "markSimilar", "mine", False),
        ("author", "withdraw", "mine", True),
        ("member", "markSimilar", "PUBLISHED", True),
        ("moderator", "publish", "SUBMITTED", True),
        ("staff", "respond", "mine", True),
    ],
)
async def test_the_decision_about_an_action(desk: Desk, name: str, action: str, row: str, allowed: bool) -> None:
    for field in (action, "*"):
        found = await desk.decide(name, WHOLE, type="Story", field=field, action=action, id=desk.rows[row])
        assert (found["allowed"], found["conditional"], found["fields"]) == (allowed, False, [])


async def test_what_is_met_and_what_is_missing(desk: Desk) -> None:
    denied = await desk.decide("other", WHOLE, type="Story", field="criticality", id="Story:1")
    assert list(_conditions(denied, "story.polar").items())[:3] == [
        ("the viewer is signed in", True),
        ("the viewer works for an organisation", True),
        ("the story's status is PREVIEW, PUBLISHED or RESTRICTED", True),
    ]
    # Where a story was routed is not for them, so that they are not told whether it was to them.
    assert list(_conditions(denied, "story.polar").values())[3:] == [None]
    safeguarding = _conditions(denied, "story.polar", at=1)
    assert safeguarding["the viewer has the role SAFEGUARDING"] is False
    assert safeguarding["the story's status is not WITHDRAWN"] is True


async def test_everything_is_met_of_a_rule_that_grants(desk: Desk) -> None:
    found = await desk.decide("staff", WHOLE, type="Story", field="criticality", id="Story:1")
    assert set(_conditions(found, "story.polar").values()) == {True}
    author = await desk.decide("author", WHOLE, type="Story", field="author", id="Story:1")
    assert set(_conditions(author, "story.polar").values()) == {True}


async def test_a_purpose_that_would_help_is_named(desk: Desk) -> None:
    found = await desk.decide("abuse", WHOLE, type="Story", field="ipAddress", id="Story:1")
    assert "role ABUSE with purpose abuse" in found["wouldGrant"]
    asked = next(grant for grant in found["grants"] if grant["promise"] == "P03")
    assert [(one["text"], one["met"]) for one in asked["conditions"]] == [
        ("the viewer is signed in", True),
        ("the viewer has the role ABUSE", True),
        ("the request states the purpose abuse", False),
        ("the story's status is PUBLISHED or RESTRICTED", True),
    ]


async def test_nothing_is_told_of_a_disclosure(desk: Desk) -> None:
    """Whether there is one about a story is for those who decide about it, and for its person in its time."""
    for name in ("", "author", "member", "moderator", "safeguarding", "dpo"):
        found = await desk.decide(name, WHOLE, type="Story", field="author", id="Story:1")
        asked = _conditions(found, "disclosure.polar")
        assert [met for text, met in asked.items() if "has a disclosure" in text] == [None]


async def test_without_a_row_nothing_is_said_of_rows(desk: Desk) -> None:
    found = await desk.decide("author", WHOLE, type="Story", field="postcode")
    assert (found["allowed"], found["conditional"], found["promise"]) == (True, True, "P14")
    own = _conditions(found, "story.polar")
    assert own == {
        "the viewer is signed in": True,
        "the story's author is the viewer": None,
        "the story's status is not WITHDRAWN": None,
    }


async def test_all_fields_of_a_type(desk: Desk) -> None:
    found = await desk.decide("moderator", WHOLE, type="Story", field="*", id="Story:1")
    assert (found["field"], found["allowed"], found["promise"]) == ("*", True, "P06")
    fields = {one["field"]: one for one in found["fields"]}
    assert len(fields) == len(desk.executor.schema.type_map["Story"].fields)
    assert {name for name, one in fields.items() if not one["allowed"]} == {"author", "ipAddress"}
    assert {name: one["mask"] for name, one in fields.items() if one["mask"]} == {"postcode": "outward"}
    for name in ("title", "postcode", "author", "ipAddress", "criticality"):
        alone = await desk.decide("moderator", WHOLE, type="Story", field=name, id="Story:1")
        assert {key: alone[key] for key in ("field", "allowed", "mask", "reason", "promise")} == {
            key: fields[name][key] for key in ("field", "allowed", "mask", "reason", "promise")
        }


@pytest.mark.parametrize(
    ("described", "row", "field", "allowed", "conditional"),
    [
        ({"kind": "ANONYMOUS"}, "PUBLISHED", "postcode", False, False),
        ({"kind": "MEMBER", "roles": ["SAFEGUARDING"]}, "PUBLISHED", "author", True, True),
        ({"kind": "MEMBER", "roles": ["ABUSE"], "purpose": "abuse"}, "RESTRICTED", "body", True, True),
        ({"kind": "MEMBER", "staff": True}, "PUBLISHED", "criticality", True, True),
        ({"kind": "ANONYMOUS"}, "RESTRICTED", "body", False, False),
        ({"kind": "ANONYMOUS"}, "PUBLISHED", "body", True, False),
        ({"kind": "MEMBER", "roles": ["SAFEGUARDING"], "purpose": "safeguarding"}, "PUBLISHED", "author", True, False),
        ({"kind": "MEMBER", "recipient": True}, "PUBLISHED", "postcode", True, True),
    ],
)
@pytest.mark.parametrize("name", ["dpo", "admin"])
async def test_a_described_viewer(
    desk: Desk, name: str, described: dict[str, Any], row: str, field: str, allowed: bool, conditional: bool
) -> None:
    """Who they are is not said, so that what depends on it is conditional."""
    question = {"type": "Story", "field": field, "id": desk.rows[row], "as": described}
    found = await desk.decide(name, WHOLE, **question)
    assert (found["allowed"], found["conditional"]) == (allowed, conditional)
    told = [c for grant in found["grants"] for c in grant["conditions"] if "is the viewer" in c["text"]]
    assert all(condition["met"] is None for condition in told)


async def test_somebody_of_ones_own_kind_is_not_oneself(desk: Desk) -> None:
    described = {"kind": "MEMBER", "roles": ["ADMIN"]}
    for viewer, met in ((None, True), (described, None)):
        question = {"type": "Story", "field": "markSimilar", "action": "markSimilar", "id": "Story:1", "as": viewer}
        found = await desk.decide("admin", WHOLE, **question)
        assert (found["allowed"], found["conditional"]) == (True, viewer is not None)
        assert _conditions(found, "story.polar")["the story's author is not the viewer"] is met


async def test_what_a_described_viewers_rule_looks_at_is_told_to_those_who_read_it(desk: Desk) -> None:
    """Whether a person works somewhere: administrators read it of everybody, the data protection officer of nobody."""
    question = {
        "type": "Account",
        "field": "id",
        "id": desk.rows["author"],
        "as": {"kind": "MEMBER", "roles": ["MODERATOR"]},
    }
    told = await desk.decide("admin", WHOLE, **question)
    assert _conditions(told, "account.polar")["the account has memberships"] is False
    untold = await desk.decide("dpo", WHOLE, "complaint", **question)
    assert _conditions(untold, "account.polar")["the account has memberships"] is None


@pytest.mark.parametrize("type_name", ["PageInfo", "StoryConnection", "Viewer", "SignInPayload"])
async def test_what_holds_no_row_is_nobodys_secret(desk: Desk, type_name: str) -> None:
    found = await desk.decide("", WHOLE, type=type_name, field="*")
    assert found["fields"]
    for one in (found, *found["fields"]):
        assert (one["allowed"], one["conditional"], one["promise"]) == (True, False, None)
        assert one["rule"]["file"] == "open.polar"


async def test_roots_are_called(desk: Desk) -> None:
    found = await desk.decide("member", WHOLE, type="Query", field="*")
    fields = {one["field"]: one["allowed"] for one in found["fields"]}
    assert (fields["moderationQueue"], fields["stories"], fields["access"]) == (False, True, True)
    alone = await desk.decide("member", WHOLE, type="Query", field="moderationQueue")
    assert (alone["allowed"], alone["wouldGrant"]) == (False, ["role MODERATOR"])
    assert (await desk.decide("dpo", WHOLE, type="Query", field="describe", action="describe"))["allowed"] is True
