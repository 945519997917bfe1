"""Copies of all that is held about a person."""

from datetime import datetime

import strawberry

from models.data_export import DataExportStatus
from schema.base import Node, describe

describe(
    DataExportStatus,
    {
        DataExportStatus.REQUESTED: "It is being made; an e-mail tells when it is ready.",
        DataExportStatus.READY: "It can be fetched, once.",
        DataExportStatus.FETCHED: "It was fetched and is deleted.",
        DataExportStatus.EXPIRED: "It was not fetched in time and is deleted.",
        DataExportStatus.FAILED: "It could not be made; ask for another.",
    },
)


@strawberry.type(description="A copy of all that is held about a person, as a ZIP of JSON and CSV files (P16).")
class DataExport(Node):
    """A copy."""

    status: DataExportStatus = strawberry.field(description="How far it has got.")
    requested_at: datetime = strawberry.field(description="When the person asked for it.")
    ready_at: datetime | None = strawberry.field(description="When it was ready; null until then.")
    expires_at: datetime | None = strawberry.field(description="When it is deleted, fetched or not; null until ready.")
    fetched_at: datetime | None = strawberry.field(description="When it was fetched; null until then.")
    size: int | None = strawberry.field(description="The size of the ZIP file in bytes; null until it is ready.")
    url: str | None = strawberry.field(
        description="Where to fetch it, once, signed in; null where there is nothing to fetch."
    )
