"""The demo world's map: its organisations, services, areas and postcodes, through the importers."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from models.database.connection import Connection
from operations.imports.area import load_areas
from operations.imports.organisation import load_organisations
from operations.imports.postcode import load_postcodes
from operations.imports.run import Load, import_file
from operations.imports.service import load_services

DATA = Path(__file__).resolve().parent / "data"
TODAY = date(2026, 11, 1)
"""The day whose map the demo world has."""
FILES: Mapping[str, Load] = {
    "organisations.csv": load_organisations,
    "areas.csv": load_areas,
    "services.csv": load_services,
    "postcodes.csv": partial(load_postcodes, day=TODAY),
}


@dataclass(frozen=True, slots=True)
class Geography:
    """Ids of the demo world's places."""

    organisations: Mapping[str, int]
    """By ODS code."""
    services: Mapping[str, int]
    """By ODS code."""
    settings: Mapping[str, Sequence[int]]
    """Services that are open, by the setting of care, e.g. `maternity`."""
    areas: Mapping[str, int]
    """By GSS code."""
    postcodes: Mapping[str, int]
    """The area of each postcode."""


async def load_geography(connection: Connection) -> Geography:
    """Load the map, in the caller's transaction if there is one; loading it again changes nothing."""
    async with connection.transaction():
        for name, load in FILES.items():
            report = await import_file(connection, DATA / name, load)
            if report.rejected:
                raise ValueError(f"{name} has bad rows: {report.examples}")
    services = await _ids(connection, "select ods_code, id from service where ods_code is not null")
    return Geography(
        organisations=await _ids(connection, "select ods_code, id from organisation where ods_code is not null"),
        services=services,
        settings=open_services(services),
        areas=await _ids(connection, "select code, id from area"),
        postcodes=await _ids(connection, 'select postcode, area_id from postcode_area order by postcode collate "C"'),
    )


async def _ids(connection: Connection, statement: str) -> dict[str, int]:
    return {key: id_ for key, id_ in await connection.fetch(statement)}


def open_services(services: Mapping[str, int]) -> dict[str, list[int]]:
    """Services that are open, by the setting of care."""
    found: dict[str, list[int]] = {}
    with (DATA / "services.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["setting"] and not row["closed_on"]:
                found.setdefault(row["setting"], []).append(services[row["ods_code"]])
    return found
