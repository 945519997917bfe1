"""Sight: what Oso itself says about a loaded row, each question asked once."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import policies
from policies.oso_engine import Engine
from policies.registry import Query
from policies.viewer import Kind, Viewer

CLEAR = "clear"
ROW_FIELD = {
    "Tag": "kind",
    "Change": "kind",
    "Membership": "role",
    "Demographics": "gender",
    "Consent": "purpose",
    "IpAddressUse": "address",
    "Reading": "readAt",
    "ModerationEntry": "action",
    "StoryOriginal": "title",
}
"""For types without an id: the field that decides whether a row is there."""


class Oracle:
    """The policies of the tree, loaded into Oso."""

    def __init__(self) -> None:
        folder = Path(policies.__file__).parent
        self.engine = Engine({path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.polar")})
        facts = self.engine.facts("withheld", ("type", "field", "reason"))
        self.withheld = {(fact["type"], fact["field"]): fact["reason"] for fact in facts}

    @cache  # noqa: B019 - lives as long as the tests
    def ever(self, kind: Kind, type_name: str) -> frozenset[str]:
        """The fields of a type that some rule might show in clear to this kind of viewer."""
        partials = self.engine.partials(kind, "read", type_name)
        return frozenset(field for partial in partials if partial.mask == CLEAR for field in partial.fields)


class Sight:
    """One viewer's."""

    def __init__(self, oracle: Oracle, viewer: Viewer) -> None:
        self.oracle = oracle
        self.viewer = viewer
        self._known: dict[tuple[str, int, str], Mapping[str, str]] = {}

    def masks(self, row: Any, field: str, action: str = "read") -> Mapping[str, str]:
        """The masks under which a field of a row is granted, each with a reason; empty where it is denied."""
        question = (action, id(row), field)
        if question not in self._known:
            self._known[question] = dict(sorted(self.oracle.engine.allows(self.viewer, action, row, field)))
        return self._known[question]

    def row(self, row: Any) -> bool:
        """Whether the row is there at all for this viewer."""
        return bool(self.masks(row, ROW_FIELD.get(type(row).__name__, "id")))

    def clear(self, row: Any, field: str) -> bool:
        """Whether a field of a row may be looked at by filters, orders and counts."""
        return self.row(row) and CLEAR in self.masks(row, field)

    def visible(self, rows: Any) -> list[Any]:
        return [row for row in rows if self.row(row)]

    def ever(self, type_name: str, field: str) -> bool:
        """Whether there can be a row of which this viewer may read the field in clear."""
        return field in self.oracle.ever(self.viewer.kind, type_name)

    def may_call(self, field: str) -> bool:
        return bool(self.masks(QUERY, field, "call"))

    def denial(self, type_name: str, field: str) -> str:
        return self.oracle.withheld[type_name, field]


QUERY = Query()
