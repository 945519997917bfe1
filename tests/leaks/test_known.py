"""Leaks that other platforms had, each tried here."""

import base64
import re
from typing import Any

import httpx2
import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLObjectType

import models
from models import Story, StoryStatus
from schema.api import core
from tests.leaks.conftest import Demo

PRIVATE = re.compile(
    "email|author(?!Role)|postcode|ip|birth|gender|ethnic|demographic|read(?!er)|account|password|key|hash", re.I
)
PUBLIC_FILTERS = {"postcodeUnknown"}
"""It looks at the public address of a service."""
AGGREGATES = re.compile("group|aggregate|sum|avg|average|median|min|max|distinct|histogram|facet", re.I)


def _input(name: str) -> GraphQLInputObjectType:
    found = core().type_map[name]
    assert isinstance(found, GraphQLInputObjectType)
    return found


@pytest.mark.parametrize("name", ["StoryFilter", "ServiceFilter", "OrganisationFilter"])
def test_no_filter_looks_at_a_private_value(name: str) -> None:
    assert {key for key in _input(name).fields if PRIVATE.search(key)} - PUBLIC_FILTERS == set()


@pytest.mark.parametrize("given", ["criticality: {gte: 5}", "criticality: {}", "criticality: {lte: null}"])
@pytest.mark.parametrize("name", ["anonymous", "member", "author", "dpo", "abuse", "admin"])
async def test_a_filter_on_a_column_that_is_hidden_from_a_viewer(world: Demo, given: str, name: str) -> None:
    viewer = None if name == "anonymous" else world.named(name)
    answer: Any = await world.ask(f"{{ stories(filter: {{{given}}}) {{ totalCount nodes {{ id }} }} }}", viewer)
    assert answer["data"] is None
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]


async def test_a_filter_on_a_column_that_is_hidden_in_others_rows(world: Demo) -> None:
    """A member may read the routing of their own stories, so the filter finds those and says nothing of others."""
    for name in ("member", "author", "other", "staff"):
        viewer = world.named(name)
        for routing in models.Routing:
            document = f"{{ stories(filter: {{routing: {routing}}}, first: 100) {{ totalCount nodes {{ routing }} }} }}"
            found: Any = (await world.ask(document, viewer))["data"]
            assert {node["routing"] for node in found["stories"]["nodes"]} <= {routing.value}
            assert found["stories"]["totalCount"] == len(found["stories"]["nodes"])


def test_an_order_by_a_hidden_column() -> None:
    order = core().type_map["StoryOrder"]
    assert isinstance(order, GraphQLEnumType)
    assert set(order.values) == {"NEWEST", "OLDEST", "RELEVANCE", "MOST_SIMILAR"}


@pytest.mark.parametrize("name", ["author", "staff", "moderator", "safeguarding"])
async def test_an_order_by_when_a_story_was_sent(world: Demo, name: str) -> None:
    """Stories that are not published stand where they were sent: whoever sees them there may read when that was."""
    document = "{ stories(first: 100, orderBy: %s) { nodes { status submittedAt publishedAt } } }"
    seen = 0
    for order in ("NEWEST", "OLDEST"):
        data: Any = (await world.ask(document % order, world.named(name)))["data"]
        unpublished = [node for node in data["stories"]["nodes"] if node["publishedAt"] is None]
        assert all(node["submittedAt"] for node in unpublished)
        seen += len(unpublished)
    assert seen


async def test_a_cursor_in_base64(world: Demo) -> None:
    data: Any = (await world.ask("{ stories(orderBy: MOST_SIMILAR) { edges { cursor } } tags { edges { cursor } } }"))[
        "data"
    ]
    for cursor in [edge["cursor"] for field in data.values() for edge in field["edges"]]:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        assert not raw.isascii()


def test_groups_and_aggregates_are_not_there() -> None:
    for kind in core().type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            arguments = {name for field in kind.fields.values() for name in field.args}
            assert not {
                name for name in {*kind.fields, *arguments} - {"ethnicGroup", "ageGroup"} if AGGREGATES.search(name)
            }, kind.name


