"""The schema as text: described, committed, and with the names that clients rely on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLNamedType,
    get_named_type,
    is_enum_type,
    is_input_object_type,
    is_introspection_type,
    is_non_null_type,
    is_required_argument,
    is_specified_scalar_type,
)

from schema.api import core, fields, sdl
from tests.schema.names import DENIABLE, RELIED_ON

COMMITTED = Path(__file__).parents[2] / "docs" / "schema.graphql"
PAGE = "first: Int, after: String, last: Int, before: String"

ARGUMENTS = {
    "Query.node": "id: ID!",
    "Query.nodes": "ids: [ID!]!",
    "Query.story": "id: ID, number: Int",
    "Query.stories": f"filter: StoryFilter, orderBy: StoryOrder, {PAGE}",
    "Query.service": "id: ID, slug: String, odsCode: String",
    "Query.services": f"filter: ServiceFilter, {PAGE}",
    "Query.organisation": "id: ID, slug: String, odsCode: String",
    "Query.organisations": f"filter: OrganisationFilter, {PAGE}",
    "Query.area": "code: String!",
    "Query.tags": f"kind: TagKind, search: String, {PAGE}",
    "Query.access": "input: AccessInput!",
    "Query.auditEvents": f"filter: AuditFilter, {PAGE}",
    "Query.complaints": f"filter: ComplaintFilter, {PAGE}",
    "Query.moderationQueue": f"filter: ModerationFilter, {PAGE}",
    "Subscription.storyPublished": "filter: StoryFilter",
    "Subscription.storyChanged": "id: ID!",
    "Subscription.moderationQueueChanged": "",
    "Mutation.grantRole": "accountId: ID!, role: PlatformRole!",
    "Mutation.revokeRole": "accountId: ID!, role: PlatformRole!",
    "Mutation.register": "input: RegisterInput!",
    "Mutation.verifyEmail": "token: String!",
    "Mutation.requestPasswordReset": "email: String!",
    "Mutation.resetPassword": "token: String!, password: String!",
    "Mutation.updateAccount": "input: UpdateAccountInput!",
    "Mutation.updateDemographics": "input: DemographicsInput!",
    "Mutation.setConsent": "purpose: ConsentPurpose!, granted: Boolean!",
    "Mutation.setMailPreference": "topic: MailTopic!, wanted: Boolean!",
    "Mutation.requestDataExport": "",
    "Mutation.eraseAccount": "password: String!",
    "Mutation.complain": "input: ComplainInput!",
    "Mutation.answerComplaint": "complaintId: ID!, outcome: String!",
    "Mutation.submitStory": "input: SubmitStoryInput!",
    "Mutation.withdrawStory": "storyId: ID!",
    "Mutation.assignStory": "storyId: ID!",
    "Mutation.publishStory": "input: PublishStoryInput!",
    "Mutation.rejectStory": "storyId: ID!, reason: String!",
    "Mutation.restrictStory": "storyId: ID!, reason: String!",
    "Mutation.unrestrictStory": "storyId: ID!",
    "Mutation.respond": "input: RespondInput!",
    "Mutation.editResponse": "responseId: ID!, body: String!",
    "Mutation.undoResponse": "responseId: ID!",
    "Mutation.replyToResponse": "responseId: ID!, body: String!",
    "Mutation.moderateResponse": "input: ModerateResponseInput!",
    "Mutation.createAlert": "input: AlertInput!",
    "Mutation.deleteAlert": "alertId: ID!",
    "Mutation.markSimilar": "storyId: ID!, notify: Boolean!",
    "Mutation.unmarkSimilar": "storyId: ID!",
    "Mutation.recordReading": "storyId: ID!",
    "Story.tags": "kind: TagKind",
}


def _own_types() -> list[GraphQLNamedType]:
    found = core().type_map.values()
    return [kind for kind in found if not is_introspection_type(kind) and not is_specified_scalar_type(kind)]


def _parts() -> Iterator[tuple[str, str | None]]:
    """Everything that can bear a description, with its place."""
    for kind in _own_types():
        yield kind.name, kind.description
        for name, part in {**getattr(kind, "fields", {}), **getattr(kind, "values", {})}.items():
            yield f"{kind.name}.{name}", part.description
            for argument, declared in getattr(part, "args", {}).items():
                yield f"{kind.name}.{name}({argument})", declared.description


def test_nothing_is_undescribed() -> None:
    assert [place for place, description in _parts() if not (description or "").strip()] == []


def test_descriptions_are_sentences() -> None:
    assert [place for place, text in _parts() if text and not text.rstrip().endswith((".", "?"))] == []


@pytest.mark.parametrize("type_name", DENIABLE)
def test_a_field_that_can_be_denied_is_not_non_null(type_name: str) -> None:
    nullable = fields()[type_name]
    assert [name for name in DENIABLE[type_name].split() if not nullable[name]] == []


def test_node_and_nodes_can_be_null() -> None:
    query = core().query_type
    assert query
    assert str(query.fields["node"].type) == "Node"
    assert str(query.fields["nodes"].type) == "[Node]!"


def test_later_issues_fields_are_not_promised_yet() -> None:
    declared = {name for kind in fields().values() for name in kind}
    assert "statistics" not in declared


def test_arguments_that_clients_rely_on_can_do_without_newer_ones() -> None:
    """`signIn(email, password)` is still enough."""
    root = core().mutation_type
    assert root
    required = {name for name, argument in root.fields["signIn"].args.items() if is_required_argument(argument)}
    assert required == {"email", "password"}


def test_the_committed_schema_is_current() -> None:
    assert COMMITTED.read_text() == sdl(), "write schema.api.sdl() to docs/schema.graphql"


@pytest.mark.parametrize("type_name", RELIED_ON)
def test_names_that_clients_rely_on_are_there(type_name: str) -> None:
    kind = core().type_map[type_name]
    names = {*getattr(kind, "fields", {}), *getattr(kind, "values", {})}
    assert set(RELIED_ON[type_name].split()) <= names


@pytest.mark.parametrize("place", ARGUMENTS)
def test_arguments_are_there_with_their_types(place: str) -> None:
    type_name, _, name = place.partition(".")
    arguments = core().type_map[type_name].fields[name].args  # type: ignore[attr-defined]
    assert ", ".join(f"{a}: {declared.type}" for a, declared in arguments.items()) == ARGUMENTS[place]


def test_every_connection_takes_the_same_page() -> None:
    for type_name, kind in core().type_map.items():
        for name, declared in getattr(kind, "fields", {}).items():
            if str(get_named_type(declared.type)).endswith("Connection"):
                assert {"first", "after", "last", "before"} <= set(declared.args), f"{type_name}.{name}"


def test_stories_come_newest_first_unless_told_otherwise() -> None:
    assert "orderBy: StoryOrder = NEWEST" in sdl()


def test_inputs_that_may_be_left_out_have_no_default_of_null() -> None:
    assert "= null" not in sdl()


def test_enums_hold_the_names_that_the_database_holds() -> None:
    for kind in filter(is_enum_type, _own_types()):
        assert all(name == value.value for name, value in kind.values.items()), kind.name


def test_filters_are_all_optional() -> None:
    for kind in filter(is_input_object_type, _own_types()):
        if kind.name.endswith("Filter"):
            assert not any(is_non_null_type(part.type) for part in kind.fields.values()), kind.name
