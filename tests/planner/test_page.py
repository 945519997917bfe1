"""Pages: full whatever is denied in between, of the size that was asked for, with cursors that fit one list only."""

from dataclasses import replace

import pytest

from models import PlatformRole, Story
from policies.viewer import Member
from tests.planner.conftest import Client

BOTH = "{ stories(first: 1, last: 1) { totalCount } }"
CURSOR = "query ($after: String) { %s { pageInfo { endCursor } } }"
LISTS = {
    "newest": "stories(first: 1, after: $after)",
    "oldest": "stories(orderBy: OLDEST, first: 1, after: $after)",
    "most similar": "stories(orderBy: MOST_SIMILAR, first: 1, after: $after)",
    "waiting": 'stories(orderBy: RELEVANCE, filter: {search: "waiting"}, first: 1, after: $after)',
    "kind": 'stories(orderBy: RELEVANCE, filter: {search: "kind"}, first: 1, after: $after)',
    "services": "services(first: 1, after: $after)",
    "organisations": "organisations(first: 1, after: $after)",
    "tags": "tags(first: 1, after: $after)",
    "audit events": "auditEvents(first: 1, after: $after)",
    "complaints": "complaints(first: 1, after: $after)",
    "disclosures": "disclosures(first: 1, after: $after)",
    "queue": "moderationQueue(first: 1, after: $after)",
}

NULLABLE = ("auditEvents", "complaints", "disclosures", "moderationQueue")
"""Lists that not everybody may ask for."""


@pytest.mark.parametrize(
    "arguments",
    ["first: 1, last: 1", "first: -1", "last: -1", "first: 101", "last: 2147483647", 'after: ""', 'before: "zzz"',
     'after: "Story:1"', 'after: "\u20ac"', "orderBy: RELEVANCE", 'orderBy: RELEVANCE, filter: {search: " "}'],
)  # fmt: skip
async def test_what_makes_no_page_is_refused(client: Client, arguments: str) -> None:
    code, message = await client.refusal(f"{{ stories({arguments}) {{ nodes {{ id }} }} }}")
    assert code == "BAD_USER_INPUT"
    assert not any(word in message for word in ("padding", "Tink", "invalid", "Error", "None"))


async def test_a_refused_page_deep_inside_is_refused_too(client: Client) -> None:
    code, _ = await client.refusal("{ services { nodes { stories(first: 1, last: 1) { totalCount } } } }")
    assert code == "BAD_USER_INPUT"


def _everything(client: Client) -> Member:
    """Somebody who may ask for every list."""
    return replace(client.member(PlatformRole.DPO), roles=frozenset({PlatformRole.DPO, PlatformRole.MODERATOR}))


@pytest.mark.parametrize("mine", LISTS)
async def test_a_cursor_fits_its_own_list_only(client: Client, mine: str) -> None:
    field, viewer = LISTS[mine].partition("(")[0], _everything(client)
    cursor = (await client.data(CURSOR % LISTS[mine], viewer))[field]["pageInfo"]["endCursor"]
    for other, document in LISTS.items():
        answer = await client.ask(CURSOR % document, viewer, after=cursor)
        if other == mine:
            assert "errors" not in answer
        else:
            assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT", other
            assert answer["data"] in (None, *({name: None} for name in NULLABLE))


async def test_a_cursor_of_a_nested_list_is_no_cursor_of_the_root(client: Client) -> None:
    data = await client.data("{ services { nodes { stories(first: 1) { edges { cursor } } } } }")
    cursors = [edge["cursor"] for node in data["services"]["nodes"] for edge in node["stories"]["edges"]]
    code, _ = await client.refusal(CURSOR % LISTS["newest"], after=cursors[0])
    assert code == "BAD_USER_INPUT"


async def test_a_changed_cursor_is_refused(client: Client) -> None:
    cursor = (await client.data(CURSOR % LISTS["newest"]))["stories"]["pageInfo"]["endCursor"]
    for position in range(0, len(cursor), 7):
        changed = cursor[:position] + ("A" if cursor[position] != "A" else "B") + cursor[position + 1 :]
        code, _ = await client.refusal(CURSOR % LISTS["newest"], after=changed)
        assert code == "BAD_USER_INPUT", position


async def test_pages_are_full_though_rows_between_are_denied(client: Client) -> None:
    """Rows that the viewer may not see lie between those that they may, and count nowhere."""
    total = (await client.data("{ stories { totalCount } }"))["stories"]["totalCount"]
    assert total < len(client.world.all(Story))
    sizes, cursor = [], None
    while not sizes or cursor:
        document = "query ($after: String) { stories(first: 4, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }"
        page = (await client.data(document, after=cursor))["stories"]
        sizes.append(len(page["nodes"]))
        cursor = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None
    assert sizes[:-1] == [4] * ((total - 1) // 4)
    assert sum(sizes) == total


async def test_rows_that_a_filter_may_not_look_at_are_left_out(client: Client) -> None:
    """Staff read the criticality of their own organisations' stories: others' neither match nor count."""
    viewer = client.member(staff=True)
    matching = "{ stories(first: 100, filter: {criticality: {gte: 0, lte: 5}}) { totalCount nodes { criticality } } }"
    found = (await client.data(matching, viewer))["stories"]
    mine = (await client.ask("{ stories(first: 100) { totalCount nodes { criticality } } }", viewer))["data"]["stories"]
    readable = [node for node in mine["nodes"] if node["criticality"] is not None]
    assert found["totalCount"] == len(found["nodes"]) == len(readable) < mine["totalCount"]
    everybody = (await client.data(matching, client.member(PlatformRole.MODERATOR)))["stories"]
    assert everybody["totalCount"] > found["totalCount"]


async def test_no_rows_at_all(client: Client) -> None:
    page = await client.data(
        "{ stories(first: 0) { nodes { id } edges { cursor } pageInfo { %s } totalCount } }" % INFO
    )
    assert page["stories"]["nodes"] == page["stories"]["edges"] == []
    assert page["stories"]["totalCount"] > 0
    info = {"hasNextPage": True, "hasPreviousPage": False, "startCursor": None, "endCursor": None}
    assert page["stories"]["pageInfo"] == info


INFO = "hasNextPage hasPreviousPage startCursor endCursor"


async def test_the_last_rows_come_in_the_list_s_order(client: Client) -> None:
    everything = (await client.data("{ tags(first: 100) { nodes { label } } }"))["tags"]["nodes"]
    page = (await client.data("{ tags(last: 3) { nodes { label } edges { node { label } } pageInfo { %s } } }" % INFO))[
        "tags"
    ]
    assert page["nodes"] == [edge["node"] for edge in page["edges"]] == everything[-3:]
    assert (page["pageInfo"]["hasNextPage"], page["pageInfo"]["hasPreviousPage"]) == (False, True)
