"""What was selected of a decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import get_named_type, is_object_type

from policies.explanation import Way
from policies.grant import CLEAR
from policies.rule import Rule
from resolvers.access.decision import Decision
from resolvers.access.question import Asked
from resolvers.build import Build, Selected

Fields = Mapping[str, Any]
"""The fields of an object; what is a function is worked out only if it is selected."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A selected field, and what is selected of the object under it."""

    key: str
    name: str
    parent: str
    below: tuple["Branch", ...]

    def of(self, fields: Fields) -> Any:
        """The value of this field of an object."""
        return self.parent if self.name == "__typename" else self._taken(fields[self.name])

    def _taken(self, value: Any) -> Any:
        if callable(value):
            return self._taken(value())
        if isinstance(value, list):
            return [self._taken(one) for one in value]
        return {branch.key: branch.of(value) for branch in self.below} if isinstance(value, Mapping) else value


def shaped(
    build: Build, selected: Selected, asked: Asked, whole: Decision, parts: Sequence[Decision]
) -> dict[str, Any]:
    """The selected fields of a decision, under their response keys."""
    branches = _branches(build, selected, "AccessDecision")
    fields = _decision(asked.field, whole, parts)
    return {branch.key: branch.of(fields) for branch in branches}


def _branches(build: Build, selected: Selected, type_name: str) -> tuple[Branch, ...]:
    return tuple(
        Branch(part.key, part.name, type_name, _below(build, part))
        for part in build.subfields(selected, type_name, selected.path)
    )


def _below(build: Build, part: Selected) -> tuple[Branch, ...]:
    if part.name == "__typename":
        return ()
    type_ = get_named_type(build.type(part.parent).fields[part.name].type)
    return _branches(build, part, type_.name) if is_object_type(type_) else ()


def _decision(field: str, found: Decision, parts: Sequence[Decision]) -> Fields:
    return {
        "type": found.asked.type,
        "field": field,
        "allowed": found.allowed,
        "conditional": found.conditional,
        "mask": found.mask,
        "reason": found.reason,
        "promise": found.promise,
        "rule": _rule(found.rule) if found.rule else None,
        "wouldGrant": list(found.explanation.would_grant),
        "grants": lambda: [_way(found, way) for way in found.explanation.ways],
        "fields": lambda: [_decision(part.asked.field, part, ()) for part in parts],
    }


def _rule(rule: Rule) -> Fields:
    return {"file": rule.file, "line": rule.line, "text": rule.text}


def _way(found: Decision, way: Way) -> Fields:
    grant = way.grant
    return {
        "rule": _rule(grant.rule),
        "mask": None if grant.mask == CLEAR else grant.mask,
        "reason": grant.reason,
        "promise": found.plan.promise(grant.reason),
        "conditions": lambda: [
            *({"text": need.text, "met": need.met} for need in way.needs),
            *({"text": part.text, "met": found.met(way, part.condition)} for part in way.parts),
        ],
    }
