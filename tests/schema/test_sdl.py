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

COMMITTED = Path(__file__).parents[2] / "docs" / "schema.graphql"
PAGE = "first: Int, after: String, last: Int, before: String"

# docs/access.md: each of these is denied to somebody who sees the row.
DENIABLE = {
    "Story": (
        "title body tags responses responseCount ageGroup authorRole penName progress changes criticality "
        "submittedAt original routedAreas routing author postcode ipAddress moderationLog identifying assignedToMe "
        "assignedAt moderationDueAt"
    ),
    "Response": "account",
    "Account": (
        "createdAt penName email postcode ipAddresses demographics consents stories readingHistory "
        "similarExperiences memberships roles sessions secondFactor pendingEmail corrections dataExports complaints "
        "alerts accessLog mailPreferences"
    ),
    "Complaint": "email body outcome extensionReason",
    "Session": "client",
    "DataExport": "url",
    "Alert": "service organisation area tag",
    "AccessLogEntry": "organisation",
    "Query": "complaints moderationQueue",
}

# The names that clients rely on, as far as they can be asked for by now.
RELIED_ON = {
    "Query": (
        "viewer node nodes story stories service services organisation organisations area tags access complaints "
        "moderationQueue"
    ),
    "Mutation": (
        "register verifyEmail signIn signOut requestPasswordReset resetPassword changePassword endSession "
        "endOtherSessions startSecondFactor confirmSecondFactor removeSecondFactor updateAccount updateDemographics "
        "setConsent setMailPreference requestDataExport eraseAccount complain submitStory answerComplaint extendComplaint withdrawStory markSimilar "
        "assignStory unassignStory publishStory rejectStory previewStory holdPreview releasePreview restrictStory "
        "unrestrictStory "
        "unmarkSimilar recordReading clearReadingHistory createAlert deleteAlert respond editResponse undoResponse replyToResponse moderateResponse"
    ),
    "Subscription": "storyPublished storyChanged moderationQueueChanged",
    "PublishStoryInput": "storyId title body tags criticality",
    "SubmitStoryInput": (
        "title body serviceIds tags postcode ageGroup authorRole penName email consents noticeVersion idempotencyKey"
    ),
    "SubmitStoryPayload": "number story problems",
    "RegisterInput": "email password penName noticeVersion",
    "UpdateAccountInput": "penName email postcode",
    "DemographicsInput": "gender birthYear ethnicGroup limitedByCondition",
    "SignInPayload": "token viewer problems",
    "SignOutPayload": "viewer problems",
    "Problem": "field code message",
    "Viewer": "kind account roles purpose",
    "Node": "id",
    "Story": (
        "id number status region url title body restriction submittedAt publishedAt ageGroup authorRole "
        "penName services tags responses responseCount changes progress similarExperienceCount "
        "markedSimilar criticality routedAreas original moderationLog author postcode ipAddress viewerCan "
        "identifying assignedToMe assignedAt moderationDueAt"
    ),
    "StoryPermissions": "respond withdraw assign unassign publish reject preview hold restrict unrestrict markSimilar",
    "StoryOriginal": "title body purgeAfter",
    "ModerationEntry": "action doneAt note",
    "ModerationFilter": "status assignedToMe unassigned routing overdue",
    "Identifying": "kind field start length suggestion",
    "IdentifyingKind": "EMAIL PHONE POSTCODE NHS_NUMBER URL BIRTH_DATE NAME SHOUTING",
    "IdentifyingField": "TITLE BODY",
    "Restriction": "reason by",
    "Change": "kind description organisation publishedAt",
    "Tag": "kind label",
    "Account": (
        "id createdAt penName email postcode ipAddresses demographics consents stories readingHistory "
        "similarExperiences memberships roles sessions secondFactor pendingEmail corrections dataExports complaints "
        "alerts accessLog mailPreferences"
    ),
    "MailPreference": "topic wanted",
    "MailTopic": "STORY SIMILAR ALERT MODERATION",
    "Session": "id createdAt expiresAt client secondFactor current",
    "Correction": "field correctedAt",
    "Alert": (
        "id name frequency createdAt search service organisation area tag region ageGroup authorRole progress routing "
        "criticalityFrom criticalityTo"
    ),
    "AlertInput": "name filter frequency",
    "AlertFrequency": "AT_ONCE DAILY WEEKLY",
    "CreateAlertPayload": "alert problems",
    "DeleteAlertPayload": "viewer problems",
    "DataExport": "id status requestedAt readyAt expiresAt fetchedAt size url",
    "Complaint": (
        "id number kind email body receivedAt acknowledgedAt dueAt extendedAt extensionReason overdue answeredAt "
        "outcome viewerCan"
    ),
    "ComplaintPermissions": "answer extend",
    "ComplaintConnection": "edges nodes pageInfo totalCount",
    "ComplaintFilter": "kind open overdue",
    "AccessLogEntry": "happenedAt roles organisation fields purpose reasons",
    "AccessLogConnection": "edges nodes pageInfo totalCount",
    "IpAddressUse": "address usedAt use",
    "Demographics": "gender birthYear ethnicGroup limitedByCondition",
    "Consent": "purpose granted givenAt noticeVersion givenBy",
    "Membership": "role organisation",
    "Reading": "readAt story",
    "Area": "id code name kind organisation validFrom validTo successors",
    "Service": "id name slug odsCode organisation parent region postcode stories storyCount",
    "Organisation": "id name slug odsCode kind services stories",
    "Response": "id body publishedAt organisation staffName jobTitle account settlesAt rejection viewerCan",
    "ResponsePermissions": "edit undo reply moderate",
    "RespondInput": "storyId body change onBehalfOf organisationId staffName jobTitle",
    "ChangeClaim": "kind description",
    "ModerateResponseInput": "responseId publish reason",
    "AccessDecision": "allowed mask reason promise rule wouldGrant",
    "StoryConnection": "edges nodes pageInfo totalCount",
    "StoryEdge": "node cursor",
    "PageInfo": "hasNextPage hasPreviousPage startCursor endCursor",
    "StoryFilter": (
        "search serviceId organisationId areaCode region tag ageGroup authorRole progress publishedFrom "
        "publishedTo criticality"
    ),
    "IntRange": "gte lte",
    "TagInput": "kind label",
    "AccessInput": "type field id action as",
    "StoryStatus": "SUBMITTED IN_REVIEW PREVIEW PUBLISHED RESTRICTED REJECTED WITHDRAWN",
    "AgeGroup": "ADULT YOUNG_PERSON CHILD",
    "AuthorRole": "SERVICE_USER CARER PARENT RELATIVE FRIEND VOLUNTEER STAFF",
    "TagKind": "GOOD IMPROVE FEELING",
    "StoryProgress": "AWAITING_RESPONSE RESPONDED CHANGE_PLANNED CHANGE_MADE",
    "StoryOrder": "NEWEST OLDEST RELEVANCE MOST_SIMILAR",
    "Gender": "FEMALE MALE NON_BINARY OTHER PREFER_NOT_TO_SAY",
    "Limitation": "A_LOT A_LITTLE NO",
    "Region": "ENGLAND SCOTLAND WALES NORTHERN_IRELAND",
    "ConsentPurpose": "PUBLISH FEED SOCIAL RESEARCH EDUCATION SYNDICATION STATISTICS",
    "PlatformRole": "MODERATOR SAFEGUARDING ABUSE DPO ADMIN",
    "MembershipRole": "READER RESPONDER MANAGER",
    "ComplaintKind": "COMPLAINT ACCESS CORRECTION COPY ERASURE RESTRICTION OBJECTION",
    "DataExportStatus": "REQUESTED READY FETCHED EXPIRED FAILED",
}

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
    "Query.complaints": f"filter: ComplaintFilter, {PAGE}",
    "Query.moderationQueue": f"filter: ModerationFilter, {PAGE}",
    "Subscription.storyPublished": "filter: StoryFilter",
    "Subscription.storyChanged": "id: ID!",
    "Subscription.moderationQueueChanged": "",
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
    assert not declared & {
        "disclosures",
        "statistics",
        "privacyNotice",
        "site",
    }


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