async def test_a_total_under_a_filter_counts_what_is_shown(world: Demo) -> None:
    filters = ["", "filter: {status: SUBMITTED}", "filter: {status: RESTRICTED}", "filter: {ageGroup: CHILD}",
               "filter: {progress: RESPONDED}", 'filter: {search: "staff"}', "filter: {publishedTo: \"2025-01-01\"}"]  # fmt: skip
    for viewer in (None, world.named("other"), world.named("author")):
        for given in filters:
            document = "query ($after: String) { stories(%s first: 100, after: $after) { totalCount nodes { id } %s } }"
            counted, after, total = 0, None, None
            while after is not None or total is None:
                answer: Any = await world.ask(document % (given and f"{given},", INFO), viewer, after=after)
                page = answer["data"]["stories"]
                total, counted = page["totalCount"], counted + len(page["nodes"])
                after = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None
            assert total == counted, given


INFO = "pageInfo { hasNextPage endCursor }"


async def test_a_restricted_story_is_not_found_by_what_is_hidden_of_it(world: Demo) -> None:
    restricted = [story for story in world.world.all(Story) if story.status == StoryStatus.RESTRICTED]
    assert restricted
    for story in restricted:
        given = [f"ageGroup: {story.age_group}", f"authorRole: {story.author_role}", f"progress: {story.progress}"]
        given += [f'tag: {{kind: {tag.kind}, label: "{tag.label}"}}' for tag in story.tags]
        for part in given:
            document = f"{{ stories(first: 100, filter: {{status: RESTRICTED, {part}}}) {{ totalCount }} }}"
            data: Any = (await world.ask(document))["data"]
            assert data["stories"]["totalCount"] == 0, part


HIDDEN_TYPES = ["Demographics", "StoryOriginal", "Membership", "Consent", "IpAddressUse", "Reading", "Session", "Tag",
                "ModerationEntry", "AuditEvent", "Tombstone", "SimilarExperience", "PostcodeArea", "Change"]  # fmt: skip


@pytest.mark.parametrize("name", HIDDEN_TYPES)
async def test_another_type_through_node(world: Demo, name: str) -> None:
    for key in ("1", "00000000-0000-4000-8000-000000000001"):
        answer: Any = await world.ask(f'{{ node(id: "{name}:{key}") {{ id __typename }} }}', world.named("admin"))
        assert answer["data"] == {"node": None}
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


async def test_a_row_by_the_id_of_another_type(world: Demo) -> None:
    for document in (
        '{ story(id: "Account:1") { id } }',
        '{ service(id: "Story:1") { id } }',
        '{ stories(filter: {serviceId: "Story:1"}) { totalCount } }',
    ):
        answer: Any = await world.ask(document)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
    other: Any = await world.ask('{ node(id: "Story:1") { ... on Account { email } ... on Response { body } } }')
    assert other == {"data": {"node": {}}}


async def test_a_hidden_row_is_answered_like_one_that_never_was(world: Demo) -> None:
    hidden = [s.id for s in world.world.all(Story) if s.status not in (StoryStatus.PUBLISHED, StoryStatus.RESTRICTED)]
    assert len(hidden) > 5
    for ask in ('{ node(id: "Story:%d") { id } }', "{ story(number: %d) { id title body postcode } }"):
        never = await world.text(ask % 999_999)
        assert {await world.text(ask % number) for number in hidden} == {never}


async def test_a_hidden_account_is_answered_like_one_that_never_was(world: Demo) -> None:
    ask = '{ node(id: "Account:%s") { id ... on Account { email roles memberships { role } stories { totalCount } } } }'
    never = await world.text(ask % "00000000-0000-4000-8000-000000000001", world.named("member"))
    accounts = [a.id for a in world.world.all(models.Account) if a.id != world.named("member").account_id]
    assert {await world.text(ask % account, world.named("member")) for account in accounts[:40]} == {never}


