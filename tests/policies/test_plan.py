"""Plans: what they decide, explain and audit."""

from pathlib import Path

import pytest

from models import PlatformRole
from policies.condition import TRUE
from policies.plan import FOLDER, Policies
from policies.viewer import Anonymous, Kind, Member, Purpose, System, all_kinds
from tests.policies.people import VIEWERS, identity, policies

MODERATOR = Kind("Member", (PlatformRole.MODERATOR,))
ABUSE = Kind("Member", (PlatformRole.ABUSE,), purpose=Purpose.ABUSE)
POSTCODE = (
    "being its author",
    "role SAFEGUARDING with purpose safeguarding",
    "managing an organisation to which it is disclosed",
)
"""What would show the postcode of a story in clear."""


def test_a_type_that_no_policy_knows_has_no_rows() -> None:
    plan = policies().plan(System())
    assert plan.row("Session").is_false
    assert plan.condition("Session", "token").is_false
    assert plan.cases("Story", "secret") == ()
    assert plan.action("Story", "erase").is_false


@pytest.mark.parametrize("field", ["postcode", "ipAddress", "author", "criticality", "original"])
def test_a_visitor_has_no_case_for_a_private_field(field: str) -> None:
    plan = policies().plan(Anonymous())
    assert plan.cases("Story", field) == ()
    assert plan.condition("Story", field).is_false
    assert plan.denial("Story", field).startswith("P")


def test_clear_comes_before_masks() -> None:
    plan = policies().plan(MODERATOR)
    assert [grant.mask for grant in plan.grants("Story", "postcode")] == ["clear", "outward"]
    assert [case.mask for case in plan.cases("Story", "postcode")] == ["clear", "outward"]
    assert plan.cases("Story", "postcode")[-1].condition == TRUE
    assert plan.mask_reason("Story", "postcode", "outward").startswith("P02 ")
    assert plan.mask_reason("Story", "postcode", "clear") == ""


def test_a_masked_value_is_no_value_to_filter_by() -> None:
    condition = policies().plan(MODERATOR).condition("Story", "postcode")
    assert str(condition) == "row.author_id = viewer.account_id and row.status != 'WITHDRAWN'"


def test_a_public_plan_names_no_viewer() -> None:
    plan = policies().plan(Anonymous())
    assert all(plan.public("Story", field) for field in ("title", "postcode", "viewerCan"))
    assert not policies().plan(VIEWERS["member"]).public("Story", "title")


@pytest.mark.parametrize("kind", all_kinds(), ids=str)
def test_only_what_is_owed_to_the_purpose_or_a_disclosure_is_audited(kind: Kind) -> None:
    audited = {
        Purpose.SAFEGUARDING: {"author", "postcode"},
        Purpose.ABUSE: {"ipAddress"},
        Purpose.RIGHTS_REQUEST: {"author"},
        Purpose.COMPLAINT: {"author"},
    }
    plan = policies().plan(kind)
    fields = {field for rule in policies().rules if rule.type(2) == "Story" for field in rule.fields}
    told = {"author", "postcode", "ipAddress"} if kind.recipient else set()
    expected = audited[kind.purpose] if kind.purpose else told
    assert {field for field in fields if plan.audited("Story", field)} == expected


def test_what_a_person_sees_of_themselves_is_not_audited_because_of_a_purpose() -> None:
    plan = policies().plan(ABUSE)
    assert plan.audited("Account", "ipAddresses")
    assert plan.audited("Account", "id")
    assert not plan.audited("Account", "email")


def test_plans_are_kept_per_kind() -> None:
    one, other = Member(identity(1)), Member(identity(2))
    assert policies().plan(one) is policies().plan(other) is policies().plan(Kind("Member"))
    assert policies().plan(one) is not policies().plan(Member(identity(1), staff=True))


def test_explained_denial() -> None:
    found = policies().plan(Anonymous()).explain("read", "Story", "postcode")
    assert (found.allowed, found.conditional, found.mask, found.promise) == (False, False, None, "P02")
    assert found.rule is not None
    assert (found.rule.name, found.rule.file) == ("withheld", "story.polar")
    assert found.would_grant == POSTCODE


def test_explained_mask() -> None:
    found = policies().plan(MODERATOR).explain("read", "Story", "postcode")
    assert (found.allowed, found.conditional, found.mask, found.promise) == (True, True, None, "P14")
    assert found.would_grant == POSTCODE


def test_explained_grant() -> None:
    found = policies().plan(Anonymous()).explain("read", "Story", "title")
    assert (found.allowed, found.conditional, found.promise) == (True, True, "P06")
    assert str(found.condition) == "row.status = 'PUBLISHED'"
    assert "role MODERATOR" in found.would_grant
    assert found.rule is not None
    line = (FOLDER / found.rule.file).read_text().splitlines()[found.rule.line - 1]
    assert found.rule.text.startswith(line)


@pytest.mark.parametrize(
    ("action", "type_name", "field", "sentences"),
    [
        ("withdraw", "Story", "withdraw", ("being its author",)),
        ("publish", "Story", "publish", ("role MODERATOR",)),
        ("respond", "Story", "respond", ("working for an organisation that it concerns",)),
        ("read", "Account", "roles", ("being that person", "role ADMIN")),
        ("read", "Consent", "purpose", (
            "being the person whose it is",
            "role DPO with purpose rights-request",
            "role DPO with purpose complaint",
        )),
        ("read", "Service", "name", ()),
        ("call", "Query", "stories", ()),
        ("describe", "Query", "describe", ("role DPO", "role ADMIN")),
        ("read", "Story", "nonsense", ()),
    ],
)  # fmt: skip
def test_who_else_would_be_granted(action: str, type_name: str, field: str, sentences: tuple[str, ...]) -> None:
    assert policies().plan(Anonymous()).explain(action, type_name, field).would_grant == sentences


def test_the_hash_changes_with_a_policy(tmp_path: Path) -> None:
    for path in FOLDER.glob("*.polar"):
        (tmp_path / path.name).write_text(path.read_text())
    assert Policies.load(tmp_path).hash == Policies.load().hash
    (tmp_path / "tag.polar").write_text((tmp_path / "tag.polar").read_text() + "# A word.\n")
    assert Policies.load(tmp_path).hash != Policies.load().hash
