"""Global ids: `Type:key`, unique over the whole API; clients treat them as opaque."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, literal_column

from resolvers.error import bad_input

MAX_INT = 2**31 - 1
DIGITS = len(str(MAX_INT))
LARGE_DIGITS = 18


def global_id(type_name: str, key: ColumnElement[Any]) -> ColumnElement[str]:
    """The SQL of a row's global id."""
    return literal_column(f"'{type_name}:'", String).op("||")(cast(key, String))


def whole_number(text: str) -> int:
    """A positive key; raises ValueError for anything else, so that no id overflows in the database."""
    if not (text.isascii() and text.isdigit() and text[0] != "0" and len(text) <= DIGITS and int(text) <= MAX_INT):
        raise ValueError(text)
    return int(text)


def large_number(text: str) -> int:
    """A positive key of up to 18 digits; raises ValueError for anything else."""
    if not (text.isascii() and text.isdigit() and text[0] != "0" and len(text) <= LARGE_DIGITS):
        raise ValueError(text)
    return int(text)


KEYS: dict[str, Callable[[str], Any]] = {
    "Story": whole_number,
    "Service": whole_number,
    "Organisation": whole_number,
    "Area": whole_number,
    "Response": whole_number,
    "Account": UUID,
    "Session": UUID,
    "DataExport": UUID,
    "Complaint": UUID,
    "Alert": UUID,
    "AuditEvent": large_number,
    "Disclosure": UUID,
}


def type_of(identity: str) -> str:
    """The type that a global id names; raises BAD_USER_INPUT for a text that is none."""
    name, colon, _ = identity.partition(":")
    if not colon or name not in KEYS:
        raise bad_input("This is not an id of this API. Ids look like `Story:1`; use one that a query gave you.")
    return name


def key_of(identity: str, expected: str) -> Any:
    """The row's key in a global id of the `expected` type; raises BAD_USER_INPUT otherwise."""
    found = type_of(identity)
    if found != expected:
        raise bad_input(f"This id belongs to the type {found}; here an id of the type {expected} is needed.")
    try:
        return KEYS[expected](identity.partition(":")[2])
    except ValueError:
        raise bad_input(f"This is not an id of the type {expected}.") from None