async def test_roles_of_others_through_a_relation(world: Demo) -> None:
    """A colleague is known by their id, and by nothing that hangs on them."""
    document = """{ stories(first: 100) { nodes { responses { nodes { account {
        id createdAt penName email roles memberships { role } readingHistory { totalCount } stories { totalCount }
        similarExperiences { totalCount } consents { purpose } demographics { gender }
    } } } } } }"""
    answer: Any = await world.ask(document, world.named("manager"))
    found = [
        r["account"] for s in answer["data"]["stories"]["nodes"] for r in (s["responses"] or {"nodes": []})["nodes"]
    ]
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
)


@pytest.mark.parametrize("document", ERRORS)
async def test_an_error_tells_nothing_of_the_inside(client: httpx2.AsyncClient, document: str) -> None:
    answer = await client.post("/graphql", json={"query": document})
    assert answer.status_code in (200, 400)
    assert answer.json()["errors"]
    inside = "select|sqlalchemy|asyncpg|tink|padding|traceback|postgres|relation|uuid|integer|\\.py|polar|oso"
    assert not re.search(rf"\b({inside})\b", answer.text, re.I), answer.text


@pytest.mark.parametrize("accept", ["text/csv", "application/xml", "application/vnd.ms-excel", "image/png"])
async def test_another_output_format_is_not_there(client: httpx2.AsyncClient, accept: str) -> None:
    answer = await client.post("/graphql", json={"query": "{ __typename }"}, headers={"Accept": accept})
    assert answer.status_code == 406


async def test_every_way_to_ask_says_the_same(client: httpx2.AsyncClient) -> None:
    query = "{ stories(first: 5) { totalCount nodes { id title criticality author { email } } } }"
    types = ("application/json", "application/graphql-response+json", "*/*")
    answers = [await client.post("/graphql", json={"query": query}, headers={"Accept": kind}) for kind in types]
    answers += [await client.get("/graphql", params={"query": query}, headers={"Accept": kind}) for kind in types]
    assert len({answer.content for answer in answers}) == 1
    assert len(answers[0].json()["errors"]) == 10


async def test_pages_do_not_shrink(world: Demo) -> None:
    """Every page but the last has its full size, for viewers who may not see a part of the rows."""
    document = "query ($after: String) { stories(first: 7, after: $after) { nodes { title body } %s } }" % INFO
    for viewer in (None, world.named("other"), world.named("author")):
        sizes: list[int] = []
        after = None
        while not sizes or after:
            answer: Any = await world.ask(document, viewer, after=after)
            page = answer["data"]["stories"]
            sizes.append(len(page["nodes"]))
            after = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None
        assert set(sizes[:-1]) == {7}
        assert 0 < sizes[-1] <= 7


SIGN_INS = (
    "mutation { a: signIn(%s) { token } b: signIn(%s) { token } }",
    "mutation { signIn(%s) { token } ...F } fragment F on Mutation { again: signIn(%s) { token } }",
    "mutation { a: signIn(%s) { token } ... on Mutation { b: signIn(%s) { token } } }",
    "mutation { a: signIn(%s) @skip(if: true) { token } b: signIn(%s) { token } }",
)


@pytest.mark.parametrize("document", SIGN_INS)
async def test_sign_ins_under_aliases_are_one_try(client: httpx2.AsyncClient, document: str) -> None:
    one = 'email: "author@demo.example", password: "wrong"'
    other = 'email: "author@demo.example", password: "candour-demo"'
    answer = await client.post("/graphql", json={"query": document % (one, other)})
    assert "data" not in answer.json()
    assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}


async def test_a_batch_of_sign_ins_is_refused(client: httpx2.AsyncClient) -> None:
    query = 'mutation { signIn(email: "a@demo.example", password: "x") { token } }'
    answer = await client.post("/graphql", json=[{"query": query}] * 3)
    assert answer.status_code == 400
    assert "data" not in answer.text
