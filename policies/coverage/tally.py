"""Which alternatives and fields of the rules were decided on, and how."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from policies.coverage.alternative import Alternative, Alternatives, Way
from policies.evaluation import holds
from policies.grant import READ, ROOTS, action_of
from policies.plan import Policies
from policies.viewer import Kind, Viewer

Field = tuple[str, str]
"""Where a rule stands, and one of its fields."""


class Coverage:
    """Takes one decision after the other, and remembers what of the rules had a part in it."""

    def __init__(self, policies: Policies) -> None:
        self.policies = policies
        self.alternatives = Alternatives(policies)
        self.kinds = self.alternatives.kinds()
        self.decisions = 0
        self.allowed: set[Alternative] = set()
        self.denied_by_row: set[Alternative] = set()
        self.denied_by_viewer: set[Alternative] = set()
        self.shown: set[Field] = set()
        self.hidden: set[Field] = set()
        self.told: set[Field] = set()
        self._ways = cache(self._having)
        self._deny = cache(self._denied)

    def decide(self, viewer: Viewer, action: str, row: object, field: str) -> None:
        """A table says whether a viewer may do this with a field of a row (or with the row: `field` is the action)."""
        self.decisions += 1
        type_name = type(row).__name__
        action = action_of(type_name, action)
        ways = self._ways(viewer.kind, type_name, action, field)
        granting = [way for way in ways if holds(way.condition, row, viewer.parameters)]
        if granting and self._there(viewer, action, row):
            self.allowed.update(way.alternative for way in granting)
            self.shown.update((way.rule.place, field) for way in granting)
        else:
            self._deny(viewer.kind, type_name, action, field)

    def _there(self, viewer: Viewer, action: str, row: object) -> bool:
        """A field is read only where its row is seen."""
        type_name = type(row).__name__
        if action != READ or type_name in ROOTS:
            return True
        return holds(self.policies.plan(viewer).row(type_name), row, viewer.parameters)

    def _denied(self, kind: Kind, type_name: str, action: str, field: str) -> None:
        """What a denial tries does not depend on the row, so that it is worked out once."""
        places = {
            rule.place
            for rule in self.policies.rules
            if rule.name == "grant" and (rule.type(2), rule.literal(1)) == (type_name, action) and field in rule.fields
        }
        self.hidden.update((place, field) for place in places)
        self.told.add((type_name, field))
        mine = {way.alternative for way in self._ways(kind, type_name, action, field)}
        self.denied_by_row |= mine
        self.denied_by_viewer |= {alternative for alternative in self.kinds if alternative.place in places} - mine

    def _having(self, kind: Kind, type_name: str, action: str, field: str) -> tuple[Way, ...]:
        """The alternatives that a kind of viewer has to get this field."""
        return tuple(way for way in self.alternatives.ways(kind, type_name, action) if field in way.rule.fields)


_watchers: list[Coverage] = []


@contextmanager
def watching(coverage: Coverage) -> Iterator[None]:
    """Tell this one of every decision that is asked for from now on."""
    _watchers.append(coverage)
    try:
        yield
    finally:
        _watchers.remove(coverage)


def watched() -> bool:
    """Whether somebody wants to know what is decided on, so that nothing needs to be decided twice."""
    return bool(_watchers)


def asked(viewer: Viewer, action: str, row: object, field: str) -> None:
    """Decision tables say here what they decide on, before the row changes."""
    for coverage in _watchers:
        coverage.decide(viewer, action, row, field)
