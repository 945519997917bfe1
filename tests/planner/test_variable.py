"""One plan serves many requests: what a plan depends on is told apart, everything else reaches it as a parameter."""

from typing import Any

import pytest

from models import Account, PlatformRole, Story
from tests.planner.conftest import Client

YES = "query ($yes: Boolean!) { story(number: %d) { number title @include(if: $yes) body @skip(if: $yes) } }"


async def _both(client: Client, document: str, one: dict[str, Any], other: dict[str, Any]) -> tuple[Any, Any]:
    """Answers to the same document with other variables, each asked twice and in turn."""
    answers = [await client.ask(document, **variables) for variables in (one, other, one, other)]
    assert answers[:2] == answers[2:]
    assert answers[0] != answers[1]
    return answers[0], answers[1]


async def test_another_viewer_of_the_same_kind_gets_their_own_answer(client: Client) -> None:
    document = "{ viewer { account { id email } } }"
    members = [v for v in client.viewers if str(v.kind) == "member"]
    emails = [(await client.data(document, viewer))["viewer"]["account"]["email"] for viewer in members]
    assert len(set(emails)) == len(members) > 1


async def test_another_kind_of_viewer_gets_another_plan(client: Client) -> None:
    document = "query ($n: Int) { story(number: $n) { criticality } }"
    number = next(s.id for s in client.world.all(Story) if s.status == "PUBLISHED" and s.criticality is not None)
    for _ in range(2):
        assert "errors" in await client.ask(document, n=number)
        assert "errors" not in await client.ask(document, client.member(PlatformRole.MODERATOR), n=number)


async def test_a_condition_of_a_directive(client: Client) -> None:
    yes, no = await _both(client, YES % client.published, {"yes": True}, {"yes": False})
    assert list(yes["data"]["story"]) == ["number", "title"]
    assert list(no["data"]["story"]) == ["number", "body"]


async def test_a_value_of_an_enum(client: Client) -> None:
    document = "query ($kind: TagKind) { tags(kind: $kind, first: 50) { nodes { kind } } }"
    one, other = await _both(client, document, {"kind": "GOOD"}, {"kind": "FEELING"})
    assert {node["kind"] for node in one["data"]["tags"]["nodes"]} == {"GOOD"}
    assert {node["kind"] for node in other["data"]["tags"]["nodes"]} == {"FEELING"}


async def test_an_order(client: Client) -> None:
    document = "query ($order: StoryOrder) { stories(orderBy: $order, first: 50) { nodes { number } } }"
    newest, oldest = await _both(client, document, {"order": "NEWEST"}, {"order": "OLDEST"})
    numbers = [node["number"] for node in newest["data"]["stories"]["nodes"]]
    assert numbers == [node["number"] for node in reversed(oldest["data"]["stories"]["nodes"])]
    for variables in ({"order": None}, {}):
        assert await client.ask(document, **variables) == newest


async def test_null_and_absent_and_given(client: Client) -> None:
    document = "query ($kind: TagKind, $search: String) { tags(kind: $kind, search: $search) { totalCount } }"
    everything = await client.data(document)
    assert await client.data(document, kind=None, search=None) == everything
    some = await client.data(document, kind="GOOD", search="a")
    assert await client.data(document, search="a") != some != everything
    assert await client.data(document) == everything


async def test_defaults_of_variables(client: Client) -> None:
    document = (
        "query ($kind: TagKind = GOOD, $size: Int = 2) { tags(kind: $kind, first: $size) { nodes { kind label } } }"
    )
    default = await client.data(document)
    assert [node["kind"] for node in default["tags"]["nodes"]] == ["GOOD", "GOOD"]
    assert await client.data(document, kind="GOOD", size=2) == default
    assert len((await client.data(document, kind=None, size=None))["tags"]["nodes"]) == 20


async def test_a_page_size(client: Client) -> None:
    document = "query ($size: Int) { services(first: $size) { nodes { slug } } }"
    for size in (3, 0, 5, 3):
        assert len((await client.data(document, size=size))["services"]["nodes"]) == size
    code, _ = await client.refusal(document, size=-1)
    assert code == "BAD_USER_INPUT"


