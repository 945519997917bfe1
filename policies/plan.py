"""Access plans: what a kind of viewer may do, as conditions on rows."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property, partial
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType

from models.disclosure import DISCLOSABLE
from policies.condition import FALSE, TRUE, Condition, all_of, any_of, implies, names_viewer
from policies.error import PolicyError
from policies.explanation import Explanation, explain
from policies.expression import PartialRow
from policies.grant import CALL, CLEAR, READ, ROOTS, ROW_FIELD, Case, Grant, action_of
from policies.hint import hint
from policies.lint import coverage_problems, rule_problems
from policies.oso_engine import Engine
from policies.registry import CONCEPTS
from policies.rule import Rule, rules_of
from policies.translate import translate
from policies.viewer import Kind, Viewer, all_kinds

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
        self._explained: Callable[[str, str, str], Explanation] = cache(partial(explain, self))

    def __repr__(self) -> str:
        return f"AccessPlan({self.kind})"

    def grants(self, type_name: str, field: str, action: str = READ) -> tuple[Grant, ...]:
        """The grants of a field, one per rule: clear ones first, then those that hold for more viewers."""
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
        return self.policies.withheld.get((type_name, field), NOTHING) + hint(self, type_name, field)

    def mask_reason(self, type_name: str, field: str, mask: str) -> str:
        """Why a field is shown under a mask; empty where it is shown in clear."""
        reasons = (grant.reason for grant in self.grants(type_name, field) if grant.mask == mask != CLEAR)
        return next(reasons, "")

    @staticmethod
    def promise(reason: str) -> str:
        """The id of the promise that a reason begins with."""
        return reason.split(" ", 1)[0]

    def audited(self, type_name: str, field: str) -> bool:
        """Whether some reading of this field is owed to the purpose of use, or to a disclosure that names it.

        Then it must be on the audit log.
        """
        return bool(self.owed(type_name, field))

    def owed(self, type_name: str, field: str) -> tuple[Grant, ...]:
        """The grants of a field that are owed to the purpose of use, or to a disclosure that names it."""
        if self.kind == self.kind.plain:
            return ()
        row, known = self.row(type_name), self.policies.plan(self.kind.plain).shown(type_name, field)
        new = (grant for grant in self.grants(type_name, field) if not implies(all_of((row, grant.condition)), known))
        # What comes with a story that is told, but was not chosen for it, is no more private than to a provider.
        others = self.policies.plan(self.kind.undisclosed).grants(type_name, field)
        places = {grant.rule.place for grant in others}
        return tuple(grant for grant in new if grant.named or grant.rule.place in places)

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
        return self._explained(action, type_name, field)

    def _ask(self, type_name: str, action: str) -> Mapping[str, tuple[Grant, ...]]:
        """All grants of a type, by field, from one partial evaluation."""
        if type_name not in CONCEPTS:
            return {}
        merged: dict[tuple[str, str, str, str], list[Condition]] = {}
        for row in self.policies.engine.partials(self.kind, action, type_name):
            condition = translate(row.expression, type_name, self._clear)
            for key in _keys(row):
                merged.setdefault(key, []).append(condition)
        found: dict[str, list[Grant]] = {}
        for (field, mask, reason, place), conditions in merged.items():
            rule = self.policies.placed[place]
            found.setdefault(field, []).append(Grant(field, mask, reason, any_of(conditions), rule))
        return {field: tuple(sorted(grants, key=attrgetter("strength"))) for field, grants in found.items()}


def _keys(row: PartialRow) -> Iterable[tuple[str, str, str, str]]:
    return ((field, row.mask, row.reason, row.place) for field in row.fields)


class Policies:
    """The policy files, loaded, and the plans made from them."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """`texts` are the contents of policy files by name; raises PolicyError where they can't be loaded."""
        self.texts = MappingProxyType(dict(sorted(texts.items())))
        self.engine = Engine(self.texts)
        self._plan = cache(lambda kind: AccessPlan(self, kind))
        self._accountable = cache(self._is_accountable)

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

    def accountable(self, type_name: str, field: str) -> bool:
        """Whether some viewer is shown this field only for a purpose or by a disclosure, so that attempts count too."""
        return self._accountable(type_name, field)

    def _is_accountable(self, type_name: str, field: str) -> bool:
        stated = (kind for kind in all_kinds() if kind.purpose is not None)
        return f"{type_name}.{field}" in DISCLOSABLE or any(self.plan(k).audited(type_name, field) for k in stated)

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

    @cached_property
    def actions(self) -> Mapping[str, tuple[str, ...]]:
        """What else than reading and calling there are rules about, by type."""
        found: dict[str, list[str]] = {}
        for rule in self.rules:
            action = rule.literal(1)
            if rule.name == "grant" and action and action not in (READ, CALL):
                found.setdefault(rule.type(2) or "", []).append(action)
        return {type_name: tuple(dict.fromkeys(listed)) for type_name, listed in found.items()}

    @cached_property
    def placed(self) -> Mapping[str, Rule]:
        """The rules by where they stand."""
        return {rule.place: rule for rule in self.rules}
