"""Bad input, to the whole application: a clear error with a code, nothing internal, and no 500."""

import re
from typing import Any

import httpx2
import pytest

INTERNAL = re.compile(
    r"traceback|asyncpg|sqlalchemy|postgres|strawberry|\boso\b|polar|exception|\.py\b|site-packages|select |\$\d",
    re.IGNORECASE,
)
HEADERS = {"Accept": "application/graphql-response+json"}


async def ask(client: httpx2.AsyncClient, query: str, **variables: Any) -> dict[str, Any]:
    """The answer to a query that is not refused by HTTP."""
    answer = await client.post("/graphql", json={"query": query, "variables": variables}, headers=HEADERS)
    assert answer.status_code in {200, 400}, answer.text
    assert not INTERNAL.search(answer.text), answer.text
    return dict(answer.json())


def code_of(answer: dict[str, Any]) -> str:
    """The code of the only error, which has a message for people."""
    (error,) = answer["errors"]
    assert error["message"][0].isupper()
    return str(error["extensions"]["code"])


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("query Q { viewer { kind }", "GRAPHQL_PARSE_FAILED"),
        ("{ viewer { kind } } }", "GRAPHQL_PARSE_FAILED"),
        ("🙂", "GRAPHQL_PARSE_FAILED"),
        ('{ story(id: "\\ud800") { id } }', "GRAPHQL_PARSE_FAILED"),
        ("{ nope }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ viewer { passwordHash } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ stories { nodes { search } } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ stories }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ stories(first: 3000000000) { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
        ('{ stories(first: "1") { totalCount } }', "GRAPHQL_VALIDATION_FAILED"),
        ("{ stories(orderBy: EMAIL) { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ stories(filter: { author: 1 }) { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
        ('{ node(id: "Story:1") { ...F } } fragment F on Node { ...F }', "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { viewer { kind } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ a: __typename " * 300 + "}" * 300, "GRAPHQL_PARSE_FAILED"),
        ("query A { __typename } query B { __typename }", "BAD_USER_INPUT"),
        ("fragment F on Query { __typename }", "GRAPHQL_VALIDATION_FAILED"),
    ],
)
async def test_a_document_that_does_not_fit_is_refused(client: httpx2.AsyncClient, query: str, code: str) -> None:
    answer = await ask(client, query)
    assert "data" not in answer
    assert {error["extensions"]["code"] for error in answer["errors"]} == {code}


@pytest.mark.parametrize("levels", [60, 400, 1200])
async def test_a_deep_document_is_refused(client: httpx2.AsyncClient, levels: int) -> None:
    query = "{ viewer " + "{ account { stories { nodes { author " * levels + "{ id }" + "}}}}" * levels + "}"
    answer = await ask(client, query)
    assert {error["extensions"]["code"] for error in answer["errors"]} <= {"TOO_COMPLEX", "GRAPHQL_PARSE_FAILED"}


async def test_an_operation_that_is_not_there_is_refused(client: httpx2.AsyncClient) -> None:
    body = {"query": "query A { __typename }", "operationName": "B"}
    answer = await client.post("/graphql", json=body, headers=HEADERS)
    assert (answer.status_code, code_of(answer.json())) == (400, "BAD_USER_INPUT")


@pytest.mark.parametrize(
    "variables",
    [{}, {"id": None}, {"id": ["Story:1"]}, {"id": {"a": 1}}, {"id": True}, {"id": 1.5}],
)
async def test_variables_that_do_not_fit_are_refused(client: httpx2.AsyncClient, variables: dict[str, Any]) -> None:
    answer = await ask(client, "query Q($id: ID!) { node(id: $id) { id } }", **variables)
    assert "data" not in answer
    assert code_of(answer) == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    "identity",
    [
        "",
        ":",
        "1",
        "Story",
        "Story:",
        "Story:0",
        "Story:-1",
        "Story:+1",
        "Story:1.0",
        "Story:1e3",
        "Story:1_0",
        "Story: 1",
        "Story:١",
        "Story:99999999999999999999",
        "Story:00000000001999999999999",
        "Story:1' or '1'='1",
        "Service:1",
        "Account:1",
        "story:1",
        "Session:1",
        "PostcodeArea:1",
        "U3Rvcnk6MQ==",
        "x" * 100_000,
    ],
)
async def test_a_wrong_id_is_refused(client: httpx2.AsyncClient, identity: str) -> None:
    literal = identity.replace('"', '\\"')
    for answer in (
        await ask(client, f'{{ story(id: "{literal}") {{ id }} }}'),
        await ask(client, "query Q($id: ID) { story(id: $id) { id } }", id=identity),
    ):
        assert answer["data"] == {"story": None}
        assert code_of(answer) == "BAD_USER_INPUT"
        assert answer["errors"][0]["path"] == ["story"]


@pytest.mark.parametrize("identity", ["Account:1", "Account:{}", "Session:1", "Story:x", "Nothing:1", ""])
async def test_a_wrong_id_of_a_node_is_refused(client: httpx2.AsyncClient, identity: str) -> None:
    answer = await ask(client, "query Q($id: ID!) { node(id: $id) { id } }", id=identity)
    assert answer["data"] == {"node": None}
    assert code_of(answer) == "BAD_USER_INPUT"


@pytest.mark.parametrize("size", ["first: -1", "last: -1", "first: 1000000", "first: 101", "last: 2147483647"])
@pytest.mark.parametrize("field", ["stories", "services", "organisations", "tags"])
async def test_a_page_of_a_senseless_size_is_refused(client: httpx2.AsyncClient, field: str, size: str) -> None:
    answer = await ask(client, f"{{ {field}({size}) {{ totalCount }} }}")
    assert answer["data"] is None
    assert code_of(answer) == "BAD_USER_INPUT"


@pytest.mark.parametrize("cursor", ["", "x", "=", "MQ==", "é", "-1", "' or 1=1", "A" * 10_000])
async def test_a_cursor_that_is_none_is_refused(client: httpx2.AsyncClient, cursor: str) -> None:
    answer = await ask(client, "query Q($c: String) { stories(after: $c) { nodes { id } } }", c=cursor)
    assert answer["data"] is None
    assert code_of(answer) == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    "other",
    [
        "services(first: 1)",
        "tags(first: 1)",
        "stories(first: 1, orderBy: OLDEST)",
        "stories(first: 1, orderBy: MOST_SIMILAR)",
    ],
)
async def test_a_cursor_of_another_list_is_refused(client: httpx2.AsyncClient, other: str) -> None:
    given = await ask(client, f"{{ {other} {{ pageInfo {{ endCursor }} }} }}")
    cursor = given["data"][other.partition("(")[0]]["pageInfo"]["endCursor"]
    assert cursor
    answer = await ask(client, "query Q($c: String) { stories(after: $c) { nodes { id } } }", c=cursor)
    assert answer["data"] is None
    assert code_of(answer) == "BAD_USER_INPUT"


async def test_a_cursor_of_its_own_list_is_taken(client: httpx2.AsyncClient) -> None:
    given = await ask(client, "{ stories(first: 1) { pageInfo { endCursor } } }")
    cursor = given["data"]["stories"]["pageInfo"]["endCursor"]
    answer = await ask(client, "query Q($c: String) { stories(first: 1, after: $c) { nodes { id } } }", c=cursor)
    assert "errors" not in answer
