"""Sort keys that several lists share, and how their values travel in a sealed cursor."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, extract, func, literal_column

from resolvers.mapping import Key, Row
from resolvers.site import hexed

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment_key(of: Callable[[Row], ColumnElement[Any]]) -> Key:
    """A point in time, as microseconds since 1970."""
    return Key(
        lambda source: of(source.row),
        lambda text: EPOCH + timedelta(microseconds=int(text)),
        lambda value: cast(extract("epoch", value) * literal_column("1000000"), BigInteger),
    )


def text_key(of: Callable[[Row], ColumnElement[Any]]) -> Key:
    """A text, as hexadecimal digits of its UTF-8 bytes."""
    return Key(
        lambda source: of(source.row),
        lambda text: bytes.fromhex(text).decode(),
        lambda value: hexed(func.convert_to(value, literal_column("'UTF8'"))),
    )


def shown_key() -> Key:
    """When a story was published (or sent, until then)."""
    key = moment_key(lambda row: row.shown_at)
    return replace(key, of=lambda source: source.row.shown_at if source.time is None else source.time)


def number_key(of: Callable[[Row], ColumnElement[Any]]) -> Key:
    """A whole number."""
    return Key(lambda source: of(source.row), int)


def contains(value: ColumnElement[Any], part: ColumnElement[Any]) -> ColumnElement[Any]:
    """Whether a text holds another, whatever their case; nothing in it works as a wildcard."""
    return func.strpos(func.lower(value), func.lower(part)) > literal_column("0")
