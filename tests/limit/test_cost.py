"""What a request costs is known from its document and page sizes alone."""

from typing import Any
from uuid import uuid4

import pytest

from policies.viewer import Anonymous, Member
from resolvers.cost import COUNT, LEAF, MOST, MUTATION, OBJECT, PAGED, REQUEST, ROOT_COUNT, SEARCH, SHORT, Cost, Weigher
from resolvers.document import Documents
from resolvers.limit import Limits
from schema.api import core
from tests.limit.attack import amplified, nested_pages

PAGE_MAX = 100
STORIES = 2 * OBJECT + PAGED + LEAF
"""To plan a page of stories with one field each."""


def _cost(document: str, **variables: Any) -> Cost:
    operation = Documents(core(), limits=Limits(depth=100, aliases=1000)).operation(document, None)
    values = operation.variables(variables)
    return operation.cost(operation.shape(values.coerced), values, PAGE_MAX)


FORMULA = {
    "nothing of the database": ("{ __typename }", {}, LEAF, 0),
    "a row": ('{ service(id: "Service:1") { name slug } }', {}, OBJECT + 2 * LEAF, 1),
    "a row of a row": ('{ service(id: "Service:1") { parent { name } } }', {}, 2 * OBJECT + LEAF, 2),
    "a short list": ('{ service(id: "Service:1") { children { name } } }', {}, 2 * OBJECT + LEAF, 1 + SHORT),
    "a page": ("{ stories(first: 7) { nodes { id } } }", {}, STORIES, 1 + 7),
    "a page from its end": ("{ stories(last: 7) { nodes { id } } }", {}, STORIES, 1 + 7),
    "a page of no stated size": ("{ stories { nodes { id } } }", {}, STORIES, 1 + 20),
    "an empty page": ("{ stories(first: 0) { nodes { id } } }", {}, STORIES, 1),
    "a page of a size that is refused later": ("{ stories(first: 9000) { nodes { id } } }", {}, STORIES, 1 + PAGE_MAX),
    "a page of a negative size": ("{ stories(first: -9) { nodes { id } } }", {}, STORIES, 1),
    "a size in a variable": ("query ($n: Int) { stories(first: $n) { nodes { id } } }", {"n": 7}, STORIES, 1 + 7),
    "no size in a variable": ("query ($n: Int) { stories(first: $n) { nodes { id } } }", {}, STORIES, 1 + 20),
    "a default size": ("query ($n: Int = 3) { stories(first: $n) { nodes { id } } }", {}, STORIES, 1 + 3),
    "edges": (
        "{ stories(first: 7) { edges { cursor node { id } } } }", {}, 3 * OBJECT + PAGED + 2 * LEAF, 1 + 7 * 2,
    ),
    "what is skipped all the same": ("{ stories(first: 7) { nodes @skip(if: true) { id } } }", {}, STORIES, 1 + 7),
    "a count of a table": ("{ stories { totalCount } }", {}, OBJECT + PAGED + LEAF, 1 + ROOT_COUNT),
    "a count of a row's own": (
        '{ service(id: "Service:1") { storyCount stories(first: 1) { totalCount } } }',
        {},
        2 * OBJECT + PAGED + 2 * LEAF,
        2 + 2 * COUNT,
    ),
    "a search": ('{ stories(filter: {search: "x"}, first: 1) { nodes { id } } }', {}, STORIES, 2 + SEARCH),
    "a search in a variable": (
        "query ($f: StoryFilter) { stories(filter: $f, first: 1) { nodes { id } } }",
        {"f": {"search": "x"}},
        STORIES,
        2 + SEARCH,
    ),
    "no search in a variable": (
        "query ($f: StoryFilter) { stories(filter: $f, first: 1) { nodes { id } } }",
        {"f": {"region": "WALES"}},
        STORIES,
        2,
    ),
    "nodes": ('{ nodes(ids: ["Story:1", "Story:2"]) { id } }', {}, OBJECT + LEAF, 2),
    "nodes in a variable, of which there may be many": (
        "query ($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": ["Story:1"]}, OBJECT + LEAF, PAGE_MAX,
    ),
    "fragments, each time they are used": (
        "{ a: stories(first: 2) { ...F } b: stories(first: 3) { ...F } } fragment F on StoryConnection { nodes { id } }",
        {},
        2 * STORIES,
        2 + 2 + 3,
    ),
    "a mutation": ("mutation { signOut { problems { code } } }", {}, 2 * OBJECT + LEAF, 1 + SHORT + MUTATION),
    "a subscription": ("subscription { storyPublished { title } }", {}, OBJECT + LEAF, 1),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMULA)
def test_the_formula(name: str) -> None:
    document, variables, planning, rows = FORMULA[name]
    assert _cost(document, **variables) == Cost(planning, rows)


def test_page_sizes_multiply() -> None:
    first, second = _cost(nested_pages(10, 1)).rows, _cost(nested_pages(20, 1)).rows
    assert second > 3.5 * first
    assert _cost(nested_pages(100, 5)).requested <= MOST


def test_a_request_costs_something_and_less_once_its_statements_are_known() -> None:
    cost = Cost(700, 30)
    assert (cost.requested, cost.known) == (REQUEST + 730, REQUEST + 30)


def test_fragments_that_double_are_weighed_once_each() -> None:
    """Forty levels of two would be a million million fields."""
    operation = Documents(core(), limits=Limits(depth=100, aliases=1000, fields=10**15)).operation(amplified(40), None)
    weigher = Weigher(core(), operation.fragments, {}, PAGE_MAX)
    assert weigher.operation(operation.node).rows == MOST
    assert len(weigher.known) == 41


def test_visitors_may_ask_for_less_than_members() -> None:
    limits = Limits(cost=10, member_cost=20)
    assert limits.maximum(Anonymous()) == 10
    assert limits.maximum(Member(uuid4())) == 20
