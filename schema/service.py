# mypy: disable-error-code="empty-body"
"""Services."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from models.region import Region
from schema.area import Area
from schema.base import Node, planned
from schema.connection import After, Before, Connection, First, Last
from schema.organisation import Organisation

if TYPE_CHECKING:
    from schema.story import StoryConnection


@strawberry.type(description="A place or team that cares for people: a hospital, a department, a ward, a practice.")
class Service(Node):
    """A service."""

    name: str = strawberry.field(description="The service's name.")
    slug: str = strawberry.field(description="The last part of its public page's address.")
    ods_code: str | None = strawberry.field(
        description="Its code from the NHS Organisation Data Service, which is never reused."
    )
    organisation: Organisation = strawberry.field(description="The organisation that runs it.")
    parent: Annotated["Service", strawberry.lazy("schema.service")] | None = strawberry.field(
        description="The service of which it is a part, e.g. the hospital of a ward."
    )
    children: list[Annotated["Service", strawberry.lazy("schema.service")]] = strawberry.field(
        description="The services that are parts of it, by name."
    )
    region: Region = strawberry.field(description="The nation in which it lies.")
    specialties: list[str] = strawberry.field(description="What it specialises in.")
    postcode: str | None = strawberry.field(description="The postcode of its public address.")
    latitude: float | None = strawberry.field(
        description="Degrees north, WGS 84; null where its postcode is not known to the directory."
    )
    longitude: float | None = strawberry.field(
        description="Degrees east, WGS 84; null where its postcode is not known to the directory."
    )
    areas: list[Area] = strawberry.field(description="The areas in which its address lies.")
    closed_on: date | None = strawberry.field(description="The day on which it closed; null while it is open.")
    story_count: int | None = strawberry.field(description="How many stories that this viewer may see name it.")

    @planned("The stories that name it, newest first.")
    def stories(
        self,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> Annotated["StoryConnection", strawberry.lazy("schema.story")] | None: ...


@strawberry.type(description="A page of services.")
class ServiceConnection(Connection[Service]):
    """A page of services."""


@strawberry.input(description="Which services to list: those that fit all that is given.")
class ServiceFilter:
    """A filter of services."""

    search: str | None = strawberry.field(description="Words in the name.", default=strawberry.UNSET)
    organisation_id: strawberry.ID | None = strawberry.field(
        description="The organisation that runs it.", default=strawberry.UNSET
    )
    parent_id: strawberry.ID | None = strawberry.field(
        description="The service of which it is a part.", default=strawberry.UNSET
    )
    region: Region | None = strawberry.field(description="The nation in which it lies.", default=strawberry.UNSET)
    area_code: str | None = strawberry.field(
        description="The GSS code of an area in which its address lies.", default=strawberry.UNSET
    )
    specialty: str | None = strawberry.field(description="One of its specialties, exactly.", default=strawberry.UNSET)
    postcode_unknown: bool | None = strawberry.field(
        description="Whether it has a postcode that the directory does not know, so that it lies in no area.",
        default=strawberry.UNSET,
    )
