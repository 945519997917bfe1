"""What is read and planned of documents takes no more memory than its share, whoever sends them."""

import gc
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from models.secret import Keyring
from policies.viewer import Anonymous
from resolvers.cache import Cache
from resolvers.document import LONG, Documents, Operation
from resolvers.executor import Executor
from schema.api import core
from schema.endpoint.application import _policies
from tests.planner.maximal import root

LIST = "query($first: Int!) { stories(first: $first) { nodes { title services { name } } } %s }"
SHARE = 400_000


def test_a_cache_weighs_what_it_keeps() -> None:
    cache: Cache[int, str] = Cache(10, len)
    for number in range(8):
        assert cache.get(number, lambda: "xxx") == "xxx"
        assert cache.weight <= 10
        assert cache.get(0, lambda: "xxx") == "xxx"
    assert cache.peek(0) is not None
    assert cache.peek(1) is None
    assert (len(cache), cache.weight) == (3, 9)
    assert cache.get(99, lambda: "x" * 11) == "x" * 11, "what is too large is made, and not kept"
    assert (len(cache), cache.weight) == (0, 0)


@pytest.fixture
def executor(keyring: Keyring) -> Executor:
    """An executor that plans, and never runs anything."""
    nothing: Any = None
    return Executor(core(), _policies(), nothing, keyring, "http://candour.test")


def _plan(executor: Executor, text: str, **variables: Any) -> Operation:
    operation = executor.documents.operation(text, None)
    executor.parts(operation, operation.variables(variables), Anonymous())
    return operation


def test_a_flood_of_documents_is_forgotten(executor: Executor) -> None:
    executor.documents = documents = Documents(core(), SHARE)
    executor.plans = Cache(SHARE, lambda plan: plan.size)
    for number in range(30):
        _plan(executor, LIST % f"a{number}: story(number: 1) {{ title }}", first=1)
        assert documents._known.weight <= SHARE
        assert executor.plans.weight <= SHARE
    assert len(documents._known) < 15
    assert len(executor.plans) < 15


def test_a_flood_of_shapes_is_forgotten(executor: Executor) -> None:
    executor.plans = Cache(SHARE, lambda plan: plan.size)
    for size in range(30):
        _plan(executor, LIST % "", first=size)
        assert executor.plans.weight <= SHARE
    assert len(executor.plans) < 15


def test_a_long_document_is_read_anew_each_time(executor: Executor) -> None:
    text = LIST % "" + " " * LONG
    assert _plan(executor, text, first=1) is not _plan(executor, text, first=1)
    assert len(executor.plans) == 0


@pytest.mark.parametrize(
    "text",
    [LIST % "", f"{{ {root('stories', '(first: 3)', 1)} }}", f"{{ __typename {'# a comment' * 500} \n }}",
     f"{{ stories(first: 1) {{ nodes {{ {' '.join(f'a{n}: title' for n in range(99))} }} }} }}"],
    ids=["short", "everything", "comments", "aliases"],
)  # fmt: skip
def test_what_is_kept_takes_about_what_was_reckoned(executor: Executor, text: str) -> None:
    _plan(executor, LIST % "tags { totalCount }", first=1)
    before = executor.documents._known.weight + executor.plans.weight
    taken = _taken(lambda: _plan(executor, text, first=2))
    assert taken < executor.documents._known.weight + executor.plans.weight - before


def _taken(work: Callable[[], Any]) -> int:
    """Bytes that are still taken afterwards."""
    gc.collect()
    tracemalloc.start()
    try:
        kept = work()
        gc.collect()
        return tracemalloc.get_traced_memory()[0] if kept else 0
    finally:
        tracemalloc.stop()
