"""How a person's copies of their data are found."""

from sqlalchemy import func, literal_column

from models import DataExport
from resolvers.identity import global_id
from resolvers.mapping import Column, TypeMap, register
from resolvers.secret import Secret

LARGEST_INT = "2147483647"
"""The most that an Int of GraphQL says."""
PATH = "/exports/"
"""What comes before the token in the address of a copy."""

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
            "size": Column(lambda e: func.least(e.size, literal_column(LARGEST_INT))),
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
