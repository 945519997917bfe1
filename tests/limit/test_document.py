"""What asks for too much is refused before it is validated, planned or run."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import pytest
from graphql import get_introspection_query

from models.secret import Keyring, new_master_key
from policies.plan import Policies
from policies.viewer import Anonymous
from resolvers.answer import Request
from resolvers.document import Documents, Refused
from resolvers.executor import Executor
from resolvers.limit import Limits
from schema.api import core
from tests.limit.attack import ATTACKS, CIRCULAR, COSTLY, amplified, deep, side_by_side

CALLS = 400_000
"""Calls of Python functions: what no document may take to be read or planned, whatever it asks for."""
REFUSAL = 800_000
"""What no document may take that is refused; most take much less."""


class Never:
    """Stands in for the database: what is refused never gets there."""

    def acquire(self) -> Any:
        raise AssertionError("this was to be refused before any statement")


@pytest.fixture(scope="module")
def executor() -> Executor:
    """An executor with the usual limits, whose plans are as expensive as they are."""
    made = Executor(core(), Policies.load(), Never(), Keyring(new_master_key()), "http://candour.test")  # type: ignore[arg-type]
    # The first time, what is needed of every type is worked out.
    for document in (side_by_side(2), deep(1), "{ stories { nodes { tags { kind } responses { nodes { id } } } } }"):
        operation = made.documents.operation(document, None)
        made.parts(operation, operation.variables({}), Anonymous())
    return made


@contextmanager
def _counted() -> Iterator[Callable[[], int]]:
    """Counts the calls of Python functions meanwhile."""
    calls, earlier = 0, sys.getprofile()

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        yield lambda: calls
    finally:
        sys.setprofile(earlier)


async def _refusal(executor: Executor, document: str) -> tuple[str, str]:
    with _counted() as calls:
        answer = await executor.execute(Request(document, {}), Anonymous())
    assert calls() < REFUSAL
    assert not answer.executed
    (error,) = orjson.loads(answer.body)["errors"]
    return error["extensions"]["code"], error["message"]


@pytest.mark.parametrize("name", ATTACKS)
async def test_what_asks_for_too_much_is_refused(executor: Executor, name: str) -> None:
    document, word = ATTACKS[name]
    code, message = await _refusal(executor, document)
    assert code in {"TOO_COMPLEX", "GRAPHQL_PARSE_FAILED"}
    assert word in message


@pytest.mark.parametrize("name", COSTLY)
async def test_what_costs_too_much_is_refused_before_it_is_planned(executor: Executor, name: str) -> None:
    before = len(executor.plans)
    code, message = await _refusal(executor, COSTLY[name])
    assert code == "TOO_COMPLEX"
    assert message.startswith("The request costs ")
    assert len(executor.plans) == before


@pytest.mark.parametrize("name", CIRCULAR)
async def test_fragments_that_never_end_are_refused(executor: Executor, name: str) -> None:
    with _counted() as calls, pytest.raises(Refused):
        executor.documents.operation(CIRCULAR[name], None)
    assert calls() < REFUSAL


def _dearest(executor: Executor, make: Callable[[int], str]) -> str:
    """The longest document of a kind that the limits let through."""
    for count in range(99, 0, -7):
        try:
            operation = executor.documents.operation(make(count), None)
            executor.admit(operation, Request("", {}), Anonymous())
        except Refused:
            continue
        return make(count)
    raise AssertionError("all are refused")


@pytest.mark.parametrize(
    "make",
    [
        side_by_side,
        lambda count: side_by_side(count, "areas { name }"),
        lambda count: side_by_side(count, "stories(first: 1) { edges { cursor node { tags { kind } } } }"),
        lambda count: deep(count, 1),
    ],
    ids=["pages", "lists", "pages with lists", "lists in lists"],
)
def test_what_the_cost_lets_through_is_planned_soon(executor: Executor, make: Callable[[int], str]) -> None:
    """The event loop is busy with a plan for a fraction of a second at most; without the limit it was seconds."""
    document = _dearest(executor, make)
    operation = executor.documents.operation(document, None)
    with _counted() as calls:
        executor.parts(operation, operation.variables({}), Anonymous())
    assert 20_000 < calls() < CALLS


def test_no_limit_is_in_the_way_of_usual_clients(executor: Executor) -> None:
    for document in (get_introspection_query(), get_introspection_query(specified_by_url=True), amplified(4)):
        operation = executor.documents.operation(document, None)
        cost = operation.cost((), operation.variables({}), executor.page_max)
        assert cost.requested <= executor.limits.cost


@pytest.mark.parametrize(
    ("limits", "document"),
    [
        (Limits(length=20), "{ __typename } # long enough"),
        (Limits(tokens=3), "{ a: __typename }"),
        (Limits(aliases=0), "{ a: __typename }"),
        (Limits(directives=0), "{ __typename @skip(if: false) }"),
        (Limits(depth=1), "{ viewer { kind } }"),
        (Limits(roots=1), "{ __typename viewer { kind } }"),
        (Limits(fields=2), "{ viewer { kind roles } }"),
    ],
)
def test_each_limit_is_a_setting(limits: Limits, document: str) -> None:
    Documents(core()).operation(document, None)
    with pytest.raises(Refused):
        Documents(core(), limits=limits).operation(document, None)
