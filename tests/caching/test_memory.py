"""What the memory keeps, and when it forgets: everything else is asked for again."""

import dataclasses
from typing import Any
from uuid import uuid4

import pytest

from models.account import PlatformRole
from policies.viewer import Anonymous, Member, System, Viewer
from resolvers.answer import Answer, Request
from resolvers.memory import OVERHEAD, Key, Memory

SIZE = 100_000
NEVER = 1e9
NOBODYS: list[Viewer] = [
    System(),
    Member(uuid4()),
    Member(uuid4(), staff=True),
    *(Member(uuid4(), roles=frozenset({role})) for role in PlatformRole),
]


class Clock:
    """A clock that is set by hand, in seconds."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def memory(clock: Clock) -> Memory:
    """A memory that hears of changes."""
    found = Memory(SIZE, clock)
    found.vouch(NEVER)
    return found


def _key(memory: Memory, query: str = "{ tags }", **variables: Any) -> Key:
    key = memory.key(Request(query, variables), Anonymous())
    assert key is not None
    return key


def _answer(*tables: str, body: bytes = b"{}") -> Answer:
    return Answer(body, tables=frozenset(tables))


def _kept(memory: Memory, answer: Answer, query: str = "{ tags }", since: int | None = None) -> Answer | None:
    key = _key(memory, query)
    memory.keep(key, answer, memory.moment() if since is None else since)
    return memory.find(key)


@pytest.mark.parametrize("viewer", NOBODYS, ids=lambda viewer: str(viewer.kind))
def test_nobody_with_credentials_is_answered_from_memory(memory: Memory, viewer: Viewer) -> None:
    assert memory.key(Request("{ tags }", {}), viewer) is None


def test_an_answer_that_says_what_it_cost_is_one_clients_own(memory: Memory) -> None:
    assert memory.key(Request("{ tags }", {}, costed=True), Anonymous()) is None


def test_whatever_a_request_can_say_tells_answers_apart(memory: Memory) -> None:
    told_apart = {"query": "{ b }", "variables": {"a": 1}, "operation_name": "B", "denied_null": True}
    # These are worked out, name the document whose text it is by now, or only tell of what is never public (`site`).
    besides = {"document", "costed", "meter", "cost", "visit"}
    assert {field.name for field in dataclasses.fields(Request)} == set(told_apart) | besides
    plain = Request("{ a }", {})
    keys = {memory.key(dataclasses.replace(plain, **{name: value}), Anonymous()) for name, value in told_apart.items()}
    assert len(keys | {memory.key(plain, Anonymous())}) == len(told_apart) + 1


def test_what_is_not_public_is_not_kept(memory: Memory) -> None:
    assert _kept(memory, Answer(b"{}")) is None


def test_nothing_is_kept_without_room() -> None:
    assert Memory(0).key(Request("{ tags }", {}), Anonymous()) is None


def test_nothing_is_kept_where_nobody_hears_of_changes(clock: Clock) -> None:
    memory = Memory(SIZE, clock)
    since = memory.moment()
    assert _kept(memory, _answer("tag"), since=since) is None
    memory.vouch(NEVER)
    assert _kept(memory, _answer("tag"), since=since) is None, "what was read before that may have changed"
    assert _kept(memory, _answer("tag")) is not None


def test_nothing_is_kept_that_changed_while_it_was_read(memory: Memory) -> None:
    since = memory.moment()
    memory.drop("story")
    assert _kept(memory, _answer("story", "tag"), since=since) is None
    assert _kept(memory, _answer("tag"), since=since) is not None


def test_a_change_drops_what_is_made_of_that_table_and_nothing_else(memory: Memory) -> None:
    stories, both, tags = "{ stories }", "{ stories tags }", "{ tags }"
    for query, tables in ((stories, {"story"}), (both, {"story", "tag"}), (tags, {"tag"})):
        assert _kept(memory, _answer(*tables), query) is not None
    memory.drop("story")
    assert [memory.find(_key(memory, query)) is not None for query in (stories, both, tags)] == [False, False, True]
    memory.drop("tag")
    assert (len(memory), memory.bytes) == (0, 0)


def test_nothing_is_told_once_nobody_vouches(memory: Memory, clock: Clock) -> None:
    memory.vouch(clock.now + 0.5)
    assert _kept(memory, _answer("tag")) is not None
    clock.now += 0.5
    assert memory.find(_key(memory)) is None
    assert memory.wanted.is_set(), "somebody is asked to"
    memory.vouch(clock.now + 0.5)
    assert memory.find(_key(memory)) is not None, "all changes were heard of meanwhile"


def test_everything_is_forgotten_once_changes_are_not_heard_of(memory: Memory) -> None:
    since = memory.moment()
    assert _kept(memory, _answer("tag")) is not None
    memory.lose()
    memory.vouch(NEVER)
    assert memory.find(_key(memory)) is None
    assert _kept(memory, _answer("tag"), since=since) is None


def test_memory_is_bounded_and_the_least_used_goes_first(memory: Memory) -> None:
    body = b"x" * (SIZE // 10 - OVERHEAD)
    for number in range(30):
        assert _kept(memory, _answer("tag", body=body), f"{{ a{number} }}") is not None
        memory.find(_key(memory, "{ a0 }"))
        assert memory.bytes <= SIZE
    left = [number for number in range(30) if memory.find(_key(memory, f"{{ a{number} }}")) is not None]
    assert left[0] == 0
    assert left[1:] == list(range(30 - len(left) + 1, 30))
    assert len(left) == 9


def test_what_would_take_most_of_it_is_not_kept(memory: Memory) -> None:
    assert _kept(memory, _answer("tag", body=b"x" * (SIZE // 8))) is None


def test_the_same_request_twice_counts_once(memory: Memory) -> None:
    _kept(memory, _answer("tag", body=b"x" * 100))
    before = memory.bytes
    _kept(memory, _answer("tag", body=b"y" * 100))
    assert (len(memory), memory.bytes) == (1, before)
