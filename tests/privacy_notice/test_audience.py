"""Who reads what, as the notice says it: nobody whom it does not name, and everybody whom it does (P13)."""

from collections.abc import Iterator, Mapping

import pytest

from models.account import PlatformRole
from models.privacy_notice import Topics
from policies.audience import Audience, Who, audiences
from policies.evaluation import holds
from policies.grant import CLEAR, ROOTS, ROW_FIELD
from policies.mask import MASKS
from policies.plan import Policies
from policies.viewer import MAY_USE, Kind, Member, Purpose, Viewer, all_kinds
from resolvers.privacy_notice import words
from resolvers.privacy_notice.content import PUBLIC, UNTOLD, personal
from schema.api import core
from schema.documentation.cast import VIEWERS
from schema.documentation.rows import Example, examples

PUBLICLY = {Who.EVERYONE, Who.ONCE_PUBLISHED, Who.SOMETIMES, Who.SIGNED_IN}
FORBIDDEN: Mapping[str, str] = {
    "Account.email": "EVERYONE ONCE_PUBLISHED SOMETIMES SIGNED_IN STAFF MODERATOR ABUSE ADMIN",
    "Account.postcode": "EVERYONE ONCE_PUBLISHED SOMETIMES SIGNED_IN STAFF MODERATOR ABUSE DPO ADMIN",
    "Account.ipAddresses": "EVERYONE ONCE_PUBLISHED SOMETIMES SIGNED_IN STAFF MODERATOR SAFEGUARDING DPO ADMIN",
    "Account.readingHistory": "EVERYONE ONCE_PUBLISHED SOMETIMES SIGNED_IN STAFF MODERATOR SAFEGUARDING ABUSE DPO ADMIN",
    "Demographics.birthYear": "EVERYONE ONCE_PUBLISHED SOMETIMES SIGNED_IN STAFF RECIPIENT MODERATOR SAFEGUARDING ABUSE DPO ADMIN",
    "Story.author": "EVERYONE ONCE_PUBLISHED SOMETIMES SIGNED_IN STAFF MODERATOR ABUSE ADMIN",
    "Story.ipAddress": "EVERYONE ONCE_PUBLISHED SOMETIMES SIGNED_IN STAFF MODERATOR SAFEGUARDING DPO ADMIN",
    "Story.criticality": "EVERYONE ONCE_PUBLISHED SOMETIMES YOU SIGNED_IN ABUSE DPO ADMIN",
    "Story.title": "EVERYONE SOMETIMES SIGNED_IN ABUSE DPO ADMIN",
}
NAMED: Mapping[str, str] = {
    "Account.email": "YOU RECIPIENT SAFEGUARDING/safeguarding DPO/rights-request DPO/complaint",
    "Account.postcode": "YOU RECIPIENT SAFEGUARDING/safeguarding",
    "Account.ipAddresses": "YOU RECIPIENT ABUSE/abuse",
    "Account.readingHistory": "YOU RECIPIENT",
    "Demographics.birthYear": "YOU",
    "Story.author": "YOU RECIPIENT SAFEGUARDING/safeguarding DPO/rights-request DPO/complaint",
    "Story.ipAddress": "YOU RECIPIENT ABUSE/abuse",
    "Story.postcode": "YOU RECIPIENT MODERATOR:outward SAFEGUARDING/safeguarding",
    "Story.criticality": "STAFF RECIPIENT MODERATOR SAFEGUARDING",
    "Story.title": "ONCE_PUBLISHED YOU STAFF RECIPIENT MODERATOR SAFEGUARDING",
    "Service.postcode": "EVERYONE",
}


def _named(audience: Audience) -> str:
    mask = f":{audience.mask}" if audience.mask else ""
    return audience.who + mask + (f"/{audience.purpose}" if audience.purpose else "")


def _of(policies: Policies, field: str) -> list[Audience]:
    return list(audiences(policies, *field.split(".")))


@pytest.mark.parametrize("field", FORBIDDEN)
def test_who_is_never_named(policies: Policies, field: str) -> None:
    """P13: read off the promises, not off the rules."""
    assert {audience.who for audience in _of(policies, field)} & set(FORBIDDEN[field].split()) == set()


