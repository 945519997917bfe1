"""Why a viewer may or may not: the rule that decides, what each rule asks for, and who else would be allowed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policies.condition import ROW, TRUE, Condition, all_of, any_of, implies, names_viewer, some, walk
from policies.condition.truth import conjuncts
from policies.grant import CLEAR, READ, ROOTS, Grant, action_of
from policies.registry import Relation, attributes
from policies.rule import Rule
from policies.scope import canonical
from policies.viewer import Kind, all_kinds
from policies.wording import needs, noun, sentence

if TYPE_CHECKING:
    from policies.plan import AccessPlan


OUTER = "outer"
"""Stands for the row from which another one was reached."""


@dataclass(frozen=True, slots=True)
class Need:
    """Something that a rule asks of the viewer, and whether viewers of the kind meet it."""

    text: str
    met: bool


@dataclass(frozen=True, slots=True)
class Part:
    """Something that has to hold of the row."""

    text: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class Way:
    """A rule that grants: what it asks of the viewer, and all that has to hold of the row, one by one."""

    grant: Grant
    needs: tuple[Need, ...]
    parts: tuple[Part, ...]

    @property
    def open(self) -> bool:
        """Whether viewers of the kind may take it, for the rows for which it holds."""
        return all(need.met for need in self.needs)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer for a kind of viewer; with `conditional`, it holds for the rows that meet `condition`.

    `rule` is the one that grants, or else the one that says why not; `mask` is None for a value in clear. `ways` has
    every rule that grants it to anybody, the ones that are open to this kind first.
    """

    allowed: bool
    conditional: bool
    condition: Condition
    mask: str | None
    reason: str
    promise: str
    rule: Rule | None
    would_grant: tuple[str, ...]
    ways: tuple[Way, ...]


def explain(plan: "AccessPlan", action: str, type_name: str, field: str) -> Explanation:
    """Which rule decides on a field (or, with the field's name as action, on a deed)."""
    if type_name in plan.policies.carriers:
        return _of_carrier(plan, type_name)
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
        ways=_ways(plan, action, type_name, field),
    )


def _of_carrier(plan: "AccessPlan", type_name: str) -> Explanation:
    """A type that holds no row has nothing to withhold: it carries what other rules decided."""
    rule = next(r for r in plan.policies.rules if r.name == "carrier" and r.literal(0) == type_name)
    return Explanation(True, False, TRUE, None, rule.literal(1) or "", "", rule, (), ())


def _deciding(plan: "AccessPlan", action: str, type_name: str, field: str) -> Grant | None:
    return next(iter(plan.grants(type_name, field, action_of(type_name, action))), None)


def _allowed(plan: "AccessPlan", action: str, type_name: str, field: str, *, clear: bool = False) -> Condition:
    """Where the viewer may do it at all, or (with `clear`) see it without a mask."""
    grants = plan.grants(type_name, field, action_of(type_name, action))
    found = any_of(grant.condition for grant in grants if grant.mask == CLEAR or not clear)
    return _on_row(plan, action, type_name, found)


def _on_row(plan: "AccessPlan", action: str, type_name: str, condition: Condition) -> Condition:
    """A field is read only where the row itself is seen."""
    return all_of((plan.row(type_name), condition)) if action == READ and type_name not in ROOTS else condition


def _ways(plan: "AccessPlan", action: str, type_name: str, field: str) -> tuple[Way, ...]:
    """Each rule that grants it, once for each least kind of viewer that it grants it to."""
    found: list[Way] = []
    for rule, kinds in _granting(plan, action, type_name, field).items():
        for kind in (k for k in kinds if not any(_less(other, k) for other in kinds)):
            wanted = [Need(text, _has(plan.kind, least)) for text, least in needs(kind)]
            mine = plan if all(need.met for need in wanted) else plan.policies.plan(kind)
            grant = _of_rule(mine, action, type_name, field, rule)
            if grant is None:
                wanted.append(Need("the viewer is nothing besides", met=False))
                mine = plan.policies.plan(kind)
                grant = _of_rule(mine, action, type_name, field, rule)
            assert grant is not None
            found.append(Way(grant, tuple(wanted), tuple(_parts(mine, action, type_name, grant))))
    return tuple(sorted(found, key=lambda way: (sum(not need.met for need in way.needs), way.grant.strength)))


