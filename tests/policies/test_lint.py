"""What Polar's loader accepts and the lint refuses: one test for each."""

from collections.abc import Mapping

import pytest

from policies.error import PolicyError
from policies.plan import FOLDER, Policies
from schema.api import fields

FIELDS: Mapping[str, Mapping[str, bool]] = {
    "Tag": {"kind": False, "label": False},
    "Story": {"id": False, "title": True, "viewerCan": False},
    "StoryPermissions": {"withdraw": False},
    "Query": {"story": True},
}
GRANT = (FOLDER / "grant.polar").read_text()
SOUND = """
grant(_viewer: Viewer, "read", _tag: Tag, field, "clear", "P06 public") if field in ["kind", "label"];
grant(_viewer: Viewer, "read", story: Story, field, "clear", "P06 public") if
    shown(story) and field in ["id", "title", "viewerCan"];
grant(member: Member, "withdraw", story: Story, "withdraw", "clear", "P17 withdrawn") if
    story.author_id = member.account_id;
grant(_viewer: Viewer, "call", _query: Query, "story", "clear", "P06 public");
shown(story: Story) if story.status in ["PUBLISHED", "RESTRICTED"];
withheld("Story", field, "P10 Not yet.") if field in ["id", "title", "viewerCan"];
withheld("Story", "withdraw", "P17 Only its author.");
carrier("StoryPermissions", "what may be done");
"""
READ = 'grant(member: Member, "read", story: Story, "title", "clear", "P06 public") if '


def _check(text: str, known: Mapping[str, Mapping[str, bool]] = FIELDS) -> Policies:
    return Policies.checked({"grant.polar": GRANT, "story.polar": text}, known)


def _refused(text: str, known: Mapping[str, Mapping[str, bool]] = FIELDS) -> str:
    with pytest.raises(PolicyError) as caught:
        _check(text, known)
    assert caught.value.problems
    return "\n".join(caught.value.problems)


def test_the_policies_of_this_tree_are_sound() -> None:
    Policies.load(fields=fields())


def test_sound_rules_are_accepted() -> None:
    _check(SOUND)


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ('grnt(_viewer: Viewer, "read", _tag: Tag, "kind", "clear", "P06 public");', "rule grnt is called by no other"),
        (READ + "shwon(story) and member.staff = true;", "there is no rule shwon with 1 arguments"),
        (READ + "shown(story, member);", "there is no rule shown with 2 arguments"),
        ('grant(_v: Viewr, "read", _tag: Tag, "kind", "clear", "P06 public");', "there is no class Viewr"),
        ('grant(_v: Viewer, "read", _tag: Tga, "kind", "clear", "P06 public");', "there is no class Tga"),
        ('grant(_v: Story, "read", _tag: Tag, "kind", "clear", "P06 public");', "is a viewer, not a Story"),
        ('grant(_v: Viewer, "read", _tag: Tag, "lable", "clear", "P06 public");', "no field Tag.lable"),
        ('grant(_v: Viewer, "read", _tag: Tag, field, "clear", "P06 x") if field in ["a"];', "no field Tag.a"),
        ('grant(_v: Viewer, "call", _query: Query, "stories", "clear", "P06 public");', "no field Query.stories"),
        ('withheld("Story", "titel", "P06 public");', "no field Story.titel"),
        ('withheld("Stroy", "title", "P06 public");', "no type Stroy"),
        ('carrier("PageInf", "pages");', "no type PageInf"),
        (READ + "story.statuz = \"PUBLISHED\" and member.staff = true;", "Story has no attribute statuz"),
        (READ + "story.author.name = 1 and member.staff = true;", "Account has no attribute name"),
        (READ + "story.status.name = 1 and member.staff = true;", "has no attribute name"),
        (READ + "member.role = 1 and shown(story);", "Member has no attribute role"),
        (READ + "x in story.servicez and member.staff = true;", "Story has no attribute servicez"),
        (READ + "x in story.status and member.staff = true;", "in something that is not a list of rows"),
        (READ + "x in [1] and shown(story) and member.staff = true;", "x is known from nowhere"),
        (READ + "servce.name = 1 and member.staff = true and shown(story);", "servce is known from nowhere"),
        ('grant(_v: Viewer, "read", _tag, "kind", "clear", "P06 public");', "argument _tag has no type"),
        ('grant(_v, "read", _tag: Tag, "kind", "clear", "P06 public");', "argument _v has no type"),
        ('grant(_, "read", _tag: Tag, "kind", "clear", "P06 public");', "the wildcard _ matches anything"),
        ('grant(_v: Viewer, "read", _tag: Tag, _, "clear", "P06 public");', "the wildcard _ matches anything"),
        (READ + "helped(_, story) and member.staff = true; helped(_m: Member, _s: Story);", "the wildcard _"),
        ('grant(_v: Viewer, "read", _tag: Tag, field, "clear", "P06 public");', "the fields are left open"),
        ('grant(_v: Viewer, action, _tag: Tag, "kind", "clear", "P06 public");', "argument action has no type"),
        ('grant(_v: Viewer, "read", _tag: Tag, "kind", "clearly", "P06 public");', "there is no mask clearly"),
        ('grant(_v: Viewer, "read", _tag: Tag, "kind", "clear", "public");', "a reason begins with a promise"),
        ('grant(_v: Viewer, "read", _tag: Tag, "kind", "clear", "P6 public");', "a reason begins with a promise"),
        ('withheld("Story", "title", "because");', "a reason begins with a promise"),
        ('grant(_v: Viewer, "read", _tag: Tag, "kind", "clear");', "grant takes 6 arguments, not 5"),
        ('grant(_v: Viewer, "erase", _s: Story, "erase", "clear", "P06 x");', "StoryPermissions do not list erase"),
        ('grant(_v: Viewer, "withdraw", _s: Story, "title", "clear", "P06 x");', "as a field of the same name"),
        (READ + "cut and shown(story) and member.staff = true;", "cut is not used in policies"),
        (READ + "story matches Story and member.staff = true;", "matches is not used in policies"),
        (READ + "member.account_id = \"$viewer.account_id\" and shown(story);", "could be taken for a value"),
        (READ + "reads(story, story, \"title\") and member.staff = true;", "for the rule's own viewer"),
    ],
)  # fmt: skip
def test_refused(rule: str, problem: str) -> None:
    found = _refused(SOUND + rule)
    assert problem in found
    assert "story.polar:1" in found


