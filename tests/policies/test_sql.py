"""Conditions as SQL text."""

from typing import Any

import pytest
from sqlalchemy import ForeignKey, select
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.orm import DeclarativeBase, Mapped, aliased, mapped_column, relationship

from models import Membership, Service, Story
from policies.condition import (
    FALSE,
    ROW,
    TRUE,
    Compare,
    Condition,
    Const,
    Contains,
    In,
    Missing,
    Param,
    Path,
    negation,
    some,
)
from policies.error import PolicyError
from policies.reach import way
from policies.sql import to_sql
from policies.viewer import Kind, all_kinds
from tests.policies.people import policies

STATUS, AUTHOR = Path(ROW, "status"), Path(ROW, "author_id")


def _text(condition: Condition, model: type = Story) -> str:
    row: Any = aliased(model, name="s")
    statement = select(row.id).where(to_sql(condition, row))
    text = str(statement.compile(dialect=asyncpg.dialect()))  # type: ignore[no-untyped-call]
    return " ".join(text.split()).partition(" WHERE ")[2]


@pytest.mark.parametrize("value", ["it's", "a\\", "é", "a;b", "a:b", "%"])
def test_a_constant_with_special_characters_is_refused(value: str) -> None:
    with pytest.raises(PolicyError):
        _text(Compare("=", STATUS, Const(value)))


def test_a_relation_with_a_condition_of_its_own_is_refused() -> None:
    class Base(DeclarativeBase):
        pass

    class House(Base):
        __tablename__ = "house"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Room(Base):
        __tablename__ = "room"
        id: Mapped[int] = mapped_column(primary_key=True)
        house_id: Mapped[int] = mapped_column(ForeignKey("house.id"))
        warm: Mapped[bool]
        warm_house: Mapped[House] = relationship(primaryjoin=lambda: (Room.house_id == House.id) & Room.warm.is_(True))

    with pytest.raises(PolicyError):
        way(Room, "warm_house")


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (FALSE, "false"),
        (TRUE, "true"),
        (Compare("=", STATUS, Const("PUBLISHED")), "s.status = 'PUBLISHED'"),
        (Compare("!=", STATUS, Const("PUBLISHED")), "s.status != 'PUBLISHED'"),
        (In(STATUS, ("PREVIEW", "PUBLISHED")), "s.status IN ('PREVIEW', 'PUBLISHED')"),
        (Compare("=", AUTHOR, Param("account_id")), "s.author_id = $1::UUID"),
        (Compare("!=", AUTHOR, Param("account_id")), "s.author_id IS DISTINCT FROM $1::UUID"),
        (Missing(AUTHOR), "s.author_id IS NULL"),
        (negation(Missing(AUTHOR)), "s.author_id IS NOT NULL"),
        (negation(Compare("=", AUTHOR, Param("account_id"))), "(s.author_id = $1::UUID) IS NOT true"),
        (Compare(">=", Path(ROW, "similar_count"), Const(3)), "s.similar_count >= 3"),
    ],
    ids=str,
)
def test_sql(condition: Condition, text: str) -> None:
    assert _text(condition) == text


def test_an_array_column_holds_a_value() -> None:
    assert _text(Contains(Path(ROW, "specialties"), Const("dentist")), Service) == "'dentist' = ANY (s.specialties)"


def test_relations_exist_and_never_join() -> None:
    mine = Compare("=", Path("r2", "account_id"), Param("account_id"))
    text = _text(some("r1", ROW, "organisation", some("r2", "r1", "memberships", mine)), Membership)
    assert text.count("EXISTS") == 2
    assert "JOIN" not in text


@pytest.mark.parametrize("kind", all_kinds(), ids=str)
def test_plans_of_viewers_who_are_not_staff_have_no_exists_on_a_story(kind: Kind) -> None:
    text = _text(policies().plan(kind).row("Story"))
    assert ("EXISTS" in text) == (kind.staff and not {"MODERATOR", "SAFEGUARDING"} & set(kind.roles))
