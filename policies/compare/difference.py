"""What each kind of viewer gains or loses between two versions of the policies, by field and condition."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policies.compare.normal import entails, gained
from policies.condition import TRUE, Condition, all_of, any_of
from policies.grant import CLEAR, READ, ROOTS, action_of
from policies.plan import AccessPlan, Policies
from policies.viewer import Kind, all_kinds

VISITOR = Kind("Anonymous")


@dataclass(frozen=True, slots=True)
class Difference:
    """A kind of viewer gets a field of other rows than before, in clear or (with `mask`) under a mask.

    With another `action` than `read` it is a deed, not a field. `gained` and `lost` say where; one of them may be
    FALSE. `private` tells that something is gained which a visitor does not get.
    """

    kind: Kind
    type: str
    action: str
    field: str
    mask: str
    before: Condition
    after: Condition
    gained: Condition
    lost: Condition
    private: bool

    @property
    def name(self) -> str:
        """The field as it is called in texts, e.g. `Story.postcode`; a deed is written with brackets."""
        return f"{self.type}.{self.field}" + ("" if self.action == READ else "()")


def differences(before: Policies, after: Policies, kinds: Iterable[Kind] = ()) -> list[Difference]:
    """All differences for these kinds of viewers (by default all that policies tell apart), in a stable order.

    What can't be seen from the conditions' form is reported as a difference, never left out.
    """
    named = sorted(_named(before) | _named(after))
    return [
        found
        for kind in tuple(kinds) or all_kinds()
        for type_name, action, field in named
        for found in of_field(before, after, kind, type_name, action, field)
    ]


def gains_private(found: Iterable[Difference]) -> bool:
    """Whether anybody gains a private field."""
    return any(difference.private for difference in found)


def of_field(
    before: Policies, after: Policies, kind: Kind, type_name: str, action: str, field: str
) -> Iterator[Difference]:
    """The differences of one field (or deed) for one kind of viewer: at most one for each mask, and one in clear."""
    old, new = before.plan(kind), after.plan(kind)
    for mask in _masks(old, new, type_name, action, field):
        was, now = (_level(plan, type_name, action, field, mask) for plan in (old, new))
        if was == now:
            continue
        better_was, better_now = (_at_least(plan, type_name, action, field, mask) for plan in (old, new))
        more, less = gained(better_was, now, type_name), gained(better_now, was, type_name)
        if not more.is_false or not less.is_false:
            private = action == READ and not entails(more, _public(before, after, type_name, field), type_name)
            yield Difference(kind, type_name, action, field, mask, was, now, more, less, private)


def _named(policies: Policies) -> set[tuple[str, str, str]]:
    """Each field that some rule grants, as type, action and field; roots are `call`ed."""
    grants = (rule for rule in policies.rules if rule.name == "grant")
    return {(rule.type(2) or "", rule.literal(1) or "", field) for rule in grants for field in rule.fields}


def _masks(old: AccessPlan, new: AccessPlan, type_name: str, action: str, field: str) -> list[str]:
    """In clear first."""
    grants = [grant for plan in (old, new) for grant in plan.grants(type_name, field, action)]
    return sorted({grant.mask for grant in grants}, key=lambda mask: (mask != CLEAR, mask))


def _level(plan: AccessPlan, type_name: str, action: str, field: str, mask: str) -> Condition:
    """Where the field is granted under a mask, in a row that is seen."""
    granted = any_of(g.condition for g in plan.grants(type_name, field, action) if g.mask == mask)
    return all_of((_row(plan, type_name, action), granted))


def _at_least(plan: AccessPlan, type_name: str, action: str, field: str, mask: str) -> Condition:
    """The same, or in clear."""
    return any_of(_level(plan, type_name, action, field, level) for level in (CLEAR, mask))


def _row(plan: AccessPlan, type_name: str, action: str) -> Condition:
    return plan.row(type_name) if action == READ and type_name not in ROOTS else TRUE


def _public(before: Policies, after: Policies, type_name: str, field: str) -> Condition:
    """Where a visitor gets the field: before; or from now on, where the field is new."""
    known = (type_name, action_of(type_name, READ), field) in _named(before)
    plan = (before if known else after).plan(VISITOR)
    return _level(plan, type_name, READ, field, CLEAR)
