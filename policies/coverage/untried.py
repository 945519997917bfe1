"""What no decision table tries."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policies.condition import Condition, any_of
from policies.coverage.alternative import Alternative
from policies.coverage.mark import helpers
from policies.coverage.tally import Coverage
from policies.grant import READ, ROOTS
from policies.plan import Policies
from policies.rule import Rule
from policies.viewer import Kind, all_kinds

ALTERNATIVE, GRANT, RULE, REASON = "alternative", "grant", "rule", "reason"


@dataclass(frozen=True, slots=True)
class Untried:
    """Something of a rule that no table decides on: what it is, and what is missing."""

    sort: str
    place: str
    what: str
    missing: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}: {self.missing}"


@dataclass(frozen=True, slots=True)
class Result:
    """How many cases there should be of each sort, and the ones that are missing."""

    wanted: dict[str, int]
    missing: tuple[Untried, ...]

    @property
    def percent(self) -> float:
        """Of all cases that should be there, rounded down, so that 100 means all."""
        wanted = sum(self.wanted.values())
        return (wanted - len(self.missing)) * 1000 // wanted / 10 if wanted else 100.0


def untried(coverage: Coverage) -> Result:
    """What the decisions so far leave untried.

    An alternative is wanted allowed; denied for a row, to a viewer of a kind that has it; and denied to a viewer of
    another kind. Each field of a rule is wanted allowed and denied, each rule that others call in use, each reason of a
    denial told. What can't be denied to anybody is not wanted denied.
    """
    checks = (
        (ALTERNATIVE, _alternatives(coverage)),
        (GRANT, _grants(coverage)),
        (RULE, _helpers(coverage)),
        (REASON, _reasons(coverage)),
    )
    wanted: dict[str, int] = {}
    missing: list[Untried] = []
    for sort, found in checks:
        for place, what, lacks, tried in found:
            wanted[sort] = wanted.get(sort, 0) + 1
            if not tried:
                missing.append(Untried(sort, place, what, lacks))
    return Result(wanted, tuple(missing))


Check = tuple[str, str, str, bool]
"""Where the rule stands, what it is about, what is missing unless it was tried, and whether it was."""


def _alternatives(coverage: Coverage) -> Iterator[Check]:
    for alternative, kinds in coverage.kinds.items():
        rule = coverage.policies.placed[alternative.place]
        what = _described(alternative, rule)
        yield rule.place, what, "no case allows it", alternative in coverage.allowed
        others = set(all_kinds()) - kinds
        if _deniable(coverage.policies, rule, kinds, rule.fields):
            tried = alternative in coverage.denied_by_row
            yield rule.place, what, "no case denies it to such a viewer, for the row", tried
        if _deniable(coverage.policies, rule, others, rule.fields):
            tried = alternative in coverage.denied_by_viewer
            yield rule.place, what, "no case denies it to another kind of viewer", tried


def _described(alternative: Alternative, rule: Rule) -> str:
    text = str(alternative).removeprefix(rule.place).removeprefix(",").strip()
    return f"{rule.type(2)} {rule.literal(1)}{' ' if text else ''}{text}"


def _grants(coverage: Coverage) -> Iterator[Check]:
    for rule in coverage.policies.rules:
        for field in rule.fields if rule.name == "grant" else ():
            mask = rule.literal(4)
            what = f"{rule.type(2)}.{field}" + ("" if rule.literal(1) == READ else "()") + f" ({mask})"
            yield rule.place, what, "no case allows it", (rule.place, field) in coverage.shown
            if _deniable(coverage.policies, rule, all_kinds(), [field]):
                yield rule.place, what, "no case denies it", (rule.place, field) in coverage.hidden


def _helpers(coverage: Coverage) -> Iterator[Check]:
    used = {place for alternative in coverage.allowed for place in alternative.through}
    for rule in helpers(coverage.policies.rules).values():
        yield rule.place, rule.name, "no allowed case comes through it", rule.place in used


def _reasons(coverage: Coverage) -> Iterator[Check]:
    for rule in coverage.policies.rules:
        for field in rule.fields if rule.name == "withheld" else ():
            told = (rule.literal(0) or "", field) in coverage.told
            yield rule.place, f"withheld {rule.literal(0)}.{field}", "no case is denied for it", told


def _deniable(policies: Policies, rule: Rule, kinds: Iterable[Kind], fields: Iterable[str]) -> bool:
    """Whether some viewer of these kinds is denied one of the fields, on some row."""
    return any(not _whole(policies, rule, kind, field).is_true for field in fields for kind in kinds)


def _whole(policies: Policies, rule: Rule, kind: Kind, field: str) -> Condition:
    """Where a kind of viewer has a field of the rule's type, by whichever rule."""
    plan, type_name, action = policies.plan(kind), rule.type(2) or "", rule.literal(1) or ""
    if action == READ and type_name not in ROOTS:
        return plan.shown(type_name, field)
    return any_of(grant.condition for grant in plan.grants(type_name, field, action))