async def test_a_bad_value_is_refused_after_a_good_one_was_planned(client: Client) -> None:
    document = "query ($id: ID!) { node(id: $id) { id } }"
    assert (await client.data(document, id="Service:1"))["node"]
    for bad in ("Service:x", "Service:", "Service:-1", "Service:99999999999", "Nothing:1", "1", "", "Service:1:2"):
        code, message = await client.refusal(document, id=bad)
        assert code == "BAD_USER_INPUT", bad
        assert "invalid literal" not in message
    assert (await client.data(document, id="Service:2"))["node"]


async def test_the_type_in_an_id(client: Client) -> None:
    document = "query ($id: ID!) { node(id: $id) { __typename id } }"
    ids = [f"Story:{client.published}", "Service:1", "Organisation:2", "Area:1", "Service:2"]
    for id_ in [*ids, *ids]:
        assert (await client.data(document, id=id_))["node"] == {"__typename": id_.partition(":")[0], "id": id_}


async def test_ids_in_a_list(client: Client) -> None:
    document = (
        'query ($ids: [ID!]!, $one: ID!) { nodes(ids: $ids) { id } some: nodes(ids: [$one, "Service:3"]) { id } }'
    )
    for ids, one in ((["Service:1", "Area:1"], "Area:2"), (["Area:3"], "Service:1"), ([], "Service:2")):
        data = await client.data(document, ids=ids, one=one)
        assert [node["id"] for node in data["nodes"]] == ids
        assert [node["id"] for node in data["some"]] == [one, "Service:3"]


async def test_a_filter_as_a_whole_and_in_parts(client: Client) -> None:
    whole = "query ($filter: ServiceFilter) { services(filter: $filter, first: 50) { nodes { slug region } } }"
    parts = "query ($r: Region, $s: String) { services(filter: {region: $r, search: $s}, first: 50) { nodes { slug region } } }"
    for region, search in (("ENGLAND", "a"), ("WALES", "a"), ("ENGLAND", "ward"), ("WALES", None), (None, None)):
        given = {"region": region, "search": search}
        found = await client.data(whole, filter=given)
        assert await client.data(parts, r=region, s=search) == found
        assert {node["region"] for node in found["services"]["nodes"]} <= (
            {region} if region else {*"ENGLAND"} | REGIONS
        )
    assert await client.data(whole, filter={}) == await client.data(parts) == await client.data(whole)


REGIONS = {"ENGLAND", "SCOTLAND", "WALES", "NORTHERN_IRELAND"}


async def test_a_range_in_a_filter(client: Client) -> None:
    document = (
        "query ($range: IntRange) { stories(filter: {criticality: $range}, first: 50) { nodes { criticality } } }"
    )
    viewer = client.member(PlatformRole.MODERATOR)
    for gte, lte in ((0, 2), (3, 5), (None, 1), (4, None), (5, 0)):
        data = await client.data(document, viewer, range={"gte": gte, "lte": lte})
        found = [node["criticality"] for node in data["stories"]["nodes"]]
        assert all((gte is None or n >= gte) and (lte is None or n <= lte) for n in found)
        assert bool(found) == ((gte, lte) != (5, 0))


async def test_introspection_with_variables(client: Client) -> None:
    document = "query ($name: String!, $deep: Boolean!) { __type(name: $name) { name kind @include(if: $deep) } }"
    for name, deep in (("Story", True), ("Region", True), ("Story", False)):
        found = (await client.data(document, name=name, deep=deep))["__type"]
        assert found["name"] == name
        assert ("kind" in found) == deep


async def test_many_shapes_of_one_document(client: Client) -> None:
    """Plans that were not used for long are made anew, with the same answers."""
    document = "query ($size: Int) { tags(first: $size) { nodes { label } } }"
    sizes = [len((await client.data(document, size=size))["tags"]["nodes"]) for size in (*range(101), 0, 1, 2)]
    available = max(sizes)
    assert sizes == [min(size, available) for size in (*range(101), 0, 1, 2)]


@pytest.mark.parametrize("value", [True, 1.5, [], {}, "x" * 100_000, None])
async def test_variables_of_the_wrong_type_are_refused(client: Client, value: Any) -> None:
    answer = await client.ask("query ($n: Int!) { story(number: $n) { id } }", n=value)
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert len(str(answer)) < 110_000


def test_there_are_accounts_enough(client: Client) -> None:
    assert len(client.world.all(Account)) > 5
