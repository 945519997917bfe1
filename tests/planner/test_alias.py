"""Keys of the answer: long ones, many, none, and such as look like something else."""

import pytest

from tests.planner.conftest import Client

LONG = "x" * 63
SAME_START = (f"{LONG}_one", f"{LONG}_two", LONG, LONG[:-1])
OBJECTS = {
    "viewer": "viewer { %s }",
    "service": 'service(id: "Service:1") { %s }',
    "page": "services { %s }",
    "page information": "services { pageInfo { %s } }",
    "permissions": "stories(first: 1) { nodes { viewerCan { %s } } }",
    "nodes": 'nodes(ids: ["Service:1"]) { ... on Service { %s } }',
}


@pytest.mark.parametrize("name", OBJECTS)
@pytest.mark.parametrize("count", [50, 51, 220])
async def test_an_object_has_as_many_keys_as_are_asked_for(client: Client, name: str, count: int) -> None:
    for prefix in ("k", LONG):
        keys = [f"{prefix}{number}" for number in range(count)]
        answer = await client.ask(f"{{ {OBJECTS[name] % ' '.join(f'{key}: __typename' for key in keys)} }}")
        assert "errors" not in answer, name
        assert all(f'"{key}"' in str(answer).replace("'", '"') for key in keys)


async def test_nearly_as_many_keys_as_a_document_has_room_for(client: Client) -> None:
    keys = " ".join(f"k{number}: name" for number in range(1650))
    data = await client.data(f'{{ service(id: "Service:1") {{ {keys} }} }}')
    assert len(data["service"]) == 1650


async def test_keys_that_differ_after_63_bytes_only(client: Client) -> None:
    fields = " ".join(f"{key}: slug" for key in SAME_START)
    data = await client.data(
        f'{{ {LONG}_root: service(id: "Service:1") {{ {fields} {LONG}_p: parent {{ {LONG}_n: name }} }} }}'
    )
    found = data[f"{LONG}_root"]
    assert list(found) == [*SAME_START, f"{LONG}_p"]
    assert len({found[key] for key in SAME_START}) == 1


@pytest.mark.parametrize(
    "key", ["key0", "place", "object", "id", "row", "select", "json", "anon_1", "data", "errors", "_"]
)
async def test_keys_that_the_statement_uses_itself(client: Client, key: str) -> None:
    document = f"{{ {key}: stories(last: 2) {{ edges {{ {key}: node {{ {key}: number }} }} pageInfo {{ {key}: hasNextPage }} }} }}"
    found = (await client.data(document))[key]
    assert len(found["edges"]) == 2
    assert all(isinstance(edge[key][key], int) for edge in found["edges"])
    assert found["pageInfo"] == {key: False}


@pytest.mark.parametrize(
    "selection",
    ["stories { nodes { id @skip(if: true) } }", "stories { edges @skip(if: true) { cursor } }",
     "stories(first: 1) { edges { cursor @skip(if: true) } }", 'service(id: "Service:1") { id @include(if: false) }',
     "viewer { kind @skip(if: true) }", "services { pageInfo { hasNextPage @skip(if: true) } }",
     'nodes(ids: ["Service:1", "Service:2"]) { id @skip(if: true) }', "tags @skip(if: true) { totalCount }",
     "stories(first: 2, filter: {status: PUBLISHED}) { nodes { viewerCan { publish @skip(if: true) } tags { kind @skip(if: true) } } }"],
)  # fmt: skip
async def test_what_is_skipped_leaves_an_empty_object(client: Client, selection: str) -> None:
    answer = await client.bytes(f"{{ {selection} }}")
    assert b"errors" not in answer
    assert b"{}" in answer


async def test_the_order_of_the_document_is_kept(client: Client) -> None:
    data = await client.data("{ tags { totalCount nodes { label kind } } a: __typename services { totalCount } }")
    assert list(data) == ["tags", "a", "services"]
    assert list(data["tags"]) == ["totalCount", "nodes"]
    assert all(list(node) == ["label", "kind"] for node in data["tags"]["nodes"])


async def test_fields_that_are_asked_for_twice_are_merged(client: Client) -> None:
    document = """{ services(first: 1) { nodes { organisation { id } ...A } nodes { organisation { slug } name } } }
      fragment A on Service { organisation { name id } }"""
    (node,) = (await client.data(document))["services"]["nodes"]
    assert list(node) == ["organisation", "name"]
    assert list(node["organisation"]) == ["id", "name", "slug"]
