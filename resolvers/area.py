"""How an area's fields are found."""

from typing import Any

from models import Area, AreaSuccessor, Organisation
from resolvers.build import Build
from resolvers.identity import global_id
from resolvers.mapping import Column, Row, Source, TypeMap, fresh, register
from resolvers.record import Many, One


def _organisation(build: Build, row: Row) -> Source:
    organisation = fresh(Organisation)
    return Source(organisation, [organisation.id == row.organisation_id])


def _successors(build: Build, row: Row, arguments: dict[str, Any]) -> Source:
    area, link = fresh(Area), fresh(AreaSuccessor)
    return Source(area, [link.area_id == row.id], [(link, link.successor_id == area.id)], [area.code])


register(
    "Area",
    TypeMap(
        Area,
        {
            "id": Column(lambda a: global_id("Area", a.id)),
            "code": Column(lambda a: a.code),
            "name": Column(lambda a: a.name),
            "kind": Column(lambda a: a.kind),
            "organisation": One("Organisation", _organisation),
            "validFrom": Column(lambda a: a.valid_from),
            "validTo": Column(lambda a: a.valid_to),
            "successors": Many("Area", _successors),
        },
        subject=lambda a: global_id("Area", a.id),
    ),
)
