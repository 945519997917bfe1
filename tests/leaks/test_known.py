"""Leaks that other platforms had, each tried here."""

import base64
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLObjectType

import models
from models.database.connection import Connection
from schema.api import core
from tests.leaks.conftest import Site
from tests.leaks.facts import Facts

PRIVATE = re.compile(
    "email|author(?!Role)|postcode|ip|birth|gender|ethnic|demographic|read(?!er)|account|password|key|hash|token", re.I
)
PUBLIC_FILTERS = {"accountId", "postcodeUnknown"}
"""Who did what is on the audit log, for the data protection officer; the other looks at the address of a service."""
AGGREGATES = re.compile("group|aggregate|sum|avg|average|median|min|max|distinct|histogram|facet", re.I)
INFO = "pageInfo { hasNextPage endCursor }"
NOBODY = "00000000-0000-4000-8000-000000000001"
OWNED = {
    "Account": "email roles memberships { role } stories { totalCount } accessLog { totalCount } pendingEmail",
    "Session": "client expiresAt current",
    "DataExport": "url status size",
    "Alert": "name createdAt search",
    "Complaint": "number body email outcome dueAt",
    "Disclosure": "number grounds note withheldReason expiresAt",
}


def _input(name: str) -> GraphQLInputObjectType:
    found = core().type_map[name]
    assert isinstance(found, GraphQLInputObjectType)
    return found


@pytest.mark.parametrize("name", [name for name in core().type_map if name.endswith("Filter")])
def test_no_filter_looks_at_a_private_value(name: str) -> None:
    assert {key for key in _input(name).fields if PRIVATE.search(key)} - PUBLIC_FILTERS == set()


async def test_a_filter_on_a_column_that_is_hidden_in_others_rows(site: Site) -> None:
    """A member may read the routing of their own stories, so the filter finds those and says nothing of others."""
    for name in ("member", "author", "other", "staff"):
        for routing in models.Routing:
            query = f"{{ stories(filter: {{routing: {routing}}}, first: 100) {{ totalCount nodes {{ routing }} }} }}"
            found = (await site.data(name, query))["stories"]
            assert {node["routing"] for node in found["nodes"]} <= {routing.value}
            assert found["totalCount"] == len(found["nodes"])


def test_an_order_by_a_hidden_column() -> None:
    order = core().type_map["StoryOrder"]
    assert isinstance(order, GraphQLEnumType)
    assert set(order.values) == {"NEWEST", "OLDEST", "RELEVANCE", "MOST_SIMILAR"}


@pytest.mark.parametrize("name", ["author", "staff", "moderator", "safeguarding"])
async def test_an_order_by_when_a_story_was_sent(site: Site, name: str) -> None:
    """Stories that are not published stand where they were sent: whoever sees them there may read when that was."""
    query = "{ stories(first: 100, orderBy: %s) { nodes { status submittedAt publishedAt } } }"
    seen = 0
    for order in ("NEWEST", "OLDEST"):
        nodes = (await site.data(name, query % order))["stories"]["nodes"]
        unpublished = [node for node in nodes if node["publishedAt"] is None]
        assert all(node["submittedAt"] for node in unpublished)
        seen += len(unpublished)
    assert seen


def test_groups_and_aggregates_are_not_there() -> None:
    for kind in core().type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            arguments = {name for field in kind.fields.values() for name in field.args}
            names = {*kind.fields, *arguments} - {"ethnicGroup", "ageGroup", "summary"}
            assert not {name for name in names if AGGREGATES.search(name)}, kind.name


async def _pages(site: Site, name: str, arguments: str, size: int) -> AsyncIterator[Any]:
    """All pages of a list of stories."""
    query = "query ($after: String) { stories(%s first: %d, after: $after) { totalCount nodes { title body } %s } }"
    after = None
    while True:
        page = (await site.data(name, query % (arguments, size, INFO), after=after))["stories"]
        yield page
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


