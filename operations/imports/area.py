"""Areas of care with their terms, successors and responsible organisations, from a CSV."""

from datetime import date

from models.area import AreaKind
from models.database.connection import Connection
from operations.imports import cell, staging
from operations.imports.source import Reader, Row, Source

HEADER = ("code", "name", "kind", "valid_from", "valid_to", "successors", "organisation")
STAGE = {
    "line": "int",
    "code": "text",
    "name": "text",
    "kind": "areakind",
    "valid_from": "date",
    "valid_to": "date",
    "successors": "text[]",
    "organisation": "text",
}
ORGANISATIONS = "select ods_code from organisation where ods_code is not null"

WITHOUT_SUCCESSOR = """
delete from incoming_area using (
    select line as bad, successor from incoming_area, unnest(successors) successor
    where successor not in (select code from incoming_area) and successor not in (select code from area)
) lost
where line = bad returning line, 'its successor ‘' || successor || '’ is unknown or was rejected'
"""
KNOWN = "update incoming_area set known = true from area where area.code = incoming_area.code"
CHANGED = """
select count(*) from incoming_area new join area on area.code = new.code
left join organisation on organisation.ods_code = new.organisation
where (area.name, area.kind, area.valid_from, area.valid_to, area.organisation_id)
      is distinct from (new.name, new.kind, new.valid_from, new.valid_to, organisation.id)
   or array(select unnest(new.successors) order by 1) <> array(
        select next.code::text from area_successor join area next on next.id = successor_id
        where area_id = area.id order by 1)
"""
STORE = """
insert into area (code, name, kind, valid_from, valid_to, organisation_id)
select code, new.name, new.kind, valid_from, valid_to, organisation.id
from incoming_area new left join organisation on ods_code = organisation order by line
on conflict (code) do update set name = excluded.name, kind = excluded.kind, valid_from = excluded.valid_from,
    valid_to = excluded.valid_to, organisation_id = excluded.organisation_id
"""
UNLINK = """
delete from area_successor using area join incoming_area using (code), area next
where area_id = area.id and successor_id = next.id and next.code <> all(successors)
"""
LINK = """
insert into area_successor (area_id, successor_id)
select area.id, next.id from incoming_area join area using (code) join area next on next.code = any(successors)
order by 1, 2 on conflict do nothing
"""


async def load_areas(connection: Connection, source: Source) -> None:
    """Add and change areas; the organisations responsible for them must be known already.

    Raises ImportFailedError.
    """
    known = frozenset([code for (code,) in await connection.fetch(ORGANISATIONS)])
    read = _reader(source.header(), source.report.file, known)
    await staging.stage(connection, "area", STAGE, source.records(read))
    await staging.reject_repeated(connection, "area", "code", source.report)
    # Each rejected row may have been the successor of others.
    rejected = -1
    while rejected != source.report.rejected:
        rejected = source.report.rejected
        await staging.reject(connection, WITHOUT_SUCCESSOR, source.report)
    await connection.execute(KNOWN)
    source.report.changed = await connection.fetchval(CHANGED)
    source.report.added = await connection.fetchval("select count(*) from incoming_area where not known")
    for statement in (STORE, UNLINK, LINK):
        await connection.execute(statement)
    await staging.drop(connection, "area")


def _reader(header: Row, file: str, known: frozenset[str]) -> Reader:
    cell.need(header, HEADER, file)

    def read(row: Row) -> tuple[object, ...]:
        cells = cell.named(header, row)
        code = cell.code(cells["code"], cell.AREA_CODE)
        if cells["organisation"] and cells["organisation"] not in known:
            raise ValueError(f"there is no organisation ‘{cells['organisation']}’")
        return (
            code,
            cell.name_and_slug(cells["name"])[0],
            cell.choice(AreaKind, cells["kind"]),
            *_term(cells["valid_from"], cells["valid_to"]),
            _successors(code, cells["successors"], bool(cells["valid_to"])),
            cells["organisation"] or None,
        )

    return read


def _term(first: str, last: str) -> tuple[date, date | None]:
    valid_from, valid_to = cell.needed(cell.day(first), "day in valid_from"), cell.day(last)
    if valid_to and valid_to < valid_from:
        raise ValueError(f"valid to {valid_to}, before it was valid from {valid_from}")
    return valid_from, valid_to


def _successors(code: str, text: str, ended: bool) -> list[str]:
    successors = [cell.code(part, cell.AREA_CODE) for part in cell.texts(text)]
    if code in successors:
        raise ValueError("it can't be its own successor")
    if successors and not ended:
        raise ValueError("it has successors but no day in valid_to")
    return sorted(set(successors))
