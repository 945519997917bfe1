"""How a service's fields and lists are found."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, any_, exists, func, not_, select

from models import Area, Organisation, PostcodeArea, Service, ServiceArea, Story, StoryService
from resolvers.argument import plain
from resolvers.build import Build, Selected
from resolvers.connection import Connection, Listing
from resolvers.filter import Filter, filtered
from resolvers.identity import global_id, key_of
from resolvers.key import contains, text_key
from resolvers.listing import story_listing
from resolvers.mapping import Column, Row, Source, TypeMap, fresh, register
from resolvers.record import Many, One, restricted

Expression = ColumnElement[Any]
Arguments = dict[str, Any]
BY_SLUG = (text_key(lambda row: row.slug),)


def service_listing(build: Build, name: str, arguments: Arguments, source: Callable[[], Source]) -> Listing:
    """The list of services that `filter` asks for, by name."""

    def rows() -> Source:
        found = source()
        where = filtered(build, "Service", found.row, FILTERS, arguments.get("filter"))
        return replace(found, where=[*found.where, *where])

    return Listing(rows, BY_SLUG, descending=False, signature=lambda _: name)


def _stories_of(row: Row) -> Source:
    story, link = fresh(Story), fresh(StoryService)
    return Source(story, [link.service_id == row.id], [(link, link.story_id == story.id)], time=link.shown_at)


def _stories(build: Build, row: Row, arguments: Arguments) -> Listing:
    return story_listing(build, "Service.stories", arguments, lambda: _stories_of(row))


class StoryCount:
    """The number of stories about the service that the viewer may see."""

    def value(self, build: Build, row: Row, selected: Selected, mask: str) -> Expression:
        return restricted(select(func.count()), build, "Story", _stories_of(row)).scalar_subquery()


def _organisation(build: Build, row: Row) -> Source:
    organisation = fresh(Organisation)
    return Source(organisation, [organisation.id == row.organisation_id])


def _parent(build: Build, row: Row) -> Source:
    service = fresh(Service)
    return Source(service, [service.id == row.parent_id])


def _children(build: Build, row: Row, arguments: Arguments) -> Source:
    service = fresh(Service)
    return Source(service, [service.parent_id == row.id], order=[service.slug])


def _areas(build: Build, row: Row, arguments: Arguments) -> Source:
    area, link = fresh(Area), fresh(ServiceArea)
    return Source(area, [link.service_id == row.id], [(link, link.area_id == area.id)], [area.code])


def _identified(column: str, type_name: str) -> Callable[[Build, Row, Any], Expression]:
    def condition(build: Build, row: Row, argument: Any) -> Expression:
        key = build.parameter(argument, Integer(), lambda identity: key_of(identity, type_name))
        return getattr(row, column) == key  # type: ignore[no-any-return]

    return condition


def _in_area(build: Build, row: Row, argument: Any) -> Expression:
    area, link = fresh(Area), fresh(ServiceArea)
    code = build.parameter(argument, String())
    return exists().where(link.service_id == row.id, link.area_id == area.id, area.code == code)


def _unknown_postcode(build: Build, row: Row, argument: Any) -> Expression:
    known = exists().where(PostcodeArea.postcode == row.postcode)
    found: Expression = row.postcode.is_not(None) & (not_(known) if plain(argument) else known)
    return found


FILTERS: Mapping[str, Filter] = {
    "search": Filter(("name",), lambda build, row, q: contains(row.name, build.parameter(q, String()))),
    "organisationId": Filter(("organisation",), _identified("organisation_id", "Organisation")),
    "parentId": Filter(("parent",), _identified("parent_id", "Service")),
    "region": Filter(("region",), lambda build, row, r: row.region == build.parameter(r, row.region.type)),
    "areaCode": Filter(("areas",), _in_area),
    "specialty": Filter(("specialties",), lambda build, row, s: build.parameter(s, String()) == any_(row.specialties)),
    "postcodeUnknown": Filter(("postcode",), _unknown_postcode),
}

register(
    "Service",
    TypeMap(
        Service,
        {
            "id": Column(lambda s: global_id("Service", s.id)),
            "name": Column(lambda s: s.name),
            "slug": Column(lambda s: s.slug),
            "odsCode": Column(lambda s: s.ods_code),
            "organisation": One("Organisation", _organisation),
            "parent": One("Service", _parent),
            "children": Many("Service", _children),
            "region": Column(lambda s: s.region),
            "specialties": Column(lambda s: s.specialties),
            "postcode": Column(lambda s: s.postcode),
            "latitude": Column(lambda s: s.latitude),
            "longitude": Column(lambda s: s.longitude),
            "closedOn": Column(lambda s: s.closed_on),
            "areas": Many("Area", _areas),
            "stories": Connection("Story", _stories),
            "storyCount": StoryCount(),
        },
        subject=lambda s: global_id("Service", s.id),
    ),
)
