"""Audiences: which kinds of viewers read a field, said once for each kind that reads more than the lesser ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from policies.condition import Compare, Condition, Const, In, Path, any_of, implies, names_viewer, walk
from policies.grant import CLEAR, Grant
from policies.plan import Policies
from policies.viewer import Kind, all_kinds

SHOWN = {"PUBLISHED", "RESTRICTED"}
"""The states of what everybody may see."""


class Who(StrEnum):
    """Whom the privacy notice tells apart, beside the platform roles, which go by their own names."""

    EVERYONE = "EVERYONE"
    ONCE_PUBLISHED = "ONCE_PUBLISHED"
    SOMETIMES = "SOMETIMES"
    YOU = "YOU"
    SIGNED_IN = "SIGNED_IN"
    STAFF = "STAFF"
    RECIPIENT = "RECIPIENT"


@dataclass(frozen=True, slots=True)
class Audience:
    """A kind of viewers that reads a field, in some rows at least, and the grants that let it.

    `who` is a `Who` or a platform role, `purpose` the purpose of use that has to be stated, `mask` None for in clear.
    """

    who: str
    purpose: str | None
    mask: str | None
    grants: tuple[Grant, ...]


def audiences(policies: Policies, type_name: str, field: str) -> Iterator[Audience]:
    """Who reads a field of a type; the public first, those who run the site last."""
    for kind in _kinds():
        for mask, condition in _shown(policies, kind, type_name, field):
            before = any_of(_covered(policies, less, type_name, field, mask) for less in _lesser(kind))
            if not condition.is_false and not implies(condition, before):
                grants = tuple(_new_grants(policies, kind, type_name, field, mask))
                shown_as = None if mask == CLEAR else mask
                yield Audience(_who(kind, condition), kind.purpose and kind.purpose.value, shown_as, grants)


def _kinds() -> list[Kind]:
    """Kinds that differ in one thing each; combinations of them read no more than both do."""
    found = [kind for kind in all_kinds() if kind.name != "System" and not (kind.staff and kind.roles)]
    return sorted(found, key=lambda kind: (kind.name != "Anonymous", bool(kind.roles), kind.recipient))


def _lesser(kind: Kind) -> Iterator[Kind]:
    if kind.name == "Anonymous":
        return
    yield Kind("Anonymous")
    if kind != Kind("Member"):
        yield Kind("Member")
    if kind != kind.plain:
        yield kind.plain


def _shown(policies: Policies, kind: Kind, type_name: str, field: str) -> Iterator[tuple[str, Condition]]:
    """The masks under which a kind reads the field, and where; clear ones first."""
    plan = policies.plan(kind)
    yield CLEAR, plan.condition(type_name, field)
    yield from (case for case in plan.everywhere(type_name, field) if case.mask != CLEAR)


def _covered(policies: Policies, kind: Kind, type_name: str, field: str, mask: str) -> Condition:
    """Where a kind reads as much of the field as this mask shows."""
    plan = policies.plan(kind)
    return plan.condition(type_name, field) if mask == CLEAR else plan.shown(type_name, field)


def _new_grants(policies: Policies, kind: Kind, type_name: str, field: str, mask: str) -> Iterator[Grant]:
    """The grants under a mask that no lesser kind has already."""
    known = {grant.reason for less in _lesser(kind) for grant in policies.plan(less).grants(type_name, field)}
    own = [grant for grant in policies.plan(kind).grants(type_name, field) if grant.mask == mask]
    yield from [grant for grant in own if grant.reason not in known] or own


def _who(kind: Kind, condition: Condition) -> str:
    if kind.name == "Anonymous":
        return _public(condition)
    if kind.roles:
        return kind.roles[0].value
    if kind.recipient:
        return Who.RECIPIENT
    if kind.staff:
        return Who.STAFF
    return Who.YOU if names_viewer(condition) else Who.SIGNED_IN


def _public(condition: Condition) -> Who:
    if condition.is_true:
        return Who.EVERYONE
    return Who.ONCE_PUBLISHED if any(map(_is_published, walk(condition))) else Who.SOMETIMES


def _is_published(condition: Condition) -> bool:
    match condition:
        case In(Path(_, "status"), values):
            return SHOWN.issuperset(values)
        case Compare("=", Path(_, "status"), Const(value)):
            return value in SHOWN
    return False