COUNTED = (
    "", "filter: {status: SUBMITTED},", "filter: {status: RESTRICTED},", "filter: {ageGroup: CHILD},",
    "filter: {progress: RESPONDED},", 'filter: {search: "staff"},', 'filter: {publishedTo: "2025-01-01"},',
)  # fmt: skip


@pytest.mark.parametrize("name", ["", "other", "author"])
async def test_a_total_under_a_filter_counts_what_is_shown(site: Site, name: str) -> None:
    for given in COUNTED:
        pages = [page async for page in _pages(site, name, given, 100)]
        assert {page["totalCount"] for page in pages} == {sum(len(page["nodes"]) for page in pages)}, given


@pytest.mark.parametrize("name", ["", "other", "author"])
async def test_pages_do_not_shrink(site: Site, name: str) -> None:
    """Every page but the last has its full size, for viewers who may not see a part of the rows."""
    *full, last = [len(page["nodes"]) async for page in _pages(site, name, "", 19)]
    assert set(full) == {19}
    assert 0 < last <= 19


RESTRICTED = "select id, age_group::text, author_role::text, progress::text from story where status = 'RESTRICTED'"
TAGS = "select kind::text, label from tag join story_tag on tag_id = tag.id where story_id = $1"


async def test_a_restricted_story_is_not_found_by_what_is_hidden_of_it(site: Site, rows: Connection) -> None:
    restricted = await rows.fetch(RESTRICTED)
    assert restricted
    for number, age, role, progress in restricted:
        given = [f"ageGroup: {age}", f"authorRole: {role}", f"progress: {progress}"]
        given += [f'tag: {{kind: {kind}, label: "{label}"}}' for kind, label in await rows.fetch(TAGS, number)]
        fields = [
            f"a{place}: stories(first: 100, filter: {{status: RESTRICTED, {part}}}) {{ totalCount }}"
            for place, part in enumerate(given)
        ]
        data = await site.data("", f"{{ {' '.join(fields)} }}")
        assert {found["totalCount"] for found in data.values()} == {0}


HIDDEN_TYPES = (
    "Demographics", "StoryOriginal", "Membership", "Consent", "IpAddressUse", "Reading", "Tag", "ModerationEntry",
    "AuditLane", "AuditAnchor", "AccessLogEntry", "Tombstone", "SimilarExperience", "PostcodeArea", "Change", "Correction", "Attempt",
    "Confirmation", "EmailChange", "SecondFactor", "Mail", "Event", "WrappedKey", "DataExportPart",
)  # fmt: skip


@pytest.mark.parametrize("name", HIDDEN_TYPES)
async def test_another_type_through_node(site: Site, name: str) -> None:
    for key in ("1", NOBODY):
        answer = await site.ask("admin", f'{{ node(id: "{name}:{key}") {{ id __typename }} }}')
        assert answer["data"] == {"node": None}
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


async def test_a_row_by_the_id_of_another_type(site: Site) -> None:
    for query in (
        '{ story(id: "Account:1") { id } }',
        '{ service(id: "Story:1") { id } }',
        '{ stories(filter: {serviceId: "Story:1"}) { totalCount } }',
    ):
        assert await site.codes("", query) == ["BAD_USER_INPUT"]
    other = await site.ask("", '{ node(id: "Story:1") { ... on Account { email } ... on Response { body } } }')
    assert other == {"data": {"node": {}}}


async def test_a_hidden_story_is_answered_like_one_that_never_was(site: Site, facts: Facts) -> None:
    hidden = [row.identity for row in facts.of("Story") if row.status not in ("PUBLISHED", "RESTRICTED")]
    assert len(hidden) > 5
    for query, never in (
        ("query ($id: ID!) { node(id: $id) { id } }", "Story:999999"),
        ("query ($id: ID!) { story(id: $id) { id title body postcode } }", "Story:999999"),
    ):
        answers = {(await site.send("", query, id=identity)).content for identity in (*hidden, never)}
        assert len(answers) == 1


