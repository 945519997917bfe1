"""What an alert's conditions mean, and which of them its owner may have: the same access plan as everywhere decides."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, true
from sqlalchemy.orm import aliased

from models.membership import Membership
from models.story import StoryStatus
from policies.condition import FALSE, ROW, Compare, Condition, Const, Path, implies
from policies.grant import CLEAR
from policies.plan import AccessPlan, Policies
from policies.sql import VIEWER, to_sql
from policies.viewer import Kind

Row = Any
Expression = ColumnElement[Any]
OWNER = Kind("Member", staff=True)
"""As what the owner of an alert is told of stories: as staff; roles among those who run the site add nothing."""
PUBLISHED = Compare("=", Path(ROW, "status"), Const(StoryStatus.PUBLISHED.value))


@dataclass(frozen=True, slots=True)
class Part:
    """One condition: the columns that hold it, the fields of a story that it looks at, and whether a story meets it.

    A part without `met` is a link to something that stories name; whether a story does is asked where keys are known.
    """

    columns: tuple[str, ...]
    looks_at: tuple[str, ...]
    met: Callable[[Row, Row], Expression] | None = None

    def given(self, alert: Row) -> Expression:
        """Whether an alert has this condition."""
        return or_(*(getattr(alert, column).is_not(None) for column in self.columns))


def _equal(column: str, field: str) -> Part:
    """That a column of the story is that of the alert with the same name."""
    return Part((column,), (field,), lambda story, alert: getattr(story, column) == getattr(alert, column))


def _criticality(story: Row, alert: Row) -> Expression:
    """A story without a criticality meets no range."""
    lowest = func.coalesce(alert.criticality_from, story.criticality)
    return story.criticality.between(lowest, func.coalesce(alert.criticality_to, story.criticality))  # type: ignore[no-any-return]


def _search(story: Row, alert: Row) -> Expression:
    return story.search.op("@@")(alert.words)  # type: ignore[no-any-return]


LINKS: Mapping[str, Part] = {
    "service": Part(("service_id",), ("services",)),
    "organisation": Part(("organisation_id",), ("services",)),
    "tag": Part(("tag_id",), ("tags",)),
    "area": Part(("area_id",), ("services",)),
}
"""Links by the words with which anchors begin, in the order of `models.alert.ANCHOR`: the first that is given is it."""
PARTS = (
    _equal("region", "region"),
    _equal("age_group", "ageGroup"),
    _equal("author_role", "authorRole"),
    _equal("progress", "progress"),
    _equal("routing", "routing"),
    Part(("criticality_from", "criticality_to"), ("criticality",), _criticality),
    *LINKS.values(),
    Part(("search",), ("title", "body"), _search),
)
"""All conditions, the cheapest first; they mean what `resolvers.listing.FILTERS` means in lists."""
Met = Callable[[Part], Expression]


@cache
def owners_plan() -> AccessPlan:
    """What the owner of an alert may see."""
    return Policies.load().plan(OWNER)


def visible(story: Row, alert: Row) -> Expression:
    """Whether the owner of the alert may be told of the story, whatever the alert's conditions look at.

    SECURITY: P10, P22: only staff are told, only of what they may see now, and nobody of a story of their own.
    """
    employment = aliased(Membership)
    staff = exists().where(employment.account_id == alert.account_id)
    foreign = story.author_id.is_distinct_from(alert.account_id)
    return and_(foreign, _to_owner(owners_plan().row("Story"), story, alert), staff)


def readable(story: Row, alert: Row) -> Expression:
    """Whether the owner may read what the alert's conditions look at, of a visible story."""
    return _decided(story, alert, lambda _part: true())


def met(story: Row, alert: Row, linked: Callable[[str], Expression]) -> Expression:
    """Whether the story meets all conditions of the alert, and the owner may read what they look at.

    `linked` says whether the story names what the alert holds of a kind of `LINKS`.
    """

    def answer(part: Part) -> Expression:
        return part.met(story, alert) if part.met else _linked(part, alert, linked)

    return _decided(story, alert, answer)


def _linked(part: Part, alert: Row, linked: Callable[[str], Expression]) -> Expression:
    """Whether a story names what a link leads to; the anchor is known to be met."""
    kinds = list(LINKS)
    kind = next(kind for kind in kinds if LINKS[kind] is part)
    narrower = [LINKS[earlier].given(alert) for earlier in kinds[: kinds.index(kind)]]
    return or_(~or_(false(), *narrower), linked(kind))


def _decided(story: Row, alert: Row, answer: Met) -> Expression:
    """The answer for each condition that an alert has, where its owner may read what it looks at.

    SECURITY: to be told of a story by a value that one may not read would tell the value.
    """
    asking: dict[tuple[Condition, ...], list[Part]] = {}
    for part in PARTS:
        needed = dict.fromkeys(map(_clear, part.looks_at))
        asking.setdefault(tuple(condition for condition in needed if not condition.is_true), []).append(part)
    return and_(*(_group(parts, conditions, story, alert, answer) for conditions, parts in asking.items()))


def _clear(field: str) -> Condition:
    """Where the owner reads a field of a visible story in clear."""
    cases = owners_plan().cases("Story", field)
    return next((case.condition for case in cases if case.mask == CLEAR), FALSE)


def _group(parts: Sequence[Part], conditions: Sequence[Condition], story: Row, alert: Row, answer: Met) -> Expression:
    """The answers of parts that look at equally private fields; values first, for what may be read costs more."""
    answers = [or_(~part.given(alert), answer(part)) for part in parts]
    asked = [_to_owner(condition, story, alert) for condition in conditions]
    return or_(~or_(*(part.given(alert) for part in parts)), and_(true(), *answers, *asked))


def _to_owner(condition: Condition, story: Row, alert: Row) -> Expression:
    """A condition of the plan with the owner of the alert, row by row, as the viewer."""
    asked = to_sql(condition, story, {f"{VIEWER}account_id": alert.account_id})
    # What holds for every published story is not worked out for each of them.
    return or_(to_sql(PUBLISHED, story), asked) if implies(PUBLISHED, condition) else asked
