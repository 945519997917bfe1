"""Postcodes and their areas of care, from the ONS Postcode Directory or a CSV with the same columns."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from models.database.connection import Connection
from operations.imports import cell, link, staging
from operations.imports.report import ImportFailedError
from operations.imports.source import Reader, Row, Source
from operations.imports.target import Target, read_targets
from operations.postcode import POSTCODE

POSTCODES = ("pcds", "pcd8", "pcd7", "pcd2", "pcd", "postcode")
LATITUDES, LONGITUDES = ("lat", "latitude"), ("long", "lon", "longitude")
BODIES = ("icb", "hscp", "hcp", "lhb", "hsct", "hlth", "hlthau", "sicbl", "stp", "ccg", "pco", "pct", "laua", "lad")
"""Columns with codes of bodies, best first, as the editions named them (before `os`, the year and `cd`)."""
EDITION = re.compile(r"(?:os)?([a-z]+?)(?:[0-9]{2})?(?:cd)?")
PLACELESS = frozenset(["E99999999", "S99999999", "W99999999", "N99999999"])
NO_POINT = (None, None)

STAGE = {"line": "int", "postcode": "text", "area_id": "int", "latitude": "float8", "longitude": "float8"}
CHANGED = """
with gone as (
    delete from postcode_area using incoming_postcode new
    where postcode_area.postcode = new.postcode and postcode_area.area_id <> new.area_id
    returning new.postcode, new.area_id
)
select count(distinct postcode) as changed, count(distinct postcode) filter (where not exists (
    select from postcode_area
    where postcode_area.postcode = gone.postcode and postcode_area.area_id = gone.area_id)) as missing
from gone
"""
STORE = """
insert into postcode_area (postcode, area_id)
select postcode, area_id from incoming_postcode new
where not exists (
    select from postcode_area where postcode_area.postcode = new.postcode and postcode_area.area_id = new.area_id)
order by postcode
"""
LOCATE = """
update service set latitude = new.latitude, longitude = new.longitude from incoming_postcode new
where service.postcode = new.postcode and new.latitude is not null
  and (service.latitude, service.longitude) is distinct from (new.latitude, new.longitude)
"""


async def load_postcodes(
    connection: Connection, source: Source, day: date | None = None, lookup: Path | None = None
) -> None:
    """Say of each postcode in which area of care it lies; services get their coordinates and areas by it.

    Areas are taken as they are on `day`, today by default: an ended one is replaced by its successor. `lookup`
    leads further codes to areas, for nations whose areas the directory does not name. Terminated postcodes stay,
    for people go on using them. Raises ImportFailedError.
    """
    targets = await read_targets(connection, day or date.today(), lookup)  # noqa: DTZ011 - the map's day is ours
    read = _reader(source.header(), source.report.file, targets)
    await staging.stage(connection, "postcode", STAGE, source.records(read))
    await staging.reject_repeated(connection, "postcode", "postcode", source.report)
    ((source.report.changed, missing),) = await connection.fetch(CHANGED)
    source.report.added = await staging.count(connection, STORE) - missing
    await connection.execute(LOCATE)
    await link.link_services(connection)
    await staging.drop(connection, "postcode")


def _reader(header: Row, file: str, targets: Mapping[str, Target]) -> Reader:
    postcode = _column(header, POSTCODES)
    bodies = _bodies(header)
    if postcode is None or not bodies:
        raise ImportFailedError(f"{file} has no column with postcodes (pcds) or none with areas (icb, hlthau, …)")
    north, east = _column(header, LATITUDES), _column(header, LONGITUDES)
    width = len(header)

    def read(row: Row) -> tuple[object, ...]:
        if len(row) != width:
            raise ValueError(f"{len(row)} columns instead of {width}")
        text = row[postcode]
        if not POSTCODE.fullmatch(text):
            text = cell.needed(cell.postcode(text), "postcode")
        point = _point(row[north], row[east]) if north is not None and east is not None else NO_POINT
        return (text, _area([row[column] for column in bodies], targets), *point)

    return read


def _column(header: Row, names: Sequence[str]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)


def _bodies(header: Row) -> list[int]:
    """The columns that may hold an area's code, in the order in which to look."""
    found = [EDITION.fullmatch(name) for name in header]
    plain = [match[1] if match else "" for match in found]
    return [plain.index(name) for name in BODIES if name in plain]


def _area(codes: list[str], targets: Mapping[str, Target]) -> int:
    why = None
    for code in codes:
        target = targets.get(code)
        if isinstance(target, int):
            return target
        why = why or target
    told = ", ".join(dict.fromkeys(code for code in codes if code and code not in PLACELESS))
    raise ValueError(why or (f"no area of care has one of the codes {ascii(told)[1:-1]}" if told else "no area in it"))


def _point(latitude: str, longitude: str) -> tuple[float | None, float | None]:
    """The coordinates; none where the directory says 99.999999, for it has no grid reference then."""
    try:
        return cell.point(latitude, longitude)
    except ValueError:
        return NO_POINT
