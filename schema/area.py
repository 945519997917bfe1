"""Areas of care."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from models.area import AreaKind
from schema.base import Node, describe

if TYPE_CHECKING:
    from schema.organisation import Organisation

describe(
    AreaKind,
    {
        AreaKind.INTEGRATED_CARE_BOARD: "An integrated care board's (England).",
        AreaKind.HEALTH_SOCIAL_CARE_PARTNERSHIP: "A health and social care partnership's (Scotland).",
        AreaKind.HEALTH_BOARD: "A health board's (Wales).",
        AreaKind.HSC_TRUST: "A health and social care trust's (Northern Ireland).",
        AreaKind.LOCAL_AUTHORITY: "A council's.",
    },
)


@strawberry.type(
    description="A piece of the map, as it was between two days, with the body that answers for care there."
)
class Area(Node):
    """An area of care."""

    code: str = strawberry.field(description="The nine-character GSS code, e.g. `E54000037`.")
    name: str = strawberry.field(description="The area's name.")
    kind: AreaKind = strawberry.field(description="The kind of body that answers for care in the area.")
    organisation: Annotated["Organisation", strawberry.lazy("schema.organisation")] | None = strawberry.field(
        description="The body that answers for care in the area, where it is known."
    )
    valid_from: date = strawberry.field(description="The first day on which the area existed.")
    valid_to: date | None = strawberry.field(description="The last day of the area; null while it exists.")
    successors: list[Annotated["Area", strawberry.lazy("schema.area")]] | None = strawberry.field(
        description="The areas that took its place when the map was redrawn."
    )
