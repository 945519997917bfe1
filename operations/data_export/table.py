"""What a table of the copy is: where its rows come from, what its columns mean, and what is left out and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column as Stored
from sqlalchemy import ColumnElement, FromClause, LargeBinary, Select, Uuid, bindparam, select

PERSON: ColumnElement[Any] = bindparam("person", type_=Uuid())
"""The id of the account whose copy it is."""
ANSWERS: ColumnElement[Any] = bindparam("answers", type_=Uuid())
"""The id of the person's demographics row, which only their own key reveals."""
SUBJECTS: ColumnElement[Any] = bindparam("subjects", type_=LargeBinary(), expanding=True)
"""The keyed hashes under which attempts to sign in as the person, and their requests, are counted."""

ROW = "a number that the database gives to rows"
YOURS = "it says that the row is yours, as all of these are"
NAMED = "shown by its name"
HASH = "a one-way hash, from which nothing can be read; it only serves to compare"
OTHERS = "it says who somebody else is"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the copy, where the value comes from, and what it means."""

    name: str
    value: ColumnElement[Any]
    meaning: str

    @property
    def place(self) -> str | None:
        """The place that its ciphertexts are bound to, e.g. `account.email`; None for what is stored in clear."""
        value = self.value
        if isinstance(value, Stored) and value.info.get("encrypted"):
            return f"{value.table.name}.{value.name}"
        return None


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the copy, in the order of its rows.

    `left_out` names stored columns (`table.column`) that are not copied, each with the reason, as the person reads it.
    """

    name: str
    meaning: str
    purpose: str
    kept: str
    source: FromClause
    mine: ColumnElement[bool]
    order: tuple[ColumnElement[Any], ...]
    columns: tuple[Column, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def statement(self) -> Select[Any]:
        """The person's rows; after the columns come the keys of the rows in which encrypted values lie."""
        values = [column.value.label(column.name) for column in self.columns]
        keys = [_row_key(column).label(f"_{column.name}") for column in self.columns if column.place]
        return select(*values, *keys).select_from(self.source).where(self.mine).order_by(*self.order)


def _row_key(column: Column) -> ColumnElement[Any]:
    """The primary key of the stored row, which is part of a ciphertext's place."""
    assert isinstance(column.value, Stored)
    (key,) = column.value.table.primary_key
    return key
