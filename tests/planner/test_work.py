"""How much work planning is: it grows with the size of a document, however its lists are nested, never by doubling.

Work is counted in calls of Python functions, and in the nodes of PostgreSQL's own plan: both are the same on any machine.
"""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import orjson
import pytest

from models import PlatformRole
from policies.viewer import Anonymous, Viewer
from resolvers.statement import Statement
from tests.planner.conftest import Client

NESTED: dict[str, tuple[str, str, str, range]] = {
    "lists": ("services { nodes { ", "children { slug ", "} ", range(1, 13)),
    "single rows": ("services { nodes { ", "parent { slug ", "} ", range(1, 13)),
    "lists and single rows": ("services { nodes { ", "children { slug parent { slug ", "} } ", range(1, 7)),
    "pages": ("services { nodes { ", "stories(first: 2) { nodes { number services { slug ", "} } } ", range(1, 5)),
    "pages by edges": (
        "services { nodes { ",
        "stories(first: 2) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node { number services { slug ",
        "} } } } ",
        range(1, 4),
    ),
    "pages backwards": (
        "organisations { nodes { ",
        "services(last: 2) { nodes { slug organisation { slug ",
        "} } } ",
        range(1, 5),
    ),
}
"""How a document begins, what each level adds before and behind the next, and how many levels there is room for."""


def _document(name: str, levels: int) -> str:
    begin, before, behind, _ = NESTED[name]
    return f"{{ {begin} slug {before * levels}{behind * levels} }} }} }}"


@contextmanager
def _counted() -> Iterator[Callable[[], int]]:
    """Counts the calls of Python functions meanwhile."""
    calls, earlier = 0, sys.getprofile()

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event == "call"

    # What is tidied up meanwhile is no part of the work.
    gc.disable()
    sys.setprofile(count)
    try:
        yield lambda: calls
    finally:
        sys.setprofile(earlier)
        gc.enable()


def _planned(client: Client, document: str, viewer: Viewer) -> tuple[Statement, int]:
    """The statement of a document that was not planned before, and how many calls that took."""
    operation = client.executor.documents.operation(document, None)
    values = operation.variables({})
    with _counted() as calls:
        (statement,) = client.executor.parts(operation, values, viewer)
    assert isinstance(statement, Statement)
    return statement, calls()


def _grows_evenly(work: list[int]) -> bool:
    """Whether each level costs about as much as every other; with doubling, the last one would cost several times as much."""
    steps = [after - before for before, after in pairwise(work)]
    return max(steps) <= 1.5 * min(steps)


@pytest.mark.parametrize("name", NESTED)
@pytest.mark.parametrize("role", [None, PlatformRole.MODERATOR])
def test_each_level_costs_as_much_as_the_one_before(client: Client, name: str, role: PlatformRole | None) -> None:
    viewer = client.member(role) if role else Anonymous()
    # The first time, what is needed of every type is worked out.
    _planned(client, _document(name, 2) + " # warm", viewer)
    found = [_planned(client, _document(name, levels), viewer) for levels in NESTED[name][3]]
    assert _grows_evenly([calls for _, calls in found]), [calls for _, calls in found]
    assert _grows_evenly([len(statement.sql) for statement, _ in found]), [len(statement.sql) for statement, _ in found]


def _nodes(plan: dict[str, Any]) -> int:
    return 1 + sum(map(_nodes, plan.get("Plans", [])))


@pytest.mark.parametrize("name", NESTED)
async def test_postgresql_plans_as_little(client: Client, name: str) -> None:
    found = []
    for levels in NESTED[name][3]:
        statement, _ = _planned(client, _document(name, levels), Anonymous())
        async with client.executor.pool.acquire() as connection:
            nulls = ", ".join("null" for _ in statement.parameters)
            await connection.execute(f"prepare asked as {statement.sql}")
            try:
                execute = f"execute asked ({nulls})" if nulls else "execute asked"
                plan = await connection.fetchval(f"explain (format json) {execute}")
            finally:
                await connection.execute("deallocate asked")
        found.append(_nodes(orjson.loads(plan)[0]["Plan"]))
    assert _grows_evenly(found), found
