"""How a person's copies of their data are found."""

from models import DataExport
from operations.data_export.deliver import PATH
from resolvers.identity import global_id
from resolvers.mapping import Column, TypeMap, register
from resolvers.secret import Secret

register(
    "DataExport",
    TypeMap(
        DataExport,
        {
            "id": Column(lambda e: global_id("DataExport", e.id)),
            "status": Column(lambda e: e.status),
            "requestedAt": Column(lambda e: e.requested_at),
            "readyAt": Column(lambda e: e.ready_at),
            "expiresAt": Column(lambda e: e.expires_at),
            "fetchedAt": Column(lambda e: e.fetched_at),
            "size": Column(lambda e: e.size),
            "url": Secret(
                "data_export.token",
                lambda e: e.token,
                lambda e: e.id,
                lambda e: e.account_id,
                lambda build: build.question.address + PATH,
            ),
        },
        subject=lambda e: global_id("Account", e.account_id),
    ),
)
