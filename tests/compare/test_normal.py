"""Conditions that are written differently and mean the same are the same; nothing else is."""

from collections.abc import Iterable
from itertools import product
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import ResponseStatus, StoryStatus
from policies.compare.normal import entails, gained
from policies.condition import (
    FALSE,
    ROW,
    TRUE,
    Compare,
    Condition,
    Const,
    In,
    Missing,
    Param,
    Path,
    all_of,
    any_of,
    negation,
    some,
)
from policies.evaluation import holds

STATUS, AUTHOR, REASON = Path(ROW, "status"), Path(ROW, "author_id"), Path(ROW, "age_group")
MINE = Compare("=", AUTHOR, Param("account_id"))
WITHDRAWN = Compare("=", STATUS, Const("WITHDRAWN"))


def type_of(*conditions: Condition) -> str:
    """An alert may lack an age group; a story has one."""
    return "Alert" if any("age_group" in condition.text for condition in conditions) else "Story"


def among(*labels: str) -> Condition:
    return In(STATUS, tuple(sorted(labels)))


KEPT = among(*(status.value for status in StoryStatus if status != StoryStatus.WITHDRAWN))


@pytest.mark.parametrize(
    ("known", "wanted"),
    [
        (TRUE, KEPT),
        (TRUE, any_of([MINE, negation(Missing(AUTHOR))])),
        (KEPT, among("PUBLISHED", "RESTRICTED")),
        (MINE, all_of([MINE, KEPT])),
        (any_of([MINE, KEPT]), KEPT),
        (negation(Missing(REASON)), Compare("=", REASON, Const("ADULT"))),
        (Compare("!=", REASON, Const("ADULT")), Compare("=", REASON, Const("CHILD"))),
        (Compare("!=", REASON, Const("ADULT")), negation(Missing(REASON))),
        (some("r1", ROW, "services", TRUE), some("r1", ROW, "services", Compare("=", Path("r1", "region"), Const("WALES")))),
    ],
    ids=str,
)  # fmt: skip
def test_what_does_not_follow(known: Condition, wanted: Condition) -> None:
    assert not entails(known, wanted, type_of(known, wanted))
    assert not gained(wanted, known, type_of(known, wanted)).is_false


@pytest.mark.parametrize(
    ("known", "wanted"),
    [
        (KEPT, Compare("!=", STATUS, Const("WITHDRAWN"))),
        (Compare("!=", STATUS, Const("WITHDRAWN")), KEPT),
        (TRUE, any_of([KEPT, WITHDRAWN])),
        (all_of([MINE, any_of([KEPT, WITHDRAWN])]), MINE),
        (all_of([MINE, KEPT]), any_of([all_of([MINE, among("PUBLISHED", "PREVIEW")]),
                                       all_of([MINE, negation(among("PUBLISHED", "PREVIEW", "WITHDRAWN"))])])),
        (negation(all_of([MINE, KEPT])), any_of([negation(MINE), WITHDRAWN])),
        (Compare("=", REASON, Const("CHILD")), negation(Missing(REASON))),
        (FALSE, MINE),
    ],
    ids=str,
)  # fmt: skip
def test_what_follows(known: Condition, wanted: Condition) -> None:
    assert entails(known, wanted, type_of(known, wanted))
    assert gained(wanted, known, type_of(known, wanted)).is_false


def test_a_related_row_has_its_own_labels() -> None:
    status = Path("r1", "status")
    every = [Compare("=", status, Const(label.value)) for label in ResponseStatus]
    others = some("r1", ROW, "responses", any_of(every[1:]))
    assert entails(others, some("r1", ROW, "responses", negation(every[0])), "Story")
    assert not entails(others, some("r1", ROW, "responses", every[1]), "Story")


def test_only_what_is_new_is_gained() -> None:
    before = among("PUBLISHED", "RESTRICTED")
    after = any_of([all_of([MINE, KEPT]), among("PREVIEW", "PUBLISHED", "RESTRICTED")])
    found = gained(before, after, "Story")
    assert entails(found, any_of([MINE, among("PREVIEW")]), "Story")
    assert entails(among("PREVIEW"), found, "Story")
    assert not entails(among("PUBLISHED"), found, "Story")


FACTS = [
    MINE,
    WITHDRAWN,
    KEPT,
    among("PUBLISHED", "PREVIEW"),
    Compare("!=", STATUS, Const("REJECTED")),
    Missing(AUTHOR),
]
CONDITIONS = st.recursive(
    st.sampled_from(FACTS),
    lambda inner: st.one_of(
        inner.map(negation), st.lists(inner, max_size=3).map(all_of), st.lists(inner, max_size=3).map(any_of)
    ),
    max_leaves=6,
)
ROWS = [SimpleNamespace(status=status.value, author_id=a) for status, a in product(StoryStatus, (None, "me", "other"))]
ME = {"viewer_account_id": "me"}


def _where(condition: Condition) -> Iterable[int]:
    return {n for n, row in enumerate(ROWS) if holds(condition, row, ME)}


@settings(max_examples=120, deadline=None)
@given(before=CONDITIONS, after=CONDITIONS)
def test_no_gain_is_overlooked(before: Condition, after: Condition) -> None:
    """Every row that is new is in what is gained, and what is gained is granted."""
    new, found = set(_where(after)) - set(_where(before)), set(_where(gained(before, after, "Story")))
    assert new <= found <= set(_where(after))
    if entails(after, before, "Story"):
        assert not new
