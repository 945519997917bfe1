"""What is said of a purpose of use that would help: to roles that could state it, and to nobody else."""

import pytest

from models.account import PlatformRole
from policies.plan import Policies
from policies.viewer import Kind, Purpose, all_kinds

POLICIES = Policies.load()
SAFEGUARDING, ABUSE, DPO = (
    'It needs the purpose of use "safeguarding".',
    'It needs the purpose of use "abuse".',
    'It needs the purpose of use "rights-request" or "complaint".',
)
TOLD = {
    ("Story", "author"): {PlatformRole.SAFEGUARDING: SAFEGUARDING, PlatformRole.DPO: DPO},
    ("Story", "postcode"): {PlatformRole.SAFEGUARDING: SAFEGUARDING},
    ("Story", "ipAddress"): {PlatformRole.ABUSE: ABUSE},
    ("Complaint", "email"): {PlatformRole.DPO: DPO},
    ("AuditEvent", "personId"): {PlatformRole.DPO: DPO},
    ("Account", "email"): {PlatformRole.SAFEGUARDING: SAFEGUARDING, PlatformRole.DPO: DPO},
    ("Account", "demographics"): {},
    ("Account", "readingHistory"): {},
    ("Story", "criticality"): {},
    ("Query", "auditEvents"): {},
    ("Mutation", "grantRole"): {},
}


@pytest.mark.parametrize("kind", all_kinds(), ids=str)
@pytest.mark.parametrize(("type_name", "field"), TOLD)
def test_who_is_told_which_purpose(kind: Kind, type_name: str, field: str) -> None:
    told = TOLD[type_name, field].get(kind.roles[0], "") if kind.roles and not kind.purpose else ""
    bare = POLICIES.withheld[type_name, field]
    assert POLICIES.plan(kind).denial(type_name, field) == (f"{bare} {told}" if told else bare)


@pytest.mark.parametrize("purpose", Purpose)
def test_whoever_has_stated_a_purpose_is_told_of_no_other(purpose: Purpose) -> None:
    kind = Kind("Member", tuple(sorted(PlatformRole)), purpose=purpose)
    assert "purpose of use" not in POLICIES.plan(kind).denial("Story", "ipAddress")


def test_several_roles_are_told_of_all_that_help() -> None:
    roles = tuple(sorted((PlatformRole.DPO, PlatformRole.SAFEGUARDING)))
    assert (
        POLICIES.plan(Kind("Member", roles))
        .denial("Story", "author")
        .endswith('It needs the purpose of use "safeguarding" or "rights-request" or "complaint".')
    )
