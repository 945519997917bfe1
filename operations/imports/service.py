"""Services: trusts' sites from the register of the Organisation Data Service, or a CSV with columns of our own."""

from collections.abc import Mapping

from models.database.connection import Connection
from operations.imports import cell, link, ods, staging
from operations.imports.report import ImportFailedError
from operations.imports.source import Reader, Row, Source

HEADER = ("ods_code", "name", "organisation", "parent", "specialties", "postcode", "latitude", "longitude", "closed_on")
TRUST_CODE = 3
STAGE = {
    "line": "int",
    "code": "text",
    "name": "text",
    "slug": "text",
    "organisation": "text",
    "parent": "text",
    "specialties": "varchar[]",
    "postcode": "text",
    "latitude": "float8",
    "longitude": "float8",
    "closed_on": "date",
}
"""What the layout does not say is null and stays as it is; a parent is '' for none."""

ADD = f"""
insert into service (ods_code, name, slug, organisation_id, region, specialties, postcode, latitude, longitude,
                     closed_on)
select code, new.name, {staging.NEW_SLUG.format(table="service")}, organisation.id, organisation.region,
       coalesce(specialties, '{{}}'), postcode, latitude, longitude, new.closed_on
from incoming_service new join organisation on organisation.ods_code = new.organisation
where not known order by line
"""
CHANGE = """
with done as (
    update service set name = new.name, organisation_id = new.organisation_id, parent_id = new.parent_id,
        region = new.region, specialties = new.all_specialties, postcode = new.postcode, latitude = new.north,
        longitude = new.east, closed_on = new.closed_on
    from (
        select incoming.*, organisation.id as organisation_id, organisation.region,
            case when parent is null then old.parent_id else above.id end as parent_id,
            coalesce(incoming.specialties, old.specialties) as all_specialties,
            case when old.postcode is not distinct from incoming.postcode
                then coalesce(incoming.latitude, old.latitude) else incoming.latitude end as north,
            case when old.postcode is not distinct from incoming.postcode
                then coalesce(incoming.longitude, old.longitude) else incoming.longitude end as east
        from incoming_service incoming
        join service old on old.ods_code = code
        join organisation on organisation.ods_code = incoming.organisation
        left join service above on above.ods_code = parent
    ) new
    where service.ods_code = new.code
      and (service.name, service.organisation_id, service.parent_id, service.region, service.specialties,
           service.postcode, service.latitude, service.longitude, service.closed_on)
          is distinct from
          (new.name, new.organisation_id, new.parent_id, new.region, new.all_specialties,
           new.postcode, new.north, new.east, new.closed_on)
    returning new.known
)
select count(*) filter (where known) from done
"""
ORGANISATIONS = "select ods_code from organisation where ods_code is not null"


async def load_services(connection: Connection, source: Source) -> None:
    """Add and change services of organisations that are known already, and put them in their areas.

    Raises ImportFailedError.
    """
    known = frozenset([code for (code,) in await connection.fetch(ORGANISATIONS)])
    await staging.stage(connection, "service", STAGE, source.records(_reader(source, known)))
    await staging.reject_repeated(connection, "service", "code", source.report)
    await staging.reject_unrooted(connection, "service", source.report)
    source.report.added, source.report.changed = await store(connection)
    await staging.refuse_circle(connection, "service", source.report)
    await staging.drop(connection, "service")


async def store(connection: Connection) -> tuple[int, int]:
    """Take over what is in `incoming_service`; how many services were added and changed."""
    await staging.mark_known(connection, "service")
    added = await staging.count(connection, ADD)
    changed: int = await connection.fetchval(CHANGE)
    await link.link_services(connection)
    return added, changed


def _reader(source: Source, known: frozenset[str]) -> Reader:
    first = source.first()
    if "ods_code" in [name.strip().lower() for name in first]:
        return _own(source.header(), source.report.file, known)
    if not ods.is_layout(first):
        raise ImportFailedError(
            f"{source.report.file} is neither a file of the Organisation Data Service nor a CSV with the columns "
            f"{', '.join(HEADER)}"
        )
    return lambda row: _site(row, known)


def _own(header: Row, file: str, known: frozenset[str]) -> Reader:
    cell.need(header, HEADER, file)

    def read(row: Row) -> tuple[object, ...]:
        cells = cell.named(header, row)
        return (
            cell.code(cells["ods_code"], cell.SERVICE_CODE),
            *cell.name_and_slug(cells["name"]),
            _organisation(cells, known),
            cells["parent"] and cell.code(cells["parent"], cell.SERVICE_CODE),
            cell.texts(cells["specialties"]),
            cell.postcode(cells["postcode"]),
            *cell.point(cells["latitude"], cells["longitude"]),
            cell.day(cells["closed_on"]),
        )

    return read


def _organisation(cells: Mapping[str, str], known: frozenset[str]) -> str:
    if cells["organisation"] not in known:
        raise ValueError(f"there is no organisation ‘{cells['organisation']}’")
    return cells["organisation"]


def _site(row: Row, known: frozenset[str]) -> tuple[object, ...]:
    entry = ods.read(row)
    code = cell.code(entry.code, cell.SERVICE_CODE)
    trust = next((trust for trust in (entry.parent, code[:TRUST_CODE]) if trust in known), None)
    if not trust:
        raise ValueError(f"there is no organisation ‘{entry.parent or code[:TRUST_CODE]}’")
    return (code, *cell.name_and_slug(entry.name), trust, None, None, entry.postcode, None, None, entry.closed_on)
