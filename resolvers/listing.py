"""Lists of stories: filters, orders, and the signature that ties a cursor to its list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Float,
    Integer,
    String,
    and_,
    cast,
    exists,
    func,
    literal_column,
    select,
    true,
)

from models import Area, Service, ServiceArea, Story, StoryService, StoryTag, Tag
from policies.condition import ROW, TRUE, Compare, Condition, Const, Path
from resolvers.argument import Variables, getter, plain
from resolvers.build import Build, storable
from resolvers.connection import Listing
from resolvers.error import bad_input
from resolvers.filter import Filter, filtered, readable
from resolvers.identity import key_of
from resolvers.key import number_key, shown_key
from resolvers.mapping import Key, Row, Source, fresh

Expression = ColumnElement[Any]
Sourced = Callable[[], Source]
SEARCHED = ("title", "body")
DAY = timedelta(days=1)


def story_listing(build: Build, name: str, arguments: dict[str, Any], source: Sourced | None = None) -> Listing:
    """The list of stories that `filter` and `orderBy` ask for, among those of `source` (all, if it is None)."""
    given = arguments.get("filter") or {}
    order = str(plain(arguments.get("orderBy")) or "NEWEST")
    search = given.get("search")
    if order == "RELEVANCE" and plain(search) is None:
        raise bad_input("The order RELEVANCE needs `filter.search`.")

    def rows() -> Source:
        found = source() if source else Source(fresh(Story))
        where = [*found.where, *filtered(build, "Story", found.row, FILTERS, given)]
        for field in ORDERED_BY[order]:
            where += readable(build, "Story", found.row, field)
        narrowed = replace(found, where=where, known=_known(plain(given.get("status"))))
        return _ranked(build, narrowed, search) if order == "RELEVANCE" else narrowed

    keys = _keys(build, order, search)
    return Listing(rows, keys, order != "OLDEST", _signature(name, order, search))


def _known(status: str | None) -> Condition:
    """What a filter says of each row."""
    return Compare("=", Path(ROW, "status"), Const(str(status))) if status is not None else TRUE


def _keys(build: Build, order: str, search: Any) -> Sequence[Key]:
    number = number_key(lambda s: s.id)
    if order == "RELEVANCE":
        return [Key(_rank, float), number]
    if order == "MOST_SIMILAR":
        return [number_key(lambda s: s.similar_count), number]
    return [shown_key(), number]


ORDERED_BY: Mapping[str, Sequence[str]] = {
    "NEWEST": ("publishedAt",),
    "OLDEST": ("publishedAt",),
    "MOST_SIMILAR": ("similarExperienceCount",),
    "RELEVANCE": SEARCHED,
}


def _signature(name: str, order: str, search: Any) -> Callable[[Variables], str]:
    if order != "RELEVANCE":
        return lambda _variables: f"{name}:{order}"
    get = getter(search)
    return lambda variables: f"{name}:{order}:{get(variables)}"


def _query(build: Build, search: Any) -> Expression:
    words = build.parameter(search, String(), _words)
    # A subquery: the words are read once for a statement, not once for a row.
    return select(func.websearch_to_tsquery(literal_column("'english'::regconfig"), words)).scalar_subquery()


def _words(search: str) -> str:
    if not storable(search).strip():
        raise bad_input("Give `filter.search` a word to look for.")
    return search


def _rank(source: Source) -> Expression:
    assert source.rank is not None
    return source.rank


def _ranked(build: Build, source: Source, search: Any) -> Source:
    """The source with each row's rank, worked out once though it is compared, sorted by and given to the cursor."""
    rank = cast(func.ts_rank_cd(source.row.search, _query(build, search)), Float(53)).label("rank")
    # OFFSET keeps PostgreSQL from copying the expression to each place where it is used.
    ranks = select(rank).correlate(source.row).offset(literal_column("0")).lateral()
    return replace(source, joins=[*source.joins, (ranks, true())], rank=ranks.c.rank)


