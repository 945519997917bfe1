"""What a viewer may do with a row, each by the policies' rule for that action."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column

from policies.sql import to_sql
from resolvers.build import Build, Selected
from resolvers.mapping import Row
from resolvers.record import built, text_literal


@dataclass(frozen=True, slots=True)
class Permissions:
    """The field `viewerCan` of a type."""

    type: str

    def value(self, build: Build, row: Row, selected: Selected, mask: str) -> ColumnElement[Any]:
        build.personal = True
        pairs: list[Any] = []
        for part in build.subfields(selected, f"{self.type}Permissions", selected.path):
            pairs += [text_literal(part.key), self._may(build, row, part)]
        return built(pairs)

    def _may(self, build: Build, row: Row, part: Selected) -> ColumnElement[Any]:
        if part.name == "__typename":
            return text_literal(f"{self.type}Permissions")
        allowed = to_sql(build.plan.action(self.type, part.name), row)
        return func.coalesce(allowed, literal_column("false"))
