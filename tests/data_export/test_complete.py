"""Nothing that is held about a person can be forgotten in their copy (P16)."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Column
from sqlalchemy.sql.visitors import iterate

from models.base import metadata
from operations.data_export.excluded import EXCLUDED
from operations.data_export.tables import TABLES

LOOSE = {"account_id", "person_id", "author_id"}
"""Columns that name a person, with a foreign key or without."""


def _personal() -> set[str]:
    """Tables from which foreign keys lead to an account, that name one, or that say themselves that they are private."""
    found = {"account"}
    found |= {t.name for t in metadata.tables.values() for c in t.columns if "promise" in c.info or c.name in LOOSE}
    while True:
        led = {t.name for t in metadata.tables.values() if {k.column.table.name for k in t.foreign_keys} & found}
        if led <= found:
            return found
        found |= led


def _stored(value: Any) -> Iterator[str]:
    """The stored columns in an expression."""
    for part in iterate(value):
        if isinstance(part, Column):
            yield f"{part.table.name}.{part.name}"


PERSONAL = sorted(_personal())
COPIED = {place for table in TABLES for column in table.columns for place in _stored(column.value)}
LEFT_OUT = {place for table in TABLES for place in table.left_out}
AS_THEY_ARE = {f"{c.value.table.name}.{c.value.name}" for t in TABLES for c in t.columns if isinstance(c.value, Column)}
LISTED = {place.partition(".")[0] for place in COPIED}


@pytest.mark.parametrize("name", [table.name for table in metadata.sorted_tables])
def test_every_table_is_in_the_copy_or_left_out_for_a_reason(name: str) -> None:
    assert name in LISTED or EXCLUDED.get(name), f"{name}: add it to operations/data_export/tables, or say why not"


@pytest.mark.parametrize("name", [name for name in PERSONAL if name not in EXCLUDED])
def test_every_column_is_in_the_copy_or_left_out_for_a_reason(name: str) -> None:
    columns = {f"{name}.{column.name}" for column in metadata.tables[name].columns}
    assert columns - COPIED - LEFT_OUT == set()


def test_few_tables_of_persons_are_left_out_as_a_whole() -> None:
    assert set(EXCLUDED) & set(PERSONAL) == {"person_key", "data_export_part"}


def test_the_walk_finds_persons_where_they_are() -> None:
    assert set(PERSONAL) >= {
        "account", "demographics", "attempt", "audit_event", "story", "story_original", "story_tag", "reading",
        "moderation_entry", "response", "complaint", "mail", "session", "second_factor", "data_export_part",
    }  # fmt: skip


def test_nothing_is_said_to_be_left_out_that_is_not_there_or_that_is_copied() -> None:
    stored = {f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.columns}
    assert LEFT_OUT - stored == set()
    assert set() == LEFT_OUT & AS_THEY_ARE
    assert set(EXCLUDED) <= set(metadata.tables)


def test_reasons_are_for_the_person_to_read() -> None:
    assert all(len(reason) > 10 for table in TABLES for reason in table.left_out.values())
    assert all(column.meaning for table in TABLES for column in table.columns)


def test_names_are_readable_and_unique() -> None:
    names = [table.name for table in TABLES]
    assert len(set(names)) == len(names)
    for table in TABLES:
        columns = [column.name for column in table.columns]
        assert len(set(columns)) == len(columns)
        assert all(name.isidentifier() and name == name.lower() for name in [table.name, *columns])
