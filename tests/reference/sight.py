"""Sight: what Oso itself says about a loaded row, each question asked once."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from oso import Variable

import policies
from policies.oso_engine import Engine, _actor
from policies.registry import Query
from policies.viewer import MAY_USE, Kind, Viewer

CLEAR = "clear"
QUERY = Query()
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
    "Correction": "field",
    "AccessLogEntry": "happenedAt",
}
"""For types without an id: the field that decides whether a row is there."""
Granted = Mapping[str, Mapping[str, str]]
"""For each field that is granted: the masks under which it is, each with its reason."""


class Oracle(Engine):
    """The policies of the tree, loaded into Oso."""

    def __init__(self) -> None:
        folder = Path(policies.__file__).parent
        super().__init__({path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.polar")})
        facts = self.facts("withheld", ("type", "field", "reason"))
        self.withheld = {(fact["type"], fact["field"]): fact["reason"] for fact in facts}

    def granted(self, viewer: Viewer, action: str, row: object) -> Granted:
        """All that the viewer may do of this kind with a row: one question for all fields, which is 30 times as fast."""
        found: dict[str, dict[str, str]] = {}
        asked = (_actor(viewer), action, row, Variable("field"), Variable("mask"), Variable("reason"))
        for answer in self._query("grant", asked):
            assert not any(isinstance(value, Variable) for value in answer.values()), answer
            found.setdefault(answer["field"], {})[answer["mask"]] = answer["reason"]
        return found

    @cache  # noqa: B019 - lives as long as the tests
    def rules_for(self, kind: Kind, type_name: str) -> frozenset[tuple[str, str]]:
        """The fields of a type that some rule might show to this kind of viewer, each with the rule's reason."""
        partials = self.partials(kind, "read", type_name)
        return frozenset((field, partial.reason) for partial in partials for field in partial.fields)

    @cache  # noqa: B019 - lives as long as the tests
    def ever(self, kind: Kind, type_name: str) -> frozenset[str]:
        """The fields of a type that some rule might show in clear to this kind of viewer."""
        partials = self.partials(kind, "read", type_name)
        return frozenset(field for partial in partials if partial.mask == CLEAR for field in partial.fields)


class Sight:
    """One viewer's."""

    def __init__(self, oracle: Oracle, viewer: Viewer) -> None:
        self.oracle = oracle
        self.viewer = viewer
        self._known: dict[tuple[str, int], Granted] = {}

    def masks(self, row: Any, field: str, action: str = "read") -> Mapping[str, str]:
        """The masks under which a field of a row is granted, each with a reason; empty where it is denied."""
        question = (action, id(row))
        if question not in self._known:
            self._known[question] = self.oracle.granted(self.viewer, action, row)
        return self._known[question].get(field, {})

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
        """Why it is denied, with the purposes of use that would show more of it to roles that can state them."""
        kind = self.viewer.kind
        helping = [
            f'"{purpose}"'
            for purpose, role in MAY_USE.items()
            if role in kind.roles
            and kind.purpose is None
            and self._opens(replace(kind, purpose=purpose), type_name, field)
        ]
        hint = f" It needs the purpose of use {' or '.join(helping)}." if helping else ""
        return str(self.oracle.withheld[type_name, field]) + hint

    def _opens(self, kind: Kind, type_name: str, field: str) -> bool:
        """Whether rules that ask for the purpose of this kind show the field."""
        granted, without = (self.oracle.rules_for(k, type_name) for k in (kind, replace(kind, purpose=None)))
        return any(name == field for name, _ in granted - without)
