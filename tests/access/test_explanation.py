"""Explanations name each rule, what it asks, and in words that can be read."""

import pytest

from models.account import PlatformRole
from policies.condition import (
    FALSE,
    ROW,
    TRUE,
    Compare,
    Condition,
    Const,
    In,
    Missing,
    Not,
    Param,
    Path,
    all_of,
    any_of,
    some,
)
from policies.condition.truth import conjuncts, facts, truth
from policies.evaluation import holds
from policies.explanation import Explanation
from policies.plan import Policies
from policies.telling import tellable
from policies.viewer import Anonymous, Kind, Member, Purpose, Viewer, all_kinds
from policies.wording import sentence
from tests.policies.people import VIEWERS, policies, settled

STATUS, MINE = Path(ROW, "status"), Compare("=", Path(ROW, "author_id"), Param("account_id"))
PUBLISHED = Compare("=", STATUS, Const("PUBLISHED"))
OTHER = Compare("=", Path(ROW, "region"), Const("WALES"))


def _explained(kind: Kind, field: str, action: str = "read") -> Explanation:
    return policies().plan(kind).explain(action, *field.split("."))


@pytest.mark.parametrize("known", [None, False, True])
def test_what_is_not_known_is_not_made_up(known: bool | None) -> None:
    values = {PUBLISHED: known, OTHER: False}
    assert truth(PUBLISHED, values.get) is known
    assert truth(Not(PUBLISHED), values.get) is (None if known is None else not known)
    assert truth(all_of([PUBLISHED, OTHER]), values.get) is False
    assert truth(any_of([PUBLISHED, OTHER]), values.get) is known
    assert truth(any_of([PUBLISHED, Not(OTHER)]), values.get) is True
    assert truth(MINE, values.get) is None
    assert (truth(TRUE, values.get), truth(FALSE, values.get)) == (True, False)


def test_facts_are_the_smallest_parts() -> None:
    condition = all_of([MINE, any_of([PUBLISHED, Not(OTHER)])])
    assert set(facts(condition)) == {MINE, PUBLISHED, OTHER}
    assert set(conjuncts(condition)) == {MINE, any_of([PUBLISHED, Not(OTHER)])}
    assert conjuncts(TRUE) == ()


@pytest.mark.parametrize(
    ("condition", "type_name", "said"),
    [
        (PUBLISHED, "Story", "the story's status is PUBLISHED"),
        (Compare("!=", STATUS, Const("WITHDRAWN")), "Story", "the story's status is not WITHDRAWN"),
        (In(STATUS, ("A", "B", "C")), "Story", "the story's status is A, B or C"),
        (MINE, "Story", "the story's author is the viewer"),
        (Compare("!=", Path(ROW, "author_id"), Param("account_id")), "Story", "the story's author is not the viewer"),
        (Compare("=", Path(ROW, "id"), Param("account_id")), "Account", "the account is the viewer's own"),
        (Missing(Path(ROW, "answered_at")), "Complaint", "the complaint's answeredAt is empty"),
        (Not(Missing(Path(ROW, "answered_at"))), "Complaint", "the complaint's answeredAt is not empty"),
        (Compare("=", Path(ROW, "active"), Const(True)), "Disclosure", "the disclosure is active"),
        (some("r1", ROW, "memberships", TRUE), "Account", "the account has memberships"),
        (Not(some("r1", ROW, "organisation", TRUE)), "Response", "not (the response has an organisation)"),
        (all_of([MINE, any_of([PUBLISHED, OTHER])]), "Story",
         "the story's author is the viewer and (the story's region is WALES or the story's status is PUBLISHED)"),
        (any_of([OTHER, all_of([MINE, PUBLISHED])]), "Story",
         "(the story's author is the viewer and the story's status is PUBLISHED) or the story's region is WALES"),
    ],
)  # fmt: skip
def test_conditions_as_sentences(condition: Condition, type_name: str, said: str) -> None:
    assert sentence(condition, type_name) == said


def test_related_rows_as_sentences() -> None:
    (way,) = [w for w in _explained(Kind("Member", staff=True), "Account.id").ways if "works for an" in str(w.needs)][
        :1
    ]
    (part,) = way.parts
    assert part.text == (
        "the account has a membership where the membership's organisation has another membership where "
        "the other membership's account is the viewer"
    )
    (way,) = [w for w in _explained(Kind("Member", staff=True), "Story.criticality").ways if w.open]
    assert [part.text for part in way.parts][1] == (
        "(the story has an area where the area's organisation has a membership where the membership's account is the viewer)"
        " or (the story has a service where the service's organisation has a membership where the membership's account is"
        " the viewer)"
    )


@pytest.mark.parametrize(
    "kind", [Kind("Anonymous"), Kind("Member", staff=True), Kind("Member", (PlatformRole.DPO,))], ids=str
)
def test_what_follows_from_other_rules_is_said_so(kind: Kind) -> None:
    entry = _explained(kind, "ModerationEntry.note").ways
    assert [[part.text for part in way.parts] for way in entry] == [["the viewer reads the story's moderationLog"]]
    response = _explained(kind, "Response.body").ways[0]
    assert [part.text for part in response.parts] == [
        "the response's status is PUBLISHED",
        "the viewer reads the story's responses",
    ]


