"""Wrong documents are helped with names that the viewer can use, and nobody finds hidden ones by guessing."""

from uuid import UUID

import pytest
from graphql import parse, validate
from graphql.execution.values import get_variable_values

from models.account import PlatformRole
from policies.viewer import Anonymous, Member, Viewer
from resolvers.suggestion import fitting
from schema.api import core
from tests.policies.people import policies

VISITOR = Anonymous()
MEMBER = Member(UUID(int=1))
MODERATOR = Member(UUID(int=1), roles=frozenset({PlatformRole.MODERATOR}))
HIDDEN = [
    (VISITOR, "{ story(number: 1) { criticalty } }", "criticality"),
    (VISITOR, "{ story(number: 1) { postcod } }", "postcode"),
    (VISITOR, "{ story(number: 1) { ipAddres } }", "ipAddress"),
    (VISITOR, "{ moderationQueu { totalCount } }", "moderationQueue"),
    (VISITOR, '{ node(id: "Story:1") { ... on Complain { id } } }', "Complaint"),
    (VISITOR, '{ node(id: "Story:1") { email } }', "Account"),
    (VISITOR, "{ stories(filter: { criticalit: { gte: 1 } }) { totalCount } }", "criticality"),
    (MEMBER, "{ story(number: 1) { criticalty } }", "criticality"),
    (VISITOR, "mutation { publishStor { problems { code } } }", "publishStory"),
]
HELPFUL = [
    (VISITOR, "{ story(number: 1) { numbre } }", "Did you mean 'number'?"),
    (VISITOR, "{ stories(filtr: {}) { totalCount } }", "'filter'"),
    (VISITOR, "{ stories(filter: { serch: 1 }) { totalCount } }", "Did you mean 'search'?"),
    (VISITOR, "{ stories(orderBy: NEWES) { totalCount } }", "Did you mean the enum value 'NEWEST'?"),
    (VISITOR, '{ node(id: "Story:1") { ... on Stor { id } } }', "Did you mean 'Story'"),
    (MEMBER, "{ story(number: 1) { postcod } }", "Did you mean 'postcode'?"),
    (MODERATOR, "{ story(number: 1) { criticalty } }", "'criticality'"),
    (MODERATOR, "{ moderationQueu { totalCount } }", "Did you mean 'moderationQueue'?"),
]


def _told(viewer: Viewer, document: str) -> str:
    errors = validate(core(), parse(document))
    assert errors
    return "\n".join(error.message for error in fitting(errors, policies().plan(viewer)))


@pytest.mark.parametrize(("viewer", "document", "name"), HIDDEN)
def test_no_suggestion_names_what_the_viewer_can_t_use(viewer: Viewer, document: str, name: str) -> None:
    """The unhelped text would tell it."""
    assert any(f"'{name}'" in error.message for error in validate(core(), parse(document)))
    assert f"'{name}'" not in _told(viewer, document)


@pytest.mark.parametrize(("viewer", "document", "help_"), HELPFUL)
def test_a_suggestion_helps_with_what_the_viewer_can_use(viewer: Viewer, document: str, help_: str) -> None:
    assert help_ in _told(viewer, document)


def test_the_key_of_a_variable_is_suggested_only_to_those_who_may_filter_by_it() -> None:
    (operation,) = parse("query ($f: StoryFilter) { stories(filter: $f) { totalCount } }").definitions
    found = get_variable_values(core(), operation.variable_definitions, {"f": {"criticalit": {"gte": 1}}})  # type: ignore[attr-defined]
    assert isinstance(found, list)
    texts = [fitting(found, policies().plan(viewer))[0].message for viewer in (VISITOR, MODERATOR)]
    assert ["'criticality'" in text for text in texts] == [False, True]
