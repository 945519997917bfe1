"""How conditions simplify, compare and print."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.condition import (
    FALSE,
    ROW,
    TRUE,
    And,
    Compare,
    Condition,
    Const,
    In,
    Missing,
    Not,
    Or,
    Param,
    Path,
    Some,
    all_of,
    any_of,
    implies,
    names_viewer,
    negation,
    some,
)
from policies.evaluation import holds

STATUS = Path(ROW, "status")
A, B, C = (Compare("=", STATUS, Const(value)) for value in "abc")
MINE = Compare("=", Path(ROW, "author"), Param("account_id"))


class _Row:
    def __init__(self, status: str | None, author: int | None) -> None:
        self.status = status
        self.author = author
        self.others: list[_Row] = []


def _some(where: Condition) -> Condition:
    return some("r1", ROW, "others", where)


OTHERS = Compare("=", Path("r1", "status"), Const("a"))
LEAVES = [A, B, C, Compare("!=", STATUS, Const("a")), MINE, Missing(STATUS), In(STATUS, ("a", "c")), _some(OTHERS)]
LEAVES += [_some(Compare("=", Path("r1", "author"), Param("account_id"))), _some(TRUE)]
CONDITIONS = st.recursive(
    st.sampled_from([TRUE, FALSE, *LEAVES]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, max_size=3).map(lambda parts: Or(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=6,
)


def _rows() -> list[_Row]:
    rows = [_Row(status, author) for status, author in product(["a", "b", "c", "d", None], [1, 2, None])]
    with_others = [_Row("a", 1), _Row("b", None)]
    with_others[0].others = [rows[0], rows[4]]
    with_others[1].others = [rows[-1]]
    return [*rows, *with_others]


ROWS = _rows()
VIEWERS: list[Mapping[str, Any]] = [{"viewer_account_id": 1}, {"viewer_account_id": None}]


def _same(left: Condition, right: Condition) -> bool:
    return all(holds(left, row, viewer) == holds(right, row, viewer) for row in ROWS for viewer in VIEWERS)


@given(st.lists(CONDITIONS, max_size=4))
def test_simplifying_changes_no_decision(parts: list[Condition]) -> None:
    assert _same(all_of(parts), And(tuple(parts)))
    assert _same(any_of(parts), Or(tuple(parts)))
    for part in parts:
        assert _same(negation(part), Not(part))


@given(CONDITIONS, CONDITIONS)
def test_what_implies_is_never_wider(known: Condition, wanted: Condition) -> None:
    if implies(known, wanted):
        assert all(holds(wanted, row, v) for row in ROWS for v in VIEWERS if holds(known, row, v))


@given(st.lists(CONDITIONS, max_size=4), st.randoms(use_true_random=False))
def test_order_and_repetition_make_no_difference(parts: list[Condition], random: object) -> None:
    again = [*reversed(parts), *parts]
    assert all_of(again) == all_of(parts)
    assert any_of(again) == any_of(parts)


@pytest.mark.parametrize(
    ("simplified", "expected"),
    [
        (any_of([]), FALSE),
        (all_of([]), TRUE),
        (all_of([A, FALSE]), FALSE),
        (any_of([A, TRUE]), TRUE),
        (any_of([A, B, A]), In(STATUS, ("a", "b"))),
        (any_of([all_of([MINE, A]), all_of([MINE, B])]), all_of([MINE, In(STATUS, ("a", "b"))])),
        (any_of([A, all_of([A, MINE])]), A),
        (any_of([A, Compare("!=", STATUS, Const("d"))]), Compare("!=", STATUS, Const("d"))),
        (all_of([A, Compare("!=", STATUS, Const("d"))]), A),
        (any_of([_some(OTHERS), _some(TRUE)]), _some(TRUE)),
        (_some(FALSE), FALSE),
        (negation(negation(A)), A),
        (negation(TRUE), FALSE),
    ],
)
def test_simplified(simplified: Condition, expected: Condition) -> None:
    assert simplified == expected
    assert hash(simplified) == hash(expected)


def test_a_condition_says_whether_it_names_the_viewer() -> None:
    assert not names_viewer(any_of([A, B]))
    assert names_viewer(any_of([A, _some(all_of([OTHERS, MINE]))]))


def test_a_condition_reads_as_a_sentence() -> None:
    condition = any_of([all_of([A, MINE]), Some("r1", ROW, "others", TRUE), negation(Missing(STATUS))])
    assert str(condition) == (
        "not (row.status is missing) or (row.author = viewer.account_id and row.status = 'a')"
        " or some r1 in row.others has (always)"
    )


def test_a_number_is_not_its_text() -> None:
    assert Compare("=", STATUS, Const(1)) != Compare("=", STATUS, Const("1"))