@pytest.mark.parametrize("kind", OWNED)
@pytest.mark.parametrize("name", ["", "member", "staff", "moderator"])
async def test_what_is_others_is_answered_like_what_never_was(site: Site, facts: Facts, kind: str, name: str) -> None:
    """Accounts, sessions, copies and complaints of others."""
    query = f"query ($id: ID!) {{ node(id: $id) {{ id ... on {kind} {{ {OWNED[kind]} }} }} }}"
    me = facts.people[name].account
    others = [
        r.identity for r in facts.of(kind) if (r.owner or "nobody") != me and not (kind == "Account" and r.bodies)
    ]
    assert others
    answers = {(await site.send(name, query, id=i)).content for i in (*others[:25], f"{kind}:{NOBODY}")}
    assert len(answers) == 1


async def test_roles_of_others_through_a_relation(site: Site) -> None:
    """A colleague is known by their id, and by nothing that hangs on them."""
    query = """{ stories(first: 100) { nodes { responses { nodes { account {
        id createdAt penName email roles memberships { role } readingHistory { totalCount } stories { totalCount }
        similarExperiences { totalCount } consents { purpose } demographics { gender } sessions { id } secondFactor
        corrections { field } dataExports { id } complaints { id } accessLog { totalCount } pendingEmail
    } } } } } }"""
    nodes = (await site.data("manager", query))["stories"]["nodes"]
    found = [response["account"] for node in nodes for response in (node["responses"] or {"nodes": []})["nodes"]]
    known = [account for account in found if account]
    assert known
    assert all({key for key, value in account.items() if value is not None} == {"id"} for account in known)


ERRORS = (
    '{ stories(after: "AAAA") { totalCount } }',
    '{ stories(after: "%s") { totalCount } }' % base64.b64encode(b"2026-01-01,1").decode(),
    '{ node(id: "Account:not-a-uuid") { id } }',
    '{ node(id: "Story:1\' or 1=1 --") { id } }',
    '{ stories(filter: {publishedFrom: "yesterday"}) { totalCount } }',
    '{ story(id: "Story:1", number: 1) { id } }',
    "{ stories(first: 1000000) { totalCount } }",
    '{ service(slug: "\\u0000") { id } }',
    "{ stories { nodes { email } } }",
    "{ complaints(filter: {open: 1}) { totalCount } }",
)


@pytest.mark.parametrize("query", ERRORS)
async def test_an_error_tells_nothing_of_the_inside(site: Site, query: str) -> None:
    answer = await site.send("", query)
    assert answer.status_code in (200, 400)
    assert answer.json()["errors"]
    inside = "select|sqlalchemy|asyncpg|tink|padding|traceback|postgres|relation|uuid|integer|\\.py|polar|oso"
    assert not re.search(rf"\b({inside})\b", answer.text, re.I), answer.text


SIGN_INS = (
    "mutation { a: signIn(%s) { token } b: signIn(%s) { token } }",
    "mutation { signIn(%s) { token } ...F } fragment F on Mutation { again: signIn(%s) { token } }",
    "mutation { a: signIn(%s) { token } ... on Mutation { b: signIn(%s) { token } } }",
    "mutation { a: signIn(%s) @skip(if: true) { token } b: signIn(%s) { token } }",
)


@pytest.mark.parametrize("query", SIGN_INS)
async def test_sign_ins_under_aliases_are_one_try(site: Site, query: str) -> None:
    one = 'email: "author@demo.example", password: "wrong"'
    other = 'email: "author@demo.example", password: "candour-demo"'
    answer = await site.ask("", query % (one, other))
    assert "data" not in answer
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}


async def test_a_batch_of_sign_ins_is_refused(site: Site) -> None:
    query = 'mutation { signIn(email: "a@demo.example", password: "x") { token } }'
    answer = await site.client.post("/graphql", json=[{"query": query}] * 3)
    assert answer.status_code == 400
    assert "data" not in answer.text
