"""How an alert's fields are found."""

from typing import Any

from models import Alert, Area, Organisation, Service, Tag
from resolvers.build import Build
from resolvers.identity import global_id
from resolvers.mapping import Column, Row, Source, TypeMap, fresh, register
from resolvers.record import One


def _linked(model: Any, column: str) -> One:
    """The row to which a column leads, if it is not null."""

    def source(build: Build, row: Row) -> Source:
        found = fresh(model)
        return Source(found, [found.id == getattr(row, column)])

    return One(model.__name__, source)


register(
    "Alert",
    TypeMap(
        Alert,
        {
            "id": Column(lambda a: global_id("Alert", a.id)),
            "name": Column(lambda a: a.name),
            "frequency": Column(lambda a: a.frequency),
            "createdAt": Column(lambda a: a.created_at),
            "search": Column(lambda a: a.search),
            "service": _linked(Service, "service_id"),
            "organisation": _linked(Organisation, "organisation_id"),
            "area": _linked(Area, "area_id"),
            "tag": _linked(Tag, "tag_id"),
            "region": Column(lambda a: a.region),
            "ageGroup": Column(lambda a: a.age_group),
            "authorRole": Column(lambda a: a.author_role),
            "progress": Column(lambda a: a.progress),
            "routing": Column(lambda a: a.routing),
            "criticalityFrom": Column(lambda a: a.criticality_from),
            "criticalityTo": Column(lambda a: a.criticality_to),
        },
        subject=lambda a: global_id("Account", a.account_id),
    ),
)