def test_every_rule_is_named_once_for_each_sort_of_viewer() -> None:
    """Two rules with one reason are two ways, and one rule for two purposes is two."""
    ways = _explained(Kind("Anonymous"), "Account.id").ways
    granting = {
        rule.place
        for rule in policies().rules
        if rule.name == "grant" and rule.type(2) == "Account" and "id" in rule.fields and rule.literal(1) == "read"
    }
    assert {way.grant.rule.place for way in ways} == granting
    assert len(ways) == len({(way.grant.rule.place, way.needs) for way in ways}) == len(granting) + 1


@pytest.mark.parametrize("kind", all_kinds(), ids=str)
def test_a_way_is_open_to_those_to_whom_its_rule_grants(kind: Kind) -> None:
    plan = policies().plan(kind)
    for field in ("Story.postcode", "Story.title", "Account.id", "Account.email", "Response.body", "Complaint.email"):
        type_name, name = field.split(".")
        ways = plan.explain("read", type_name, name).ways
        assert {way.grant.rule for way in ways if way.open} == {g.rule for g in plan.grants(type_name, name)}, field
        assert [way.open for way in ways] == sorted((way.open for way in ways), reverse=True)
        assert all(way.parts or way.grant.condition.is_true for way in ways)


def test_a_row_that_has_to_be_seen_first_is_said_so() -> None:
    texts = dict(policies().texts)
    texts["tag.polar"] += (
        'grant(_viewer: Viewer, "read", _story: Story, "criticality", "clear", "P06 for a test") if true = true;\n'
    )
    ways = Policies(texts).plan(Kind("Anonymous")).explain("read", "Story", "criticality").ways
    assert [part.text for part in ways[0].parts] == ["the viewer sees the story"]


def test_a_rule_for_those_who_are_no_more_than_members_is_not_open_to_others() -> None:
    texts = dict(policies().texts)
    texts["tag.polar"] += (
        'grant(member: Member, "read", _story: Story, "criticality", "clear", "P06 for a test") if member.staff = false;\n'
    )
    found = Policies(texts).plan(Kind("Member", staff=True)).explain("read", "Story", "criticality")
    (way,) = [way for way in found.ways if way.grant.reason == "P06 for a test"]
    assert [(need.text, need.met) for need in way.needs][1:] == [("the viewer is nothing besides", False)]


@pytest.mark.parametrize(
    ("viewer", "type_name", "condition", "told"),
    [
        # Never: what they could not read anywhere.
        (Anonymous(), "Story", Compare("=", Path(ROW, "criticality"), Const(3)), False),
        (VIEWERS["member"], "Story", some("r1", ROW, "areas", TRUE), False),
        (VIEWERS["member"], "Account", some("r1", ROW, "memberships", TRUE), False),
        (VIEWERS["dpo"], "Account", some("r1", ROW, "memberships", TRUE), False),
        (VIEWERS["author"], "Story", some("r1", ROW, "disclosures", TRUE), False),
        (VIEWERS["mod"], "Story", some("r1", ROW, "disclosures", TRUE), False),
        (Anonymous(), "Story", some("r1", ROW, "services", Compare("=", Path("r1", "id"), Path(ROW, "id"))), False),
        (VIEWERS["author"], "Story", Compare("=", Path(ROW, "author_id"), Const("x")), False),
        # What they read of the row, and whether it is their own.
        (Anonymous(), "Story", PUBLISHED, True),
        (Anonymous(), "Story", MINE, True),
        (Anonymous(), "Story", some("r1", ROW, "services", Compare("=", Path("r1", "region"), Const("WALES"))), True),
        (VIEWERS["author"], "Story", some("r1", ROW, "areas", TRUE), True),
        (VIEWERS["mod"], "Story", Compare("=", Path(ROW, "criticality"), Const(3)), True),
        (VIEWERS["admin"], "Account", some("r1", ROW, "memberships", TRUE), True),
    ],
)
def test_a_fact_is_told_to_those_who_read_what_it_looks_at(
    viewer: Viewer, type_name: str, condition: Condition, told: bool
) -> None:
    world = settled()
    row = world.story if type_name == "Story" else world.colleague
    guard = tellable(condition, type_name, policies().plan(viewer))
    assert holds(guard, row, viewer.parameters) is told


def test_what_a_purpose_opens_is_told_only_with_it() -> None:
    """So `access` asks for the plan without the purpose: nothing that it tells has to be written down."""
    condition = Compare("=", Path(ROW, "pen_name"), Const("x"))
    person, officer = settled().account, VIEWERS["safe"]
    assert isinstance(officer, Member)
    with_purpose = Kind("Member", (PlatformRole.SAFEGUARDING,), purpose=Purpose.SAFEGUARDING)
    assert holds(tellable(condition, "Account", policies().plan(with_purpose)), person, officer.parameters)
    assert not holds(tellable(condition, "Account", policies().plan(with_purpose.plain)), person, officer.parameters)
