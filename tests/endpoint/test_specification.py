"""What the specification of September 2025 has, and what it refuses."""

from typing import Any

import httpx2
import pytest

DESCRIBED = '''
"""What the page of story 1 shows."""
query Page("Which story." $number: Int!) { story(number: $number) { ...Title } }
"The title of a story."
fragment Title on Story { title }
'''


async def _ask(client: httpx2.AsyncClient, body: dict[str, Any]) -> httpx2.Response:
    return await client.post("/graphql", json=body, headers={"Accept": "application/graphql-response+json"})


@pytest.mark.parametrize("extensions", [1, "x", [1]])
async def test_extensions_of_a_request_that_are_no_object_are_refused(
    client: httpx2.AsyncClient, extensions: Any
) -> None:
    answer = await _ask(client, {"query": "{ __typename }", "extensions": extensions})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_USER_INPUT")


async def test_a_shorthand_query_has_no_description(client: httpx2.AsyncClient) -> None:
    answer = await _ask(client, {"query": '"Doc" { __typename }'})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "GRAPHQL_PARSE_FAILED")


async def test_operations_variables_and_fragments_may_be_described(client: httpx2.AsyncClient) -> None:
    answer = await _ask(client, {"query": DESCRIBED, "variables": {"number": 1}})
    assert answer.status_code == 200
    assert answer.json()["data"]["story"]["title"]


async def test_extensions_that_nobody_knows_are_let_be(client: httpx2.AsyncClient) -> None:
    answer = await _ask(client, {"query": "{ __typename }", "extensions": {"client": {"name": "x"}}})
    assert answer.json() == {"data": {"__typename": "Query"}}


async def test_tools_can_ask_which_inputs_take_exactly_one_key(client: httpx2.AsyncClient) -> None:
    answer = await _ask(client, {"query": '{ __type(name: "StoryFilter") { isOneOf } }'})
    assert answer.json() == {"data": {"__type": {"isOneOf": False}}}
