# mypy: disable-error-code="empty-body"
"""Organisations."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from models.organisation import OrganisationKind
from models.region import Region
from schema.base import Node, describe, planned
from schema.connection import After, Before, Connection, First, Last

if TYPE_CHECKING:
    from schema.service import ServiceConnection
    from schema.story import StoryConnection

describe(
    OrganisationKind,
    {
        OrganisationKind.NHS_TRUST: "An NHS trust or foundation trust (England).",
        OrganisationKind.HEALTH_BOARD: "A health board (Wales or Scotland).",
        OrganisationKind.HSC_TRUST: "A health and social care trust (Northern Ireland).",
        OrganisationKind.GP_PRACTICE: "A GP practice.",
        OrganisationKind.INTEGRATED_CARE_BOARD: "An integrated care board (England).",
        OrganisationKind.HEALTH_SOCIAL_CARE_PARTNERSHIP: "A health and social care partnership (Scotland).",
        OrganisationKind.COUNCIL: "A council.",
        OrganisationKind.PRIVATE_PROVIDER: "A private provider, e.g. of a care home or a pharmacy.",
        OrganisationKind.CHARITY: "A charity, e.g. a hospice.",
        OrganisationKind.REGULATOR: "A regulator of health or care.",
        OrganisationKind.POLICE: "A police force.",
    },
)


@strawberry.type(description="A body that runs services or answers for care in an area.")
class Organisation(Node):
    """An organisation."""

    name: str = strawberry.field(description="The organisation's name.")
    slug: str = strawberry.field(description="The last part of its public page's address.")
    ods_code: str | None = strawberry.field(
        description="Its code from the NHS Organisation Data Service, which is never reused."
    )
    kind: OrganisationKind = strawberry.field(description="What kind of body it is.")
    region: Region = strawberry.field(description="The nation in which it works.")
    parent: Annotated["Organisation", strawberry.lazy("schema.organisation")] | None = strawberry.field(
        description="The organisation to which it belongs, where there is one."
    )
    opened_on: date | None = strawberry.field(description="The day on which it opened, where it is known.")
    closed_on: date | None = strawberry.field(description="The day on which it closed; null while it is open.")

    @planned("The services that it runs, by name.")
    def services(
        self,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> Annotated["ServiceConnection", strawberry.lazy("schema.service")] | None: ...

    @planned("The stories about its services, newest first.")
    def stories(
        self,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> Annotated["StoryConnection", strawberry.lazy("schema.story")] | None: ...


@strawberry.type(description="A page of organisations.")
class OrganisationConnection(Connection[Organisation]):
    """A page of organisations."""


@strawberry.input(description="Which organisations to list: those that fit all that is given.")
class OrganisationFilter:
    """A filter of organisations."""

    search: str | None = strawberry.field(description="Words in the name.", default=strawberry.UNSET)
    kind: OrganisationKind | None = strawberry.field(description="What kind of body it is.", default=strawberry.UNSET)
    region: Region | None = strawberry.field(description="The nation in which it works.", default=strawberry.UNSET)