def _parts(plan: "AccessPlan", action: str, type_name: str, grant: Grant) -> Iterator[Part]:
    row = _on_row(plan, action, type_name, TRUE)
    if not implies(grant.condition, row):
        yield Part(f"the viewer sees the {noun(type_name)}", row)
    known = dict(_readings(plan, type_name, grant.rule))
    for condition in conjuncts(grant.condition):
        yield Part(known.get(condition) or sentence(condition, type_name), condition)


def _readings(plan: "AccessPlan", type_name: str, rule: Rule) -> Iterator[tuple[Condition, str]]:
    """What a rule's `reads(viewer, row.relation, "field")` come to, and how they are said."""
    for relation, field in rule.reads:
        found = attributes(type_name).get(relation)
        if isinstance(found, Relation):
            clear = any_of(g.condition for g in plan.grants(found.target, field) if g.mask == CLEAR)
            read = some("r1", ROW, relation, canonical(clear, {ROW: "r1", OUTER: ROW}))
            yield read, f"the viewer reads the {noun(found.target)}'s {field}"


def _of_rule(plan: "AccessPlan", action: str, type_name: str, field: str, rule: Rule) -> Grant | None:
    grants = plan.grants(type_name, field, action_of(type_name, action))
    return next((grant for grant in grants if grant.rule == rule), None)


def _granting(plan: "AccessPlan", action: str, type_name: str, field: str) -> dict[Rule, list[Kind]]:
    """The kinds of viewers to whom each rule grants it, the plan's own among them."""
    found: dict[Rule, list[Kind]] = {}
    for kind in all_kinds():
        for grant in plan.policies.plan(kind).grants(type_name, field, action_of(type_name, action)):
            found.setdefault(grant.rule, []).append(kind)
    return found


def _less(kind: Kind, other: Kind) -> bool:
    """Whether viewers of the other kind are all that those of this kind are, and more."""
    return kind != other and _has(other, kind)


def _has(kind: Kind, wanted: Kind) -> bool:
    if wanted.name == "Anonymous":
        return True
    ties = (not wanted.staff or kind.staff) and (not wanted.recipient or kind.recipient)
    purpose = wanted.purpose in (None, kind.purpose)
    return kind.name == wanted.name and ties and purpose and set(wanted.roles) <= set(kind.roles)


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
    """The kinds of members, the ones without a platform role first, recipients last; staff only without one."""
    members = [kind for kind in all_kinds() if kind.name == "Member" and not (kind.staff and kind.roles)]
    return sorted(members, key=lambda kind: (kind.recipient, bool(kind.roles)))


def _lesser(kind: Kind) -> Iterator[Kind]:
    """The kinds that have a part of what this one has."""
    if kind.roles or kind.staff:
        yield Kind("Member")
    if kind != kind.plain:
        yield kind.plain


def _sentence(kind: Kind) -> str:
    if not kind.roles:
        return "working for an organisation" if kind.staff else "being signed in"
    purpose = f" with purpose {kind.purpose.value}" if kind.purpose else ""
    return f"role {kind.roles[0].value}{purpose}"


def _tie(kind: Kind, condition: Condition, type_name: str) -> str:
    """How a viewer has to be tied to the row."""
    texts = [part.text for part in walk(condition) if names_viewer(part)]
    if kind.recipient:
        return "managing an organisation to which it is disclosed"
    if kind.staff:
        return "working for an organisation that it concerns"
    if any("author_id = " in text for text in texts):
        return "being its author"
    if any(" != viewer." in text for text in texts):
        return "being signed in, and not its author"
    return "being that person" if type_name == "Account" else "being the person whose it is"
