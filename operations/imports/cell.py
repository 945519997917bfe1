"""The values in a row's cells; every function raises a ValueError that says what is wrong with the text."""

import re
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import TypeVar

from operations.imports.name import slug, title
from operations.imports.report import ImportFailedError
from operations.postcode import normalise

ORGANISATION_CODE = re.compile(r"[A-Z0-9]{3,10}")
SERVICE_CODE = re.compile(r"[A-Z0-9]{3,12}")
AREA_CODE = re.compile(r"[EWSNKL][0-9]{8}")
SOUTH, NORTH, WEST, EAST = 49, 61, -9, 2
"""Degrees around the United Kingdom."""

Kind = TypeVar("Kind", bound=StrEnum)
Value = TypeVar("Value")


def need(header: Sequence[str], columns: Sequence[str], file: str) -> None:
    """Raise ImportFailedError unless the file has all these columns."""
    missing = [name for name in columns if name not in header]
    if missing:
        raise ImportFailedError(f"{file} has no column {', '.join(missing)}")


def named(header: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    """The cells by their columns' names, without the spaces around them."""
    if len(row) != len(header):
        raise ValueError(f"{len(row)} columns instead of {len(header)}")
    return {name: cell.strip() for name, cell in zip(header, row, strict=True)}


def code(text: str, form: re.Pattern[str]) -> str:
    """A code in the given form."""
    if not form.fullmatch(text):
        raise ValueError(f"{_shown(text)} is not a code")
    return text


def name_and_slug(text: str) -> tuple[str, str]:
    """The name as people read it, and what a URL holds of it."""
    name = title(text)
    if not name.isprintable():
        raise ValueError("the name is not printable UTF-8 text")
    if not slug(name):
        raise ValueError("the name is empty" if not name else "the name has no letter")
    return name, slug(name)


def choice(kinds: type[Kind], text: str) -> Kind:
    """One of an enumeration's values."""
    try:
        return kinds(text)
    except ValueError:
        raise ValueError(f"{_shown(text)} is none of {', '.join(kinds)}") from None


def day(text: str) -> date | None:
    """The day in `YYYYMMDD` or `YYYY-MM-DD`, None for an empty cell."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{_shown(text)} is not a date") from None


def postcode(text: str) -> str | None:
    """The postcode in its written form, None for an empty cell."""
    try:
        return normalise(text) if text else None
    except ValueError:
        raise ValueError(f"{_shown(text)} is not a postcode") from None


def needed(value: Value | None, what: str) -> Value:
    """The value of a cell that may not be empty."""
    if value is None:
        raise ValueError(f"there is no {what}")
    return value


def point(latitude: str, longitude: str) -> tuple[float | None, float | None]:
    """Degrees of latitude and longitude, (None, None) for empty cells."""
    if not latitude and not longitude:
        return None, None
    north, east = float(latitude or "nan"), float(longitude or "nan")
    if not (SOUTH <= north <= NORTH and WEST <= east <= EAST):
        raise ValueError("the coordinates are not in the United Kingdom")
    return north, east


def texts(text: str) -> list[str]:
    """The parts of a cell that are separated by semicolons."""
    parts = [part.strip() for part in text.split(";")]
    if not text.isprintable():
        raise ValueError(f"{_shown(text)} is not printable UTF-8 text")
    return [part for part in parts if part]


def _shown(text: str) -> str:
    return ascii(text[:40]) if not text.isprintable() else f"‘{text[:40]}’"
