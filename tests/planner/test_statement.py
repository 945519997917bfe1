"""A root field is one statement, whatever is selected."""

from dataclasses import replace
from typing import Any, cast

import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type

from models import Account, PlatformRole
from schema.api import core
from tests.planner.conftest import Client
from tests.planner.maximal import everything, root

ACCOUNT = cast(GraphQLObjectType, core().type_map["Account"])
ROOTS = {
    "viewer": "",
    "node": '(id: "Story:%d")',
    "nodes": '(ids: ["Story:%d", "Service:1", "Area:1", "Response:1"])',
    "story": "(number: %d)",
    "stories": "(first: 5)",
    "service": '(id: "Service:1")',
    "services": "(first: 3)",
    "organisation": '(id: "Organisation:1")',
    "organisations": "(last: 2)",
    "area": '(code: "E54000001")',
    "tags": "(first: 9)",
    "auditEvents": "(first: 3)",
    "complaints": "(first: 3)",
    "disclosures": "(first: 3)",
    "moderationQueue": "(first: 3)",
}
ELSEWHERE = {"access", "privacyNotice", "site"}
"""Answered from the policies, and from the request itself."""
SIGNED_IN = {"auditEvents", "complaints", "disclosures", "moderationQueue"}
"""Not for visitors."""
DUTIES = {
    "auditEvents": PlatformRole.DPO,
    "disclosures": PlatformRole.SAFEGUARDING,
    "moderationQueue": PlatformRole.MODERATOR,
}
"""For people with this role only."""


def test_every_root_field_is_counted_here() -> None:
    query = core().query_type
    assert query is not None
    assert set(query.fields) - ELSEWHERE == set(ROOTS)


async def test_a_refused_root_field_is_no_statement(client: Client) -> None:
    code, _ = await client.refusal("{ stories(filter: {criticality: {gte: 4}}) { totalCount } }")
    assert (code, client.statements) == ("FORBIDDEN", [])


async def test_a_bad_argument_is_no_statement(client: Client) -> None:
    code, _ = await client.refusal("{ stories(first: -1) { totalCount } }")
    assert (code, client.statements) == ("BAD_USER_INPUT", [])


def _root(client: Client, name: str, depth: int = 1, key: str = "") -> str:
    arguments = ROOTS[name]
    return root(name, arguments % client.published if "%" in arguments else arguments, depth, key)


@pytest.mark.parametrize("name", ROOTS)
async def test_everything_of_a_root_field_is_one_statement(client: Client, name: str) -> None:
    moderator = client.member(PlatformRole.MODERATOR)
    everybody = (None, client.member(), client.member(staff=True), moderator, client.viewers[-1])
    for viewer in (client.member(DUTIES[name]),) if name in DUTIES else everybody[name in SIGNED_IN :]:
        depth = 1 if name in ("node", "nodes", "service") else 2
        answer = await client.ask(f"{{ {_root(client, name, depth)} }}", viewer)
        assert answer["data"][name]
        assert len(client.statements) == 1, str(viewer and viewer.kind)


async def test_several_root_fields_are_as_many_statements(client: Client) -> None:
    both = replace(client.member(PlatformRole.DPO), roles=frozenset(DUTIES.values()))
    await client.ask("{ " + " ".join(_root(client, name, key=f"my_{name}") for name in ROOTS) + " }", both)
    assert len(client.statements) == len(ROOTS)


async def test_a_root_field_that_is_not_for_visitors_is_no_statement(client: Client) -> None:
    for name in SIGNED_IN:
        code, _ = await client.refusal(f"{{ {name} {{ totalCount }} }}")
        assert (code, client.statements) == ("FORBIDDEN", [])


@pytest.mark.parametrize("name", [n for n, f in ACCOUNT.fields.items() if not is_leaf_type(get_named_type(f.type))])
async def test_everything_of_one_field_of_an_account_is_one_statement(client: Client, name: str) -> None:
    kind = get_named_type(ACCOUNT.fields[name].type).name
    data = await client.ask(f"{{ viewer {{ account {{ {name} {everything(kind, 2)} }} }} }}", client.member())
    assert data["data"]["viewer"]["account"]
    assert len(client.statements) == 1


FRAGMENTS = """
query ($yes: Boolean!, $size: Int, $id: ID!) {
  node(id: $id) { ...Told ... on Service { stories(first: $size) { nodes { ...Told } } } }
}
fragment Told on Node { id ... on Story { title @include(if: $yes) body @skip(if: $yes) ...Answers } }
fragment Answers on Story { some: responses(first: 1) { ...Page } all: responses { ...Page totalCount } }
fragment Page on ResponseConnection { nodes { body organisation { name } } pageInfo { endCursor hasNextPage } }
"""


@pytest.mark.parametrize("yes", [True, False])
@pytest.mark.parametrize("id_", ["Story:1", "Service:1", "Story:999", "Account:00000000-0000-4000-8000-000000000000"])
async def test_fragments_aliases_directives_and_variables(client: Client, yes: bool, id_: str) -> None:
    await client.data(FRAGMENTS, yes=yes, size=2, id=id_)
    assert len(client.statements) == 1


async def test_the_same_question_again_is_the_same_statement(client: Client) -> None:
    document = "query ($number: Int) { story(number: $number) { title responses { totalCount } } }"
    texts = set()
    for number in (8, 9, 10):
        await client.ask(document, number=number)
        texts.update(client.statements)
    assert len(texts) == 1


async def test_introspection_is_no_statement(client: Client) -> None:
    data = await client.data("query ($name: String!) { __type(name: $name) { name } __typename }", name="Story")
    assert data == {"__type": {"name": "Story"}, "__typename": "Query"}
    assert client.statements == []


async def test_statements_hold_no_value_of_the_viewer(client: Client) -> None:
    """Values travel as parameters: whoever logs statements logs nothing private."""
    viewer: Any = client.member(staff=True)
    await client.ask(f"{{ {root('stories', '', 1)} {root('viewer', '', 1)} }}", viewer)
    text = "\n".join(client.statements)
    assert not [row.id for row in client.world.all(Account) if str(row.id) in text or row.id.hex in text]
