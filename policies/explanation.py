"""Why a viewer may or may not: the rule that decides, and who else would be allowed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policies.condition import Condition, Some, all_of, any_of, implies, names_viewer, walk
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
    """Short sentences that complete "would be granted by": each adds rows that the ones before do not give."""
    known = _allowed(plan, action, type_name, field, clear=True)
    if known.is_true:
        return
    for kind in _others():
        theirs = _allowed(plan.policies.plan(kind), action, type_name, field, clear=True)
        if not kind.roles and names_viewer(theirs):
            yield from _ties(kind, theirs, type_name)
        elif not implies(theirs, known):
            yield _sentence(kind)
        known = any_of((known, theirs))


def _others() -> Iterator[Kind]:
    """The kinds of members, the ones with less first; staff only without other roles."""
    return (kind for kind in all_kinds() if kind.name == "Member" and not (kind.staff and kind.roles))


def _sentence(kind: Kind) -> str:
    if not kind.roles:
        return "working for an organisation" if kind.staff else "being signed in"
    purpose = f" with purpose {kind.purpose.value}" if kind.purpose else ""
    return f"role {kind.roles[0].value}{purpose}"


def _ties(kind: Kind, condition: Condition, type_name: str) -> Iterator[str]:
    """How a viewer has to be tied to the row."""
    if kind.staff:
        if any(isinstance(part, Some) and part.relation == "memberships" for part in walk(condition)):
            yield "working for an organisation that it concerns"
    elif any("author_id = " in part.text for part in walk(condition)):
        yield "being its author"
    elif any(" != viewer." in part.text for part in walk(condition)):
        yield "being signed in, and not its author"
    else:
        yield "being the person whose it is" if type_name != "Account" else "being that person"
