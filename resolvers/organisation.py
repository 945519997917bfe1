"""How an organisation's fields and lists are found."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, String, exists

from models import Organisation, Service, Story, StoryService
from resolvers.build import Build
from resolvers.connection import Connection, Listing
from resolvers.filter import Filter, filtered
from resolvers.identity import global_id
from resolvers.key import contains, text_key
from resolvers.listing import story_listing
from resolvers.mapping import Column, Row, Source, TypeMap, fresh, register
from resolvers.record import One
from resolvers.service import service_listing

Arguments = dict[str, Any]
Expression = ColumnElement[Any]


def organisation_listing(build: Build, arguments: Arguments) -> Listing:
    """The list of organisations that `filter` asks for, by name."""

    def rows() -> Source:
        row = fresh(Organisation)
        return Source(row, filtered(build, "Organisation", row, FILTERS, arguments.get("filter")))

    return Listing(rows, (text_key(lambda o: o.slug),), descending=False, signature=lambda _: "organisations")


def _parent(build: Build, row: Row) -> Source:
    organisation = fresh(Organisation)
    return Source(organisation, [organisation.id == row.parent_id])


def _services(build: Build, row: Row, arguments: Arguments) -> Listing:
    def rows() -> Source:
        service = fresh(Service)
        return Source(service, [service.organisation_id == row.id])

    return service_listing(build, "Organisation.services", arguments, rows)


def _stories(build: Build, row: Row, arguments: Arguments) -> Listing:
    def rows() -> Source:
        story, link, service = fresh(Story), fresh(StoryService), fresh(Service)
        named = exists().where(
            link.story_id == story.id, link.service_id == service.id, service.organisation_id == row.id
        )
        return Source(story, [named.correlate_except(link, service)])

    return story_listing(build, "Organisation.stories", arguments, rows)


def _equal(column: str) -> Callable[[Build, Row, Any], Expression]:
    def condition(build: Build, row: Row, argument: Any) -> Expression:
        value = getattr(row, column)
        return value == build.parameter(argument, value.type)  # type: ignore[no-any-return]

    return condition


FILTERS: Mapping[str, Filter] = {
    "search": Filter(("name",), lambda build, row, q: contains(row.name, build.parameter(q, String()))),
    "kind": Filter(("kind",), _equal("kind")),
    "region": Filter(("region",), _equal("region")),
}

register(
    "Organisation",
    TypeMap(
        Organisation,
        {
            "id": Column(lambda o: global_id("Organisation", o.id)),
            "name": Column(lambda o: o.name),
            "slug": Column(lambda o: o.slug),
            "odsCode": Column(lambda o: o.ods_code),
            "kind": Column(lambda o: o.kind),
            "region": Column(lambda o: o.region),
            "parent": One("Organisation", _parent),
            "openedOn": Column(lambda o: o.opened_on),
            "closedOn": Column(lambda o: o.closed_on),
            "services": Connection("Service", _services),
            "stories": Connection("Story", _stories),
        },
        subject=lambda o: global_id("Organisation", o.id),
    ),
)
