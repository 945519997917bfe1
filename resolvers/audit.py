"""How the audit log is found: all of it, and who looked at a person's private data."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import DateTime, String, Uuid, any_, case

from models import AccessLogEntry, AuditEvent, Organisation
from resolvers.build import Build
from resolvers.connection import Listing
from resolvers.filter import Filter, filtered
from resolvers.identity import global_id, key_of
from resolvers.key import number_key
from resolvers.mapping import Column, Expression, Row, Source, TypeMap, fresh, register
from resolvers.record import One

Condition = Callable[[Build, Row, Any], Expression]


def audit_listing(build: Build, arguments: dict[str, Any]) -> Listing:
    """The events that `filter` asks for, the latest first."""

    def rows() -> Source:
        row = fresh(AuditEvent)
        return Source(row, filtered(build, "AuditEvent", row, FILTERS, arguments.get("filter")))

    return Listing(rows, (number_key(lambda e: e.id),), descending=True, signature=lambda _: "auditEvents")


def _equal(column: str) -> Condition:
    def condition(build: Build, row: Row, argument: Any) -> Expression:
        value = getattr(row, column)
        return value == build.parameter(argument, value.type)  # type: ignore[no-any-return]

    return condition


def _identified(column: str, type_name: str) -> Condition:
    def condition(build: Build, row: Row, argument: Any) -> Expression:
        key = build.parameter(argument, Uuid(), lambda identity: key_of(identity, type_name))
        return getattr(row, column) == key  # type: ignore[no-any-return]

    return condition


def _field(build: Build, row: Row, argument: Any) -> Expression:
    found: Expression = build.parameter(argument, String()) == any_(row.fields)
    return found


def _since(build: Build, row: Row, argument: Any) -> Expression:
    found: Expression = row.happened_at >= build.parameter(argument, DateTime(timezone=True))
    return found


def _until(build: Build, row: Row, argument: Any) -> Expression:
    found: Expression = row.happened_at < build.parameter(argument, DateTime(timezone=True))
    return found


FILTERS: Mapping[str, Filter] = {
    "kind": Filter(("kind",), _equal("kind")),
    "accountId": Filter(("accountId",), _identified("account_id", "Account")),
    "personId": Filter(("personId",), _identified("person_id", "Account")),
    "purpose": Filter(("purpose",), _equal("purpose")),
    "reference": Filter(("reference",), _equal("reference")),
    "field": Filter(("fields",), _field),
    "happenedFrom": Filter(("happenedAt",), _since),
    "happenedTo": Filter(("happenedAt",), _until),
    "disclosureId": Filter(("disclosureId",), _identified("disclosure_id", "Disclosure")),
}


def _organisation(build: Build, row: Row) -> Source:
    organisation = fresh(Organisation)
    return Source(organisation, [organisation.id == row.organisation_id])


def _named(type_name: str, column: str) -> Column:
    """A row by its global id; where there is none, null."""
    return Column(lambda e: global_id(type_name, getattr(e, column)))


def _subject(row: Row) -> Expression:
    """SECURITY: an account is whose data it was, which `personId` tells, under its own rule."""
    return case((row.subject.like("Account:%"), None), else_=row.subject)


register(
    "AuditEvent",
    TypeMap(
        AuditEvent,
        {
            "id": _named("AuditEvent", "id"),
            "kind": Column(lambda e: e.kind),
            "happenedAt": Column(lambda e: e.happened_at),
            "accountId": _named("Account", "account_id"),
            "personId": _named("Account", "person_id"),
            "roles": Column(lambda e: e.roles),
            "organisation": One("Organisation", _organisation),
            "purpose": Column(lambda e: e.purpose),
            "reference": Column(lambda e: e.reference),
            "subject": Column(_subject),
            "fields": Column(lambda e: e.fields),
            "reasons": Column(lambda e: e.reasons),
            "rules": Column(lambda e: e.rules),
            "request": Column(lambda e: e.request),
            "disclosureId": _named("Disclosure", "disclosure_id"),
            "count": Column(lambda e: e.count),
        },
        subject=lambda e: global_id("Account", e.person_id),
    ),
)

register(
    "AccessLogEntry",
    TypeMap(
        AccessLogEntry,
        {
            "happenedAt": Column(lambda e: e.happened_at),
            "roles": Column(lambda e: e.roles),
            "organisation": One("Organisation", _organisation),
            "fields": Column(lambda e: e.fields),
            "purpose": Column(lambda e: e.purpose),
            "reasons": Column(lambda e: e.reasons),
        },
        subject=lambda e: global_id("Account", e.person_id),
        row_field="happenedAt",
        connection="AccessLogConnection",
    ),
)
