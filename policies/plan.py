"""Access plans: what a kind of viewer may do, as conditions on rows."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType

from policies.condition import FALSE, TRUE, Condition, all_of, any_of, implies, names_viewer
from policies.error import PolicyError
from policies.explanation import Explanation, explain
from policies.expression import PartialRow
from policies.grant import CALL, CLEAR, READ, ROOTS, ROW_FIELD, Case, Grant, action_of
from policies.lint import coverage_problems, rule_problems
from policies.oso_engine import Engine
from policies.registry import CONCEPTS
from policies.rule import Rule, rules_of
from policies.translate import translate
from policies.viewer import Kind, Viewer

__all__ = ["ROW_FIELD", "AccessPlan", "Case", "Grant", "Policies"]

FOLDER = Path(__file__).parent
NOTHING = "P10 This is not shown to you."


class AccessPlan:
    """All that one kind of viewer may do. Answers are worked out on first use and kept."""

    def __init__(self, policies: "Policies", kind: Kind) -> None:
        self.policies = policies
        self.kind = kind
        self._granted = cache(self._ask)
        self.row: Callable[[str], Condition] = cache(self._row)
        self.condition: Callable[[str, str], Condition] = cache(self._condition)
        self.shown: Callable[[str, str], Condition] = cache(self._shown)
        self.cases: Callable[[str, str], tuple[Case, ...]] = cache(self._cases)

    def __repr__(self) -> str:
        return f"AccessPlan({self.kind})"

    def grants(self, type_name: str, field: str, action: str = READ) -> tuple[Grant, ...]:
        """The grants of a field, one per mask and reason: clear ones first, then those that hold for more viewers."""
        return self._granted(type_name, action_of(type_name, action)).get(field, ())

    def _row(self, type_name: str) -> Condition:
        """Which rows of a type are there at all for this viewer."""
        if type_name in ROOTS:
            return TRUE
        return any_of(grant.condition for grant in self.grants(type_name, ROW_FIELD.get(type_name, "id")))

    def _condition(self, type_name: str, field: str) -> Condition:
        """Where a field may be read in clear: what filters, orders, counts and cursors have to hold to."""
        return all_of((self.row(type_name), self._clear(type_name, field)))

    def _clear(self, type_name: str, field: str) -> Condition:
        return any_of(grant.condition for grant in self.grants(type_name, field) if grant.mask == CLEAR)

    def _cases(self, type_name: str, field: str) -> tuple[Case, ...]:
        """How a field of a *visible* row is shown: clear where that holds, else under the first mask that does.

        A case that holds for every visible row is TRUE; a field that is shown in no case is denied.
        """
        masks = dict.fromkeys(grant.mask for grant in self.grants(type_name, field))
        found: list[Case] = []
        for mask in masks:
            holds = any_of(g.condition for g in self.grants(type_name, field) if g.mask == mask)
            if implies(self.row(type_name), holds):
                return (*found, Case(mask, TRUE))
            if not any(implies(holds, earlier.condition) for earlier in found):
                found.append(Case(mask, holds))
        return tuple(found)

    def action(self, type_name: str, action: str) -> Condition:
        """Where this viewer may do something with a row, e.g. `withdraw` a Story; FALSE where nobody may."""
        found = self.grants(type_name, action, action)
        return any_of(grant.condition for grant in found) if found else FALSE

    def may_call(self, root: str, field: str) -> bool:
        """Whether this viewer may use a field of a root (`Query`, say) at all."""
        return any(grant.condition.is_true for grant in self.grants(root, field, CALL))

    def denial(self, type_name: str, field: str) -> str:
        """What is said where a field (or an action) is denied; begins with the promise."""
        return self.policies.withheld.get((type_name, field), NOTHING)

    def mask_reason(self, type_name: str, field: str, mask: str) -> str:
        """Why a field is shown under a mask; empty where it is shown in clear."""
        reasons = (grant.reason for grant in self.grants(type_name, field) if grant.mask == mask != CLEAR)
        return next(reasons, "")

    @staticmethod
    def promise(reason: str) -> str:
        """The id of the promise that a reason begins with."""
        return reason.split(" ", 1)[0]

    def audited(self, type_name: str, field: str) -> bool:
        """Whether some reading of this field is owed to the purpose of use, so that it must be on the audit log."""
        if self.kind.purpose is None:
            return False
        without = self.policies.plan(Kind(self.kind.name, self.kind.roles, self.kind.staff))
        known = without.shown(type_name, field)
        return any(not implies(case.condition, known) for case in self.everywhere(type_name, field))

    def _shown(self, type_name: str, field: str) -> Condition:
        """Where a field is shown at all, clear or masked."""
        return all_of((self.row(type_name), any_of(grant.condition for grant in self.grants(type_name, field))))

    def everywhere(self, type_name: str, field: str) -> tuple[Case, ...]:
        """The cases of a field, each with all that has to hold of the row."""
        return tuple(Case(mask, all_of((self.row(type_name), c))) for mask, c in self.cases(type_name, field))

    def public(self, type_name: str, field: str) -> bool:
        """Whether the same rows and values are shown to every viewer of this kind."""
        return not any(names_viewer(part) for part in (self.row(type_name), self.shown(type_name, field)))

    def explain(self, action: str, type_name: str, field: str) -> Explanation:
        """Which rule decides on a field or an action, and who else would be allowed."""
        return explain(self, action, type_name, field)

    def _ask(self, type_name: str, action: str) -> Mapping[str, tuple[Grant, ...]]:
        """All grants of a type, by field, from one partial evaluation."""
        if type_name not in CONCEPTS:
            return {}
        merged: dict[tuple[str, str, str], list[Condition]] = {}
        for row in self.policies.engine.partials(self.kind, action, type_name):
            condition = translate(row.expression, type_name, self._clear)
            for key in _keys(row):
                merged.setdefault(key, []).append(condition)
        found: dict[str, list[Grant]] = {}
        for (field, mask, reason), conditions in merged.items():
            rule = self.policies.rule(type_name, action, field, mask, reason)
            found.setdefault(field, []).append(Grant(field, mask, reason, any_of(conditions), rule))
        return {field: tuple(sorted(grants, key=attrgetter("strength"))) for field, grants in found.items()}


def _keys(row: PartialRow) -> Iterable[tuple[str, str, str]]:
    return ((field, row.mask, row.reason) for field in row.fields)


class Policies:
    """The policy files, loaded, and the plans made from them."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """`texts` are the contents of policy files by name; raises PolicyError where they can't be loaded."""
        self.texts = MappingProxyType(dict(sorted(texts.items())))
        self.engine = Engine(self.texts)
        self._plan = cache(lambda kind: AccessPlan(self, kind))

    @classmethod
    def load(cls, folder: Path = FOLDER, fields: Mapping[str, Mapping[str, bool]] | None = None) -> "Policies":
        """The policies of a folder; raises PolicyError with every problem that can be found.

        `fields` are the API's types with their fields, and whether each may be null; without them only Polar looks.
        """
        texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.polar"))}
        return cls(texts) if fields is None else cls.checked(texts, fields)

    @classmethod
    def checked(cls, texts: Mapping[str, str], fields: Mapping[str, Mapping[str, bool]]) -> "Policies":
        """The policies of these texts, linted against the API's fields."""
        if problems := rule_problems(rules_of(texts), fields):
            raise PolicyError(problems)
        policies = cls(texts)
        if problems := coverage_problems(policies, fields):
            raise PolicyError(problems)
        return policies

    def plan(self, viewer: Viewer | Kind) -> AccessPlan:
        """The plan of a kind of viewer, made once."""
        return self._plan(viewer if isinstance(viewer, Kind) else viewer.kind)

    @property
    def rules(self) -> tuple[Rule, ...]:
        return self.engine.rules

    @cached_property
    def hash(self) -> str:
        """Changes whenever a policy does (64 hexadecimal digits)."""
        digest = hashlib.sha256()
        for name, text in self.texts.items():
            digest.update(f"{name}\0{len(text)}\0{text}".encode())
        return digest.hexdigest()

    @cached_property
    def withheld(self) -> Mapping[tuple[str, str], str]:
        """Why each field is denied where it is."""
        return {
            (rule.literal(0) or "", field): rule.literal(2) or NOTHING
            for rule in self.rules
            if rule.name == "withheld"
            for field in rule.fields
        }

    def withholding(self, type_name: str, field: str) -> Rule | None:
        """The rule that says why a field (or an action) is denied."""
        named = (rule for rule in self.rules if rule.name == "withheld" and rule.literal(0) == type_name)
        return next((rule for rule in named if field in rule.fields), None)

    @cached_property
    def carriers(self) -> frozenset[str]:
        """Types that hold no row, only what other rules decided."""
        return frozenset(rule.literal(0) or "" for rule in self.rules if rule.name == "carrier")

    def rule(self, type_name: str, action: str, field: str, mask: str, reason: str) -> Rule:
        """The first rule that grants this."""
        return self._grant_rules[type_name, action, field, mask, reason]

    @cached_property
    def _grant_rules(self) -> Mapping[tuple[str, ...], Rule]:
        found: dict[tuple[str, ...], Rule] = {}
        for rule in self.rules:
            if rule.name != "grant":
                continue
            head = (rule.type(2) or "", rule.literal(1) or "")
            for field in rule.fields:
                found.setdefault((*head, field, rule.literal(4) or "", rule.literal(5) or ""), rule)
        return found
