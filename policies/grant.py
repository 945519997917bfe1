"""Grants: what the rules allow, as plans hold it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from policies.condition import Condition, Const, Contains, names_viewer, walk
from policies.rule import Rule

CLEAR = "clear"
READ, CALL = "read", "call"
ROOTS = ("Query", "Mutation", "Subscription")
# Types without an id of their own: whoever may read this field may see the row.
ROW_FIELD: Mapping[str, str] = MappingProxyType(
    {
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
)


@dataclass(frozen=True, slots=True)
class Grant:
    """A field that may be read where `condition` holds, clear or under a mask, and the rule that says so."""

    field: str
    mask: str
    reason: str
    condition: Condition
    rule: Rule

    @property
    def strength(self) -> tuple[bool, bool, bool, str, str, str, int]:
        """Sorts clear before masked, always before sometimes, for everybody before for some."""
        condition = self.condition
        weakness = self.mask != CLEAR, not condition.is_true, names_viewer(condition)
        return *weakness, self.mask, self.reason, self.rule.file, self.rule.line

    @property
    def named(self) -> frozenset[str]:
        """The fields of which a disclosure has to name one, for this to hold; none where no disclosure matters."""
        looked_for = (part.value for part in walk(self.condition) if isinstance(part, Contains))
        return frozenset(str(value.value) for value in looked_for if isinstance(value, Const))


class Case(NamedTuple):
    """Where a field is shown, and under which mask: all grants under that mask together."""

    mask: str
    condition: Condition


def action_of(type_name: str, action: str) -> str:
    """Root fields are called; `read` of them is asked by those who treat all types alike."""
    return CALL if action == READ and type_name in ROOTS else action