def _search(build: Build, row: Row, search: Any) -> Expression:
    found: Expression = row.search.op("@@")(_query(build, search))
    return found


def _identified(build: Build, argument: Any, type_name: str) -> Expression:
    return build.parameter(argument, Integer(), lambda identity: key_of(identity, type_name))


def _service(build: Build, row: Row, argument: Any) -> Expression:
    link = fresh(StoryService)
    return exists().where(link.story_id == row.id, link.service_id == _identified(build, argument, "Service"))


def _organisation(build: Build, row: Row, argument: Any) -> Expression:
    link, service = fresh(StoryService), fresh(Service)
    return exists().where(
        link.story_id == row.id,
        link.service_id == service.id,
        service.organisation_id == _identified(build, argument, "Organisation"),
    )


def _area(build: Build, row: Row, argument: Any) -> Expression:
    """Stories about services that lie in the area (never those routed to it: that would tell a postcode)."""
    link, place, area = fresh(StoryService), fresh(ServiceArea), fresh(Area)
    return exists().where(
        link.story_id == row.id,
        link.service_id == place.service_id,
        place.area_id == area.id,
        area.code == build.parameter(argument, String()),
    )


def _tag(build: Build, row: Row, argument: dict[str, Any]) -> Expression:
    link, tag = fresh(StoryTag), fresh(Tag)
    wanted = (
        select(tag.id)
        .where(
            tag.kind == build.parameter(argument["kind"], tag.kind.type),
            tag.label == build.parameter(argument["label"], String()),
        )
        .scalar_subquery()
    )
    return exists().where(link.story_id == row.id, link.tag_id == wanted)


def _equal(column: str) -> Callable[[Build, Row, Any], Expression]:
    def condition(build: Build, row: Row, argument: Any) -> Expression:
        value = getattr(row, column)
        return value == build.parameter(argument, value.type)  # type: ignore[no-any-return]

    return condition


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(), UTC)


def _next_midnight(day: Any) -> datetime:
    return _midnight(day) + (DAY if day < date.max else timedelta())


def _published_from(build: Build, row: Row, argument: Any) -> Expression:
    found: Expression = row.published_at >= build.parameter(argument, DateTime(timezone=True), _midnight)
    return found


def _published_to(build: Build, row: Row, argument: Any) -> Expression:
    found: Expression = row.published_at < build.parameter(argument, DateTime(timezone=True), _next_midnight)
    return found


def _criticality(build: Build, row: Row, argument: dict[str, Any]) -> Expression:
    bounds = []
    if plain(argument.get("gte")) is not None:
        bounds.append(row.criticality >= build.parameter(argument["gte"], Integer()))
    if plain(argument.get("lte")) is not None:
        bounds.append(row.criticality <= build.parameter(argument["lte"], Integer()))
    return func.coalesce(_all(bounds), literal_column("false")) if bounds else row.criticality.is_not(None)


def _all(bounds: Sequence[Expression]) -> Expression:
    return and_(*bounds)


FILTERS: Mapping[str, Filter] = {
    "search": Filter(SEARCHED, _search),
    "serviceId": Filter(("services",), _service),
    "organisationId": Filter(("services",), _organisation),
    "areaCode": Filter(("services",), _area),
    "region": Filter(("region",), _equal("region")),
    "tag": Filter(("tags",), _tag),
    "ageGroup": Filter(("ageGroup",), _equal("age_group")),
    "authorRole": Filter(("authorRole",), _equal("author_role")),
    "progress": Filter(("progress",), _equal("progress")),
    "status": Filter(("status",), _equal("status")),
    "publishedFrom": Filter(("publishedAt",), _published_from),
    "publishedTo": Filter(("publishedAt",), _published_to),
    "criticality": Filter(("criticality",), _criticality),
    "routing": Filter(("routing",), _equal("routing")),
}
