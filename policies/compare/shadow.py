"""A candidate for the policies beside the live ones: what would it change in the requests that come in?"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from policies.compare.difference import Difference, of_field
from policies.condition import Condition
from policies.grant import CALL, READ, ROW_FIELD, Case
from policies.plan import AccessPlan, Policies
from policies.viewer import Kind

Asked = tuple[str, str, str]
"""Type, action and field."""
Tell = Callable[[Difference, int], None]
"""Is told of a difference, and of how many requests since it was told of it last."""


class Watched(AccessPlan):
    """A live plan that remembers what it was asked."""

    def __init__(self, plan: AccessPlan) -> None:
        self.__dict__.update(plan.__dict__)
        self.asked: set[Asked] = set()
        self.row = self._row_noted(plan.row)
        self.condition = self._noted(plan.condition)
        self.shown = self._noted(plan.shown)
        self.cases: Callable[[str, str], tuple[Case, ...]] = self._cases_noted(plan.cases)

    def may_call(self, root: str, field: str) -> bool:
        """As the live plan says."""
        self.asked.add((root, CALL, field))
        return super().may_call(root, field)

    def action(self, type_name: str, action: str) -> Condition:
        """As the live plan says."""
        self.asked.add((type_name, action, action))
        return super().action(type_name, action)

    def _row_noted(self, answer: Callable[[str], Condition]) -> Callable[[str], Condition]:
        def noted(type_name: str) -> Condition:
            self.asked.add((type_name, READ, ROW_FIELD.get(type_name, "id")))
            return answer(type_name)

        return noted

    def _noted(self, answer: Callable[[str, str], Condition]) -> Callable[[str, str], Condition]:
        def noted(type_name: str, field: str) -> Condition:
            self.asked.add((type_name, READ, field))
            return answer(type_name, field)

        return noted

    def _cases_noted(self, answer: Callable[[str, str], tuple[Case, ...]]) -> Callable[[str, str], tuple[Case, ...]]:
        def noted(type_name: str, field: str) -> tuple[Case, ...]:
            self.asked.add((type_name, READ, field))
            return answer(type_name, field)

        return noted


@dataclass(slots=True, eq=False)
class Seen:
    """A difference, and how many requests showed it since it was told of last."""

    difference: Difference
    told: bool = False
    requests: int = 0


class Shadow:
    """Compares the plans of live and candidate policies for what is asked, and counts the requests that differ.

    Conditions are compared, once for each kind of viewer and field; rows never are, and no value is looked at. `tell`
    hears of a difference when it first shows, and from then on at most once each time `tell_all` is called.
    """

    def __init__(self, live: Policies, candidate: Policies, tell: Tell) -> None:
        self._live, self._candidate, self._tell = live, candidate, tell
        self._seen: dict[tuple[Kind, Asked], tuple[Seen, ...]] = {}

    def differing(self, plan: AccessPlan) -> tuple[Seen, ...]:
        """The differences in what a watched plan was asked."""
        if not isinstance(plan, Watched):
            return ()
        return tuple(seen for asked in sorted(plan.asked) for seen in self._of(plan.kind, asked))

    def count(self, found: Iterable[Seen]) -> None:
        """One more request in which these differ."""
        for seen in found:
            seen.requests += 1
            if not seen.told:
                self._tell_of(seen)

    def tell_all(self) -> None:
        """Tell of all requests since the last time."""
        for seen in [one for found in self._seen.values() for one in found]:
            if seen.requests:
                self._tell_of(seen)

    def _tell_of(self, seen: Seen) -> None:
        requests, seen.requests, seen.told = seen.requests, 0, True
        self._tell(seen.difference, requests)

    def _of(self, kind: Kind, asked: Asked) -> tuple[Seen, ...]:
        key = (kind, asked)
        if key not in self._seen:
            self._seen[key] = tuple(map(Seen, of_field(self._live, self._candidate, kind, *asked)))
        return self._seen[key]
