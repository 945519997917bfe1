"""Asking for a copy of all that is held about oneself."""

from uuid import UUID

import strawberry

from operations.data_export import request as requests
from schema.base import resolved
from schema.context import Info
from schema.data_export import DataExport
from schema.mutation.payload import Payload, perform, planned_row, signed_in


@strawberry.type(description="What came of asking for a copy.")
class RequestDataExportPayload(Payload):
    """A copy or a problem."""

    asked: strawberry.Private[UUID | None] = None

    @resolved("The copy, which an e-mail announces once it is ready; null where there is a problem.")
    async def data_export(self, info: Info) -> DataExport | None:
        if self.asked is None:
            return None
        row: DataExport | None = await planned_row(info, "DataExport", self.asked)
        return row


async def request_data_export(info: Info) -> RequestDataExportPayload:
    """A row that the worker makes a copy from."""
    export, problems = await perform(info, lambda session: requests.request(session, signed_in(info).account_id))
    return RequestDataExportPayload(problems=problems, asked=export.id if export else None)


@strawberry.type
class DataExportMutation:
    """Copies."""

    request_data_export: RequestDataExportPayload = strawberry.mutation(
        resolver=request_data_export,
        description="Asks for a copy of all that is held about oneself: a ZIP of JSON and CSV files (P16). "
        "One at a time, and at most 5 a day.",
    )
