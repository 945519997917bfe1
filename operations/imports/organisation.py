"""Organisations: from a register of the Organisation Data Service, or from a CSV with columns of our own."""

from datetime import date

from models.database.connection import Connection
from models.organisation import OrganisationKind
from models.region import Region
from operations.imports import cell, ods, service, staging
from operations.imports.report import ImportFailedError
from operations.imports.source import Reader, Row, Source

HEADER = ("ods_code", "name", "kind", "region", "parent", "opened_on", "closed_on")
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

ADD = f"""
insert into organisation (ods_code, name, slug, kind, region, opened_on, closed_on)
select code, name, {staging.NEW_SLUG.format(table="organisation")}, kind, region, opened_on, closed_on
from incoming_organisation new where not known order by line
"""
CHANGE = """
with done as (
    update organisation set name = new.name, kind = new.kind, region = new.region, parent_id = new.parent_id,
        opened_on = new.opened_on, closed_on = new.closed_on
    from (
        select incoming.*, case when parent is null then old.parent_id else above.id end as parent_id
        from incoming_organisation incoming
        join organisation old on old.ods_code = code
        left join organisation above on above.ods_code = parent
    ) new
    where organisation.ods_code = new.code
      and (organisation.name, organisation.kind, organisation.region, organisation.parent_id,
           organisation.opened_on, organisation.closed_on)
          is distinct from (new.name, new.kind, new.region, new.parent_id, new.opened_on, new.closed_on)
    returning new.known
)
select count(*) filter (where known) from done
"""
PRACTICES = """
insert into incoming_service (line, code, name, slug, organisation, specialties, postcode, closed_on)
select line, code, name, slug, code, array['General practice'], postcode, closed_on from incoming_organisation
"""


async def load_organisations(
    connection: Connection,
    source: Source,
    kind: OrganisationKind | None = None,
    region: Region | None = None,
) -> None:
    """Add and change organisations; each GP practice of a register also becomes a service.

    `kind` and `region` count for registers only, whose rows do not name them. Raises ImportFailedError.
    """
    read, practices = _reader(source, kind, region)
    await staging.stage(connection, "organisation", STAGE, source.records(read))
    await staging.reject_repeated(connection, "organisation", "code", source.report)
    await staging.reject_unrooted(connection, "organisation", source.report)
    await _store(connection, source)
    if practices:
        await staging.stage(connection, "service", service.STAGE, [])
        await connection.execute(PRACTICES)
        await service.store(connection)
        await staging.drop(connection, "service")
    await staging.drop(connection, "organisation")


async def _store(connection: Connection, source: Source) -> None:
    await staging.mark_known(connection, "organisation")
    source.report.added = await staging.count(connection, ADD)
    # The second statement also gives the new ones their parents, which may come after their children.
    source.report.changed = await connection.fetchval(CHANGE)
    await staging.refuse_circle(connection, "organisation", source.report)


def _reader(source: Source, kind: OrganisationKind | None, region: Region | None) -> tuple[Reader, bool]:
    """How to read this file's rows, and whether each is a practice, which is a service as well."""
    first = source.first()
    if "ods_code" in [name.strip().lower() for name in first]:
        return _own(source.header(), source.report.file), False
    found = kind or ods.kind_of(source.report.file, first)
    if not ods.is_layout(first) or not found:
        raise ImportFailedError(
            f"{source.report.file} is neither a known file of the Organisation Data Service (of another one, give "
            f"the kind) nor a CSV with the columns {', '.join(HEADER)}"
        )
    return lambda row: _registered(row, found, region), found == OrganisationKind.GP_PRACTICE


def _own(header: Row, file: str) -> Reader:
    cell.need(header, HEADER, file)

    def read(row: Row) -> tuple[object, ...]:
        cells = cell.named(header, row)
        return (
            cell.code(cells["ods_code"], cell.ORGANISATION_CODE),
            *cell.name_and_slug(cells["name"]),
            cell.choice(OrganisationKind, cells["kind"]),
            cell.choice(Region, cells["region"]),
            cells["parent"] and cell.code(cells["parent"], cell.ORGANISATION_CODE),
            *_term(cell.day(cells["opened_on"]), cell.day(cells["closed_on"])),
            None,
        )

    return read


def _registered(row: Row, kind: OrganisationKind, region: Region | None) -> tuple[object, ...]:
    entry = ods.read(row)
    if kind == OrganisationKind.GP_PRACTICE and entry.setting not in ("", ods.GP_PRACTICE_SETTING):
        raise ValueError(f"prescribing setting {entry.setting} is not a GP practice")
    return (
        cell.code(entry.code, cell.ORGANISATION_CODE),
        *cell.name_and_slug(entry.name),
        kind,
        region or entry.region,
        # A commissioner pays a practice but is not a body above it: what its staff may see follows from areas.
        None,
        *_term(entry.opened_on, entry.closed_on),
        entry.postcode,
    )


def _term(opened: date | None, closed: date | None) -> tuple[date | None, date | None]:
    if opened and closed and closed < opened:
        raise ValueError(f"closed on {closed}, before it opened on {opened}")
    return opened, closed
