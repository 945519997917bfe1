"""From expressions to conditions: what is unknown is refused, never left out."""

from collections.abc import Callable

import pytest

from policies.condition import ROW, Compare, Condition, Const, Missing, Not, Param, Path, Some, all_of, some
from policies.error import PolicyError
from policies.expression import Instance, Operation, Value, Variable
from policies.translate import translate

THIS = Variable("_this")


def _op(operator: str, *arguments: Value) -> Operation:
    return Operation(operator, arguments)


def _dot(path: Value, *names: str) -> Value:
    for name in names:
        path = _op("Dot", path, name)
    return path


def _no_reads(type_name: str, field: str) -> Condition:
    raise AssertionError((type_name, field))


def _translated(*parts: Operation, type_name: str = "Story") -> Condition:
    return translate(_op("And", _op("Isa", THIS, Instance(type_name)), *parts), type_name, _no_reads)


STATUS = _dot(THIS, "status")
SERVICE, MEMBERSHIP = Variable("_service_1"), Variable("_membership_2")


@pytest.mark.parametrize(
    "part",
    [
        _op("ForAll", STATUS, THIS),
        _op("Cut"),
        _op("Unify", _dot(THIS, "statuz"), "PUBLISHED"),
        _op("Unify", _dot(THIS, "author", "nickname"), "x"),
        _op("Unify", _dot(THIS, "services"), "x"),
        _op("Unify", _dot(THIS, "services", "name"), "x"),
        _op("Unify", _dot(THIS, "author"), "x"),
        _op("Unify", STATUS, "PUBLISHD"),
        _op("Unify", "a", "a"),
        _op("Unify", Variable("_nowhere_1"), "a"),
        _op("Unify", _dot(Variable("_nowhere_1"), "id"), 1),
        _op("In", SERVICE, _dot(Variable("_nowhere_1"), "services")),
        _op("In", SERVICE, _dot(THIS, "status")),
        _op("In", "PUBLISHED", STATUS),
        _op("Lt", _dot(THIS, "criticality"), 3),
        _op("Lt", STATUS, None),
        _op("Unify", _dot(THIS, "services"), None),
        _op("Unify", _dot(THIS, "author_id"), _dot(THIS, "published_at")),
        _op("Isa", THIS, Instance("Account")),
        _op("Isa", _dot(THIS, "author"), Instance("Story")),
        _op("Not", "x"),
    ],
    ids=str,
)
def test_refused(part: Operation) -> None:
    with pytest.raises(PolicyError):
        _translated(part)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (_op("Unify", "PUBLISHED", STATUS), Compare("=", Path(ROW, "status"), Const("PUBLISHED"))),
        (_op("Neq", STATUS, "WITHDRAWN"), Compare("!=", Path(ROW, "status"), Const("WITHDRAWN"))),
        (_op("Geq", 3, _dot(THIS, "similar_count")), Compare("<=", Path(ROW, "similar_count"), Const(3))),
        (_op("Unify", "$viewer.account_id", _dot(THIS, "author_id")),
         Compare("=", Path(ROW, "author_id"), Param("account_id"))),
        (_op("Unify", None, _dot(THIS, "author_id")), Missing(Path(ROW, "author_id"))),
        (_op("Neq", _dot(THIS, "author_id"), None), Not(Missing(Path(ROW, "author_id")))),
        (_op("Neq", _dot(THIS, "author"), None), Some("r1", ROW, "author", all_of([]))),
        (_op("Unify", _dot(THIS, "author"), None), Not(Some("r1", ROW, "author", all_of([])))),
        (_op("Not", _op("And", _op("Unify", STATUS, "PUBLISHED"))),
         Not(Compare("=", Path(ROW, "status"), Const("PUBLISHED")))),
        (_op("Isa", _dot(THIS, "author"), Instance("Account")), Some("r1", ROW, "author", all_of([]))),
    ],
    ids=str,
)  # fmt: skip
def test_translated(part: Operation, expected: Condition) -> None:
    assert _translated(part) == expected


def test_related_rows_nest_in_any_order_of_the_parts() -> None:
    parts = [
        _op("Unify", "$viewer.account_id", _dot(MEMBERSHIP, "account_id")),
        _op("In", MEMBERSHIP, _dot(SERVICE, "organisation", "memberships")),
        _op("In", SERVICE, _dot(THIS, "services")),
    ]
    mine = Compare("=", Path("r3", "account_id"), Param("account_id"))
    expected = some("r1", ROW, "services", some("r2", "r1", "organisation", some("r3", "r2", "memberships", mine)))
    assert _translated(*parts) == _translated(*reversed(parts)) == expected


def test_what_is_said_of_one_related_row_stays_together() -> None:
    organisation = _dot(THIS, "organisation")
    kind, region = (
        _op("Unify", _dot(organisation, "kind"), "CHARITY"),
        _op("Unify", _dot(organisation, "region"), "WALES"),
    )
    wanted = [Compare("=", Path("r1", "kind"), Const("CHARITY")), Compare("=", Path("r1", "region"), Const("WALES"))]
    assert _translated(kind, region, type_name="Service") == some("r1", ROW, "organisation", all_of(wanted))


def test_a_row_that_is_always_there_is_no_condition() -> None:
    assert _translated(_op("Isa", _dot(THIS, "story"), Instance("Story")), type_name="Response").is_true


def test_a_value_in_an_array_column() -> None:
    found = _translated(_op("In", "dentist", _dot(THIS, "specialties")), type_name="Service")
    assert str(found) == "row.specialties contains 'dentist'"


def test_a_plan_of_another_row_is_set_in_for_that_row() -> None:
    asked: list[tuple[str, str]] = []

    def reads(type_name: str, field: str) -> Condition:
        asked.append((type_name, field))
        return some("r1", ROW, "services", Compare("=", Path("r1", "region"), Const("WALES")))

    part = _op("Unify", True, _dot(THIS, "story", "reads__body"))
    found = translate(_op("And", part), "Response", reads)
    assert asked == [("Story", "body")]
    assert str(found) == "some r1 in row.story has (some r2 in r1.services has (r2.region = 'WALES'))"


def test_reads_is_not_asked_for_nothing() -> None:
    reads: Callable[[str, str], Condition] = _no_reads
    assert translate(_op("Isa", THIS, Instance("Story")), "Story", reads).is_true
