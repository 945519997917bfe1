"""How the log of who looked at a person's private data is found."""

from models import AccessLogEntry, Organisation
from resolvers.build import Build
from resolvers.identity import global_id
from resolvers.mapping import Column, Row, Source, TypeMap, fresh, register
from resolvers.record import One


def _organisation(build: Build, row: Row) -> Source:
    organisation = fresh(Organisation)
    return Source(organisation, [organisation.id == row.organisation_id])


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
