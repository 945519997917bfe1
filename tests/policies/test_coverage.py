"""What the decision tables leave untried is found, by file, line, kind and field."""

from types import SimpleNamespace

import pytest

from models import PlatformRole
from policies.coverage import Coverage, asked, untried, watched, watching
from policies.coverage.mark import marked, unmarked
from policies.expression import Instance, Operation, Variable
from policies.plan import FOLDER, Policies
from policies.viewer import Anonymous, Member, Viewer
from schema.policy import tables
from tests.policies.people import VIEWERS, identity, world

RULES = """grant(_viewer: Viewer, "read", story: Story, field, "clear", "P06 public") if
    shown(story) and
    field in ["id", "title"];
grant(member: Member, "read", story: Story, "postcode", "outward", "P02 masked") if
    "MODERATOR" in member.roles and
    shown(story);
grant(member: Member, "withdraw", story: Story, "withdraw", "clear", "P17 one's own") if
    story.author_id = member.account_id;
shown(story: Story) if story.status = "PUBLISHED";
shown(story: Story) if story.status = "RESTRICTED";
withheld("Story", "postcode", "P02 private");
"""
MODERATOR = Member(identity(20), frozenset([PlatformRole.MODERATOR]))


def coverage(text: str = RULES) -> Coverage:
    """The coverage of these rules, and those that say how rules are asked."""
    return Coverage(Policies({"grant.polar": (FOLDER / "grant.polar").read_text(), "story.polar": text}))


def missing(found: Coverage) -> set[str]:
    return {str(one) for one in untried(found).missing}


def ask(found: Coverage, *cases: tuple[Viewer, str, str]) -> None:
    """Each case: who reads which field of a story of which status."""
    for viewer, status, field in cases:
        found.decide(viewer, "read", world(status).story, field)


PUBLIC = [(Anonymous(), "PUBLISHED", "id"), (Anonymous(), "RESTRICTED", "title"), (Anonymous(), "PREVIEW", "id")]
MASKED = [
    (MODERATOR, "PUBLISHED", "postcode"),
    (MODERATOR, "RESTRICTED", "postcode"),
    (MODERATOR, "PREVIEW", "postcode"),
]


def test_without_a_case_everything_is_missing() -> None:
    found = untried(coverage())
    assert found.percent == 0
    assert len(found.missing) == sum(found.wanted.values())
    places = {one.place for one in found.missing}
    assert places == {f"story.polar:{line}" for line in (1, 4, 7, 9, 10, 11)}


def test_what_is_only_allowed_is_missing_denied() -> None:
    found = coverage()
    ask(found, *PUBLIC[:2], *MASKED[:2])
    left = missing(found)
    assert "story.polar:1: Story.title (clear): no case denies it" in left
    assert "story.polar:1: Story.title (clear): no case allows it" not in left
    assert "story.polar:11: withheld Story.postcode: no case is denied for it" in left
    through = "story.polar:4: Story read through story.polar:9, for roles=MODERATOR, where row.status = 'PUBLISHED'"
    assert f"{through}: no case denies it to such a viewer, for the row" in left
    assert f"{through}: no case denies it to another kind of viewer" in left
    assert f"{through}: no case allows it" not in left


def test_each_alternative_is_wanted_by_itself() -> None:
    found = coverage()
    ask(found, *PUBLIC[1:], *MASKED)
    through = "story.polar:1: Story read through story.polar:9, where row.status = 'PUBLISHED'"
    assert f"{through}: no case allows it" in missing(found)
    assert not any("through story.polar:10" in one and "allows" in one for one in missing(found))


def test_all_cases_are_all() -> None:
    found, story = coverage(), world().story
    ask(found, *PUBLIC, *MASKED, (Anonymous(), "PREVIEW", "title"), (Anonymous(), "PUBLISHED", "postcode"))
    for viewer in (VIEWERS["author"], VIEWERS["member"], Anonymous()):
        found.decide(viewer, "withdraw", story, "withdraw")
    ask(found, (Anonymous(), "PUBLISHED", "title"), (Anonymous(), "RESTRICTED", "id"))
    assert untried(found).missing == ()
    assert untried(found).percent == 100


def test_what_nobody_can_be_denied_is_not_wanted_denied() -> None:
    found = coverage('grant(_viewer: Viewer, "read", _story: Story, "id", "clear", "P06 public");')
    ask(found, (Anonymous(), "PREVIEW", "id"))
    assert missing(found) == set()


def test_a_rule_that_no_grant_comes_through_is_found() -> None:
    dead = RULES.replace(
        'shown(story: Story) if story.status = "RESTRICTED"', 'hidden(story: Story) if story.status = "RESTRICTED"'
    )
    found = coverage(dead)
    ask(found, *PUBLIC, *MASKED)
    assert "story.polar:10: hidden: no allowed case comes through it" in missing(found)


def test_a_field_of_a_row_that_is_not_seen_is_not_allowed() -> None:
    found = coverage(RULES.replace('field in ["id", "title"]', 'field in ["title"]'))
    ask(found, (Anonymous(), "PUBLISHED", "title"))
    assert "story.polar:1: Story.title (clear): no case allows it" in missing(found)


def test_marks_leave_conditions_as_they_are() -> None:
    texts = {"story.polar": RULES}
    assert "shown(story: Story) if story.mark__story_9 = true and (" in marked(texts)["story.polar"]
    assert marked(texts)["story.polar"].count("\n") == RULES.count("\n")
    row = Variable("_this")
    here = Operation("Unify", (True, Operation("Dot", (row, "mark__story_9"))))
    status = Operation("Unify", (Operation("Dot", (row, "status")), "PUBLISHED"))
    isa = Operation("Isa", (row, Instance("Story")))
    marks, rest = unmarked(Operation("And", (isa, Operation("Not", (Operation("And", (here, status)),)))))
    assert marks == {"mark__story_9"}
    assert rest == Operation("And", (isa, Operation("Not", (Operation("And", (Operation("And", ()), status)),))))


def test_whoever_watches_hears_of_each_case() -> None:
    found = coverage()
    with watching(found):
        assert watched()
        asked(Anonymous(), "read", world().story, "title")
    asked(Anonymous(), "read", world().story, "id")
    assert not watched()
    assert found.decisions == 1


def test_a_file_without_decisions_is_no_table() -> None:
    """Only the files that decide are run."""
    table, other = (SimpleNamespace(module=SimpleNamespace(**names)) for names in ({"by_plan": 1}, {"policies": 1}))
    items = [table, other]
    cases = tables.Cases(lambda done, wanted: None)
    cases.pytest_collection_modifyitems(items)
    assert items == [table]
    assert cases.wanted == 1


@pytest.mark.parametrize("when", ["setup", "call"])
def test_a_case_that_fails_is_told(when: str) -> None:
    done: list[int] = []
    cases = tables.Cases(lambda one, _wanted: done.append(one))
    report = {"nodeid": "tests/x.py::test_y", "longreprtext": "it is not so"}
    cases.pytest_runtest_logreport(SimpleNamespace(failed=True, when=when, **report))
    cases.pytest_runtest_logreport(SimpleNamespace(failed=False, when="teardown", **report))
    assert cases.failures == ["tests/x.py::test_y: it is not so"]
    assert done == [1]