@pytest.mark.parametrize("field", NAMED)
def test_who_is_named(policies: Policies, field: str) -> None:
    assert [_named(audience) for audience in _of(policies, field)] == NAMED[field].split()


def _kinds() -> Iterator[tuple[Viewer, str, str | None]]:
    """The viewers of the access table, with each purpose that they may state, and what the notice would call them."""
    for viewer in VIEWERS.values():
        role = next(iter(viewer.kind.roles), None)
        yield viewer, role or (Who.STAFF if viewer.kind.staff else Who.SIGNED_IN), None
        if isinstance(viewer, Member):
            for purpose, fitting in MAY_USE.items():
                if fitting == role:
                    yield Member(viewer.account_id, viewer.roles, purpose=purpose), role, purpose.value


def _reads(policies: Policies, viewer: Viewer, example: Example, field: str, *, clear: bool = False) -> bool:
    plan = policies.plan(viewer)
    needed = (ROW_FIELD.get(example.type, "id"), field)
    return all(
        any(
            holds(grant.condition, example.row, viewer.parameters)
            for grant in plan.grants(example.type, one)
            if grant.mask == CLEAR or not clear
        )
        for one in needed
    )


ROWS = [example for example in examples() if example.type not in {*ROOTS, *PUBLIC}]


@pytest.mark.parametrize("example", ROWS, ids=lambda example: f"{example.type} {example.state}")
def test_whoever_reads_an_example_is_named(policies: Policies, example: Example) -> None:
    """P13: every viewer of the access table, by each field of each kind of row."""
    for type_name, field in personal(policies, core()):
        if type_name != example.type:
            continue
        found = list(audiences(policies, type_name, field))
        for viewer, who, purpose in _kinds():
            if _reads(policies, viewer, example, field):
                fitting = {who, Who.YOU, *PUBLICLY}
                assert any(a.who in fitting and a.purpose in (None, purpose) for a in found), (field, viewer)
            clear = [a for a in found if a.mask is None]
            if _reads(policies, viewer, example, field, clear=True):
                assert any(a.who in fitting and a.purpose in (None, purpose) for a in clear), (field, viewer)


def test_every_kind_that_reads_more_than_the_lesser_ones_is_named(policies: Policies) -> None:
    """No kind of viewer is forgotten: where nothing is named for it, it reads no more than those who are."""
    for type_name, field in personal(policies, core()):
        named = {(audience.who, audience.purpose) for audience in audiences(policies, type_name, field)}
        for kind in all_kinds():
            if kind.name == "Member" and kind.roles and not kind.staff:
                own = {grant.reason for grant in policies.plan(kind).grants(type_name, field)}
                plain = {grant.reason for grant in policies.plan(Kind("Member")).grants(type_name, field)}
                plain |= {grant.reason for grant in policies.plan(kind.plain).grants(type_name, field)} & plain
                more = own - plain - _plainly(policies, kind, type_name, field)
                purpose = kind.purpose and kind.purpose.value
                assert not more or (kind.roles[0].value, purpose) in named, (type_name, field, kind)


def _plainly(policies: Policies, kind: Kind, type_name: str, field: str) -> set[str]:
    """The reasons that the kind has without its purpose."""
    plain = policies.plan(kind.plain).grants(type_name, field) if kind != kind.plain else ()
    return {grant.reason for grant in plain}


def test_there_are_words_for_every_role_purpose_and_mask() -> None:
    assert set(words.PHRASES) == {*Who, *PlatformRole}
    assert set(words.PURPOSES) == set(Purpose)
    assert set(words.MASKS) == set(MASKS)


def test_a_look_that_is_recorded_is_said_to_be(said: Topics) -> None:
    postcode = said["Story.postcode"]["audience"]
    assert postcode[0] == "you"
    assert "moderators (only its first half)" in postcode
    assert "the safeguarding team, on a risk of serious harm; each look is recorded" in postcode


def test_every_field_of_every_personal_type_is_there(said: Topics) -> None:
    """Independent of the policies: what the schema declares."""
    for type_name in ("Account", "Story", "Response", "Complaint", "Session", "Alert", "Disclosure", "AuditEvent"):
        declared = {f"{type_name}.{field}" for field in core().type_map[type_name].fields if field not in UNTOLD}
        assert declared <= set(said)
