"""Why a viewer may or may not: the rule that decides, and who else would be allowed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policies.condition import Condition, all_of, any_of, implies, names_viewer, walk
from policies.grant import CLEAR, READ, ROOTS, Grant, action_of
from policies.rule import Rule
from policies.viewer import Kind, all_kinds

if TYPE_CHECKING:
    from policies.plan import AccessPlan


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer for a kind of viewer; with `conditional`, it holds for the rows that meet `condition`.

    `rule` is the one that grants, or else the one that says why not; `mask` is None for a value in clear.
    """

    allowed: bool
    conditional: bool
    condition: Condition
    mask: str | None
    reason: str
    promise: str
    rule: Rule | None
    would_grant: tuple[str, ...]


def explain(plan: "AccessPlan", action: str, type_name: str, field: str) -> Explanation:
    """Which rule decides on a field (or, with the field's name as action, on a deed)."""
    condition = _allowed(plan, action, type_name, field)
    grant = _deciding(plan, action, type_name, field) if not condition.is_false else None
    reason = grant.reason if grant else plan.denial(type_name, field)
    return Explanation(
        allowed=grant is not None,
        conditional=grant is not None and not condition.is_true,
        condition=condition,
        mask=grant.mask if grant and grant.mask != CLEAR else None,
        reason=reason,
        promise=plan.promise(reason),
        rule=grant.rule if grant else plan.policies.withholding(type_name, field),
        would_grant=tuple(_would_grant(plan, action, type_name, field)),
    )


def _deciding(plan: "AccessPlan", action: str, type_name: str, field: str) -> Grant | None:
    return next(iter(plan.grants(type_name, field, action_of(type_name, action))), None)


def _allowed(plan: "AccessPlan", action: str, type_name: str, field: str, *, clear: bool = False) -> Condition:
    """Where the viewer may do it at all, or (with `clear`) see it without a mask."""
    grants = plan.grants(type_name, field, action_of(type_name, action))
    found = any_of(grant.condition for grant in grants if grant.mask == CLEAR or not clear)
    return all_of((plan.row(type_name), found)) if action == READ and type_name not in ROOTS else found


def _would_grant(plan: "AccessPlan", action: str, type_name: str, field: str) -> Iterator[str]:
    """Short sentences that complete "would be granted by": each gives more than this viewer and lesser kinds have."""

    def clear(kind: Kind) -> Condition:
        return _allowed(plan.policies.plan(kind), action, type_name, field, clear=True)

    mine = clear(plan.kind)
    if mine.is_true:
        return
    mine = clear(Kind("Anonymous")) if names_viewer(mine) else mine
    for kind in _others():
        theirs = clear(kind)
        lesser = any_of([mine, *map(clear, _lesser(kind))])
        if not implies(theirs, lesser):
            yield _sentence(kind) if kind.roles or not names_viewer(theirs) else _tie(kind, theirs, type_name)


def _others() -> list[Kind]:
    """The kinds of members, the ones without a platform role first; staff only without one."""
    members = [kind for kind in all_kinds() if kind.name == "Member" and not (kind.staff and kind.roles)]
    return sorted(members, key=lambda kind: bool(kind.roles))


def _lesser(kind: Kind) -> Iterator[Kind]:
    if kind.roles or kind.staff:
        yield Kind("Member")
    if kind.purpose:
        yield Kind("Member", kind.roles)


def _sentence(kind: Kind) -> str:
    if not kind.roles:
        return "working for an organisation" if kind.staff else "being signed in"
    purpose = f" with purpose {kind.purpose.value}" if kind.purpose else ""
    return f"role {kind.roles[0].value}{purpose}"


def _tie(kind: Kind, condition: Condition, type_name: str) -> str:
    """How a viewer has to be tied to the row."""
    texts = [part.text for part in walk(condition) if names_viewer(part)]
    if kind.staff:
        return "working for an organisation that it concerns"
    if any("author_id = " in text for text in texts):
        return "being its author"
    if any(" != viewer." in text for text in texts):
        return "being signed in, and not its author"
    return "being that person" if type_name == "Account" else "being the person whose it is"
