"""Points in time and days as text."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from operator import methodcaller
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

RFC_3339 = "https://www.rfc-editor.org/rfc/rfc3339"


def _parser(read: Callable[[str], Any], meaning: str) -> Callable[[Any], Any]:
    """Reads a text, or raises a GraphQLError that says what is meant."""

    def parse(value: Any) -> Any:
        try:
            return read(value)
        except (TypeError, ValueError):
            raise GraphQLError(f"Expected {meaning}.") from None

    return parse


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found


SCALARS: Mapping[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="A moment with its offset, ISO 8601, e.g. `2026-04-01T09:30:00+00:00`.",
        specified_by_url=RFC_3339,
        serialize=methodcaller("isoformat"),
        parse_value=_parser(_moment, "a moment with its offset, e.g. `2026-04-01T09:30:00+00:00`"),
    ),
    date: strawberry.scalar(
        name="Date",
        description="A day, ISO 8601, e.g. `2026-04-01`.",
        specified_by_url=RFC_3339,
        serialize=methodcaller("isoformat"),
        parse_value=_parser(date.fromisoformat, "a day, e.g. `2026-04-01`"),
    ),
}
