"""How complaints are found."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func

from models import Complaint
from resolvers.argument import plain
from resolvers.build import Build
from resolvers.connection import Listing
from resolvers.filter import Filter, filtered
from resolvers.identity import global_id
from resolvers.key import number_key
from resolvers.mapping import Column, Expression, Row, Source, TypeMap, fresh, register
from resolvers.permission import Permissions
from resolvers.secret import Secret


def complaint_listing(build: Build, arguments: dict[str, Any]) -> Listing:
    """The complaints that `filter` asks for, the latest first."""

    def rows() -> Source:
        row = fresh(Complaint)
        return Source(row, filtered(build, "Complaint", row, FILTERS, arguments.get("filter")))

    return Listing(rows, (number_key(lambda c: c.number),), descending=True, signature=lambda _: "complaints")


def _overdue(row: Row) -> Expression:
    return row.answered_at.is_(None) & (row.due_at < func.statement_timestamp())  # type: ignore[no-any-return]


def _whether(condition: Expression, argument: Any) -> Expression:
    return condition if plain(argument) else ~condition


def _kind(build: Build, row: Row, argument: Any) -> Expression:
    return row.kind == build.parameter(argument, row.kind.type)  # type: ignore[no-any-return]


FILTERS: Mapping[str, Filter] = {
    "kind": Filter(("kind",), _kind),
    "open": Filter(("answeredAt",), lambda build, row, open_: _whether(row.answered_at.is_(None), open_)),
    "overdue": Filter(("overdue",), lambda build, row, overdue: _whether(_overdue(row), overdue)),
}


def _secret(column: str) -> Secret:
    """Under the account's key, or else the complaint's own."""
    return Secret(
        f"complaint.{column}",
        lambda c: getattr(c, column),
        lambda c: c.id,
        lambda c: func.coalesce(c.account_id, c.id),
    )


register(
    "Complaint",
    TypeMap(
        Complaint,
        {
            "id": Column(lambda c: global_id("Complaint", c.id)),
            "number": Column(lambda c: c.number),
            "kind": Column(lambda c: c.kind),
            "email": _secret("email"),
            "body": _secret("body"),
            "receivedAt": Column(lambda c: c.received_at),
            "acknowledgedAt": Column(lambda c: c.acknowledged_at),
            "dueAt": Column(lambda c: c.due_at),
            "extendedAt": Column(lambda c: c.extended_at),
            "extensionReason": _secret("extension_reason"),
            "overdue": Column(_overdue),
            "answeredAt": Column(lambda c: c.answered_at),
            "outcome": _secret("outcome"),
            "viewerCan": Permissions("Complaint"),
        },
        subject=lambda c: global_id("Complaint", c.id),
    ),
)
