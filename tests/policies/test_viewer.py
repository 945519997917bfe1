"""Kinds of viewers, and purposes of use."""

from typing import Any, cast

import pytest

from models import PlatformRole
from policies.viewer import Anonymous, Kind, Member, Purpose, System, all_kinds, may_use, parse_purpose
from tests.policies.people import identity


@pytest.mark.parametrize(
    "header",
    ["", ";", "curiosity", "Safeguarding", "safeguarding;", "safeguarding; case=1", "safeguarding; ref=",
     "safeguarding; ref=a b", "safeguarding; ref=-1", f"abuse; ref={'x' * 65}", "abuse; ref=1; ref=2",
     "abuse, complaint", "abuse; ref=\u0661"],
)  # fmt: skip
def test_a_malformed_purpose_is_refused(header: str) -> None:
    with pytest.raises(ValueError, match="purpose"):
        parse_purpose(header)


@pytest.mark.parametrize(
    ("header", "purpose", "reference"),
    [
        ("safeguarding; ref=CASE-12", Purpose.SAFEGUARDING, "CASE-12"),
        (" abuse ;ref = 2026/7 ", Purpose.ABUSE, "2026/7"),
        ("rights-request", Purpose.RIGHTS_REQUEST, None),
        ("complaint; ref=a.b_c", Purpose.COMPLAINT, "a.b_c"),
    ],
)
def test_purpose(header: str, purpose: Purpose, reference: str | None) -> None:
    assert parse_purpose(header) == (purpose, reference)


def test_a_purpose_is_for_one_role() -> None:
    able = {(role, purpose) for role in PlatformRole for purpose in Purpose if may_use([role], purpose)}
    assert able == {
        (PlatformRole.SAFEGUARDING, Purpose.SAFEGUARDING),
        (PlatformRole.ABUSE, Purpose.ABUSE),
        (PlatformRole.DPO, Purpose.RIGHTS_REQUEST),
        (PlatformRole.DPO, Purpose.COMPLAINT),
    }
    assert not may_use([], Purpose.ABUSE)
    assert may_use(PlatformRole, Purpose.ABUSE)


def test_a_member_without_an_account_is_refused() -> None:
    with pytest.raises(ValueError, match="account"):
        Member(cast(Any, None))


def test_a_kind_says_what_a_policy_knows_and_nothing_of_the_person() -> None:
    roles = frozenset([PlatformRole.MODERATOR, PlatformRole.ABUSE])
    one = Member(identity(1), roles, staff=True, purpose=Purpose.ABUSE, reference="1", key=b"1")
    other = Member(identity(2), roles, staff=True, purpose=Purpose.ABUSE, reference="2")
    assert one.kind == other.kind
    assert str(one.kind) == "member+staff+ABUSE+MODERATOR (purpose abuse)"
    assert one.parameters != other.parameters
    assert str(Anonymous().kind) == "anonymous"
    assert System().kind == Kind("System")
    assert set(Anonymous().parameters.values()) == {None}


def test_a_member_does_not_show_keys() -> None:
    assert "secret" not in repr(Member(identity(1), key=b"secret"))


def test_all_kinds_are_distinct() -> None:
    kinds = all_kinds()
    assert len(set(kinds)) == len(kinds) == 23
