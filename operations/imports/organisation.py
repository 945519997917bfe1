"""Organisations: from the registers' layout, or from a CSV with the columns of our own."""

from collections.abc import Callable, Iterator
from typing import Any

from models.database.connection import Connection
from models.organisation import OrganisationKind
from models.region import Region
from operations.imports import ods, service, staging
from operations.imports.name import slug, title
from operations.imports.report import ImportFailedError
from operations.imports.source import Row, Source

STAGE = {
    "line": "int",
    "code": "text",
    "name": "text",
    "slug": "text",
    "kind": "organisationkind",
    "region": "region",
    "parent": "text",
    "opened_on": "date",
    "closed_on": "date",
    "postcode": "text",
}
"""A parent is the code of one, '' for none, and null where the layout does not say: then it stays as it is."""
HEADER = ("ods_code", "name", "kind", "region", "parent", "opened_on", "closed_on")

UNREACHED = """
with recursive rooted as (
    select code from incoming_organisation
    where coalesce(parent, '') = ''
       or exists (select from organisation where ods_code = parent)
          and not exists (select from incoming_organisation other where other.code = incoming_organisation.parent)
    union
    select child.code from incoming_organisation child join rooted on child.parent = rooted.code
)
delete from incoming_organisation where code not in (select code from rooted)
returning line, 'the parent ' || parent || ' is unknown or rejected, or lies below it'
"""
CHANGE = """
update organisation set
    name = new.name, kind = new.kind, region = new.region, parent_id = new.parent_id,
    opened_on = new.opened_on, closed_on = new.closed_on
from (
    select incoming_organisation.*,
        case when incoming_organisation.parent is null then old.parent_id else parent.id end as parent_id
    from incoming_organisation
    join organisation old on old.ods_code = incoming_organisation.code
    left join organisation parent on parent.ods_code = incoming_organisation.parent
) new
where organisation.ods_code = new.code
  and (organisation.name, organisation.kind, organisation.region, organisation.parent_id,
       organisation.opened_on, organisation.closed_on)
      is distinct from (new.name, new.kind, new.region, new.parent_id, new.opened_on, new.closed_on)
"""
ADD = f"""
insert into organisation (ods_code, name, slug, kind, region, opened_on, closed_on)
select code, name, {staging.NEW_SLUG.format(table="organisation")}, kind, region, opened_on, closed_on
from incoming_organisation new
where not exists (select from organisation where ods_code = new.code)
order by line
"""
PRACTICES = """
create temporary table incoming_service on commit drop as
select line, code, name, slug, code as organisation, null as parent, array['General practice'] as specialties,
       postcode, null::float8 as latitude, null::float8 as longitude, closed_on
from incoming_organisation where kind = 'GP_PRACTICE'
"""

Reader = Callable[[Row], tuple[Any, ...]]


async def load_organisations(
    connection: Connection,
    source: Source,
    kind: OrganisationKind | None = None,
    region: Region | None = None,
) -> None:
    """Add and change organisations; each GP practice of a register also becomes a service of itself.

    `kind` and `region` count for registers only, whose rows do not name them.
    """
    reader, practices = _reader(source, kind, region)
    await staging.stage(connection, "incoming_organisation", STAGE, _records(source, reader))
    await staging.reject_repeated(connection, "incoming_organisation", "code", source.report)
    async for line, why in connection.cursor(UNREACHED):
        source.report.reject(line, why)
    await _store(connection, source)
    if practices:
        await connection.execute(PRACTICES)
        await service.store(connection)
        await staging.drop(connection, "incoming_service")
    await staging.drop(connection, "incoming_organisation")


async def _store(connection: Connection, source: Source) -> None:
    source.report.added = await staging.count(connection, ADD)
    if source.report.added:
        # New rows get their parents only now, for a parent may come after its children.
        await connection.execute(PARENTS)
    source.report.changed = await staging.count(connection, CHANGE)
    code = await staging.circle(connection, "organisation")
    if code:
        raise ImportFailedError(f"{source.report.file}: organisation {code} would be above itself")


def _reader(source: Source, kind: OrganisationKind | None, region: Region | None) -> tuple[Reader, bool]:
    """How to read this file's rows, and whether they are of a register."""
    first = source.first()
    if "ods_code" in [name.strip().lower() for name in first]:
        return _own_layout(source.header(), source.report.file), False
    found = kind or ods.kind_of(source.report.file, first)
    if not ods.is_layout(first) or not found:
        raise ImportFailedError(
            f"{source.report.file} is neither a file of the Organisation Data Service nor a CSV with the columns "
            f"{', '.join(HEADER)}; for a register with another name give --kind"
        )
    return lambda row: _register_row(ods.read(row), found, region), found == OrganisationKind.GP_PRACTICE


def _records(source: Source, reader: Reader) -> Iterator[tuple[Any, ...]]:
    for line, row in source:
        try:
            yield (line, *reader(row))
        except ValueError as error:
            source.report.reject(line, str(error))


def _own_layout(header: Row, file: str) -> Reader:
    missing = set(HEADER) - set(header)
    if missing:
        raise ImportFailedError(f"{file} has no column {', '.join(sorted(missing))}")

    def read(row: Row) -> tuple[Any, ...]:
        cells = named(header, row)
        opened, closed = ods.day(cells["opened_on"]), ods.day(cells["closed_on"])
        kind, region = OrganisationKind(cells["kind"]), Region(cells["region"])
        return (*identity(cells["ods_code"], cells["name"]), kind, region, cells["parent"], opened, closed, None)

    return read