@pytest.mark.parametrize(
    "text",
    [
        "resource Story { permissions = [\"read\"]; }",
        "grant(_v: Viewer)",
        "?= grant(1);",
        "grant;",
        "shown(_s: Story) or true;",
        "shown(_s: Story) if \u2026;",
        READ + "story.status = \"PUBLISHD\" and member.staff = true;",
        READ + "story.criticality > 3 and member.staff = true;",
        READ + "story.author_id = story.published_at and member.staff = true;",
    ],
)  # fmt: skip
def test_what_is_no_sound_rule_is_refused(text: str) -> None:
    _refused(SOUND + text)


def test_several_problems_are_told_at_once() -> None:
    found = _refused(SOUND + 'carrier("A", "a");\ncarrier("B", "b");\n')
    assert "story.polar:12: the schema has no type A" in found
    assert "story.polar:13: the schema has no type B" in found


def test_a_field_that_no_policy_names_is_refused() -> None:
    known = {**FIELDS, "Tag": {**FIELDS["Tag"], "colour": True}}
    assert "no policy names Tag.colour" in _refused(SOUND, known)


def test_a_type_that_no_policy_knows_is_refused() -> None:
    assert "no policy says who may read Secret" in _refused(SOUND, {**FIELDS, "Secret": {"id": False}})


def test_a_field_that_can_be_denied_but_is_never_null_is_refused() -> None:
    row = SOUND.replace('shown(story) and field in ["id", "title", "viewerCan"]', 'field in ["id", "viewerCan"]')
    text = row.replace("story: Story, field", "_story: Story, field", 1)
    text += READ.replace("member: Member", "_viewer: Viewer") + "shown(story);"
    _check(text)
    known = {**FIELDS, "Story": {**FIELDS["Story"], "title": False}}
    assert "Story.title can be denied where its row is seen" in _refused(text, known)


def test_a_deed_that_can_be_denied_needs_no_null() -> None:
    """A denied mutation refuses the whole operation before it runs; a denied question is null beside the others."""
    deed = 'grant(_member: Member, "call", _mutation: Mutation, "mark", "clear", "P05 marked");'
    text = f'{SOUND}{deed}\nwithheld("Mutation", "mark", "P05 Sign in.");'
    _check(text, {**FIELDS, "Mutation": {"mark": False}})
    asked = text.replace("mutation: Mutation", "query: Query").replace('"Mutation"', '"Query"')
    assert "Query.mark can be denied" in _refused(asked, {**FIELDS, "Query": {"story": True, "mark": False}})


def test_a_field_that_can_be_denied_without_a_reason_is_refused() -> None:
    withheld = 'withheld("Story", field, "P10 Not yet.") if field in ["id", "title", "viewerCan"]'
    found = _refused(SOUND.replace(withheld, withheld.replace('"title", ', "")))
    assert "Story.title can be denied" in found
    assert "no withheld(…) says why" in found


def test_polar_itself_would_have_accepted_a_misspelt_rule() -> None:
    Policies({"grant.polar": GRANT, "story.polar": SOUND + 'grnt(_v: Viewer, "x");'})


def test_an_unknown_class_is_refused_without_the_lint_too() -> None:
    with pytest.raises(PolicyError):
        Policies({"grant.polar": GRANT, "story.polar": SOUND + "shown(_s: Stroy);"})
