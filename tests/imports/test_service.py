"""Services from trusts' sites and from our own layout, and the areas in which they lie."""

import asyncpg
import pytest

from operations.imports.postcode import load_postcodes
from operations.imports.report import ImportFailedError
from operations.imports.service import load_services
from tests.imports.conftest import Import, register

HEADER = "ods_code,name,organisation,parent,specialties,postcode,latitude,longitude,closed_on"
HOSPITAL = "RZ101,General Hospital,RZ1,,,NM1 1AQ,54.5,-1.5,"
WARD = "RZ101W1,Ward 1,RZ1,RZ101,Cardiology;Stroke Medicine,nm11aq,54.5,-1.5,"

pytestmark = pytest.mark.usefixtures("world")


async def rows(connection: asyncpg.Connection) -> list[tuple[object, ...]]:
    """What is stored, without ids."""
    statement = """
    select child.ods_code, child.name, organisation.ods_code, parent.ods_code, child.region::text, child.specialties,
        child.postcode, child.latitude, child.longitude, child.closed_on::text,
        array(select code from service_area join area on area.id = area_id where service_id = child.id)
    from service child join organisation on organisation.id = child.organisation_id
    left join service parent on parent.id = child.parent_id order by child.ods_code
    """
    return [tuple(row) for row in await connection.fetch(statement)]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("RZ1-1,Some,RZ1,,,,,,", "‘RZ1-1’ is not a code"),
        ("RZ199,Some,RZ9,,,,,,", "there is no organisation ‘RZ9’"),
        ("RZ199,Some,RZ1,RZ198,,,,,", "its parent ‘RZ198’ is unknown"),
        ("RZ199,Some,RZ1,,,NM1,,,", "‘NM1’ is not a postcode"),
        ("RZ199,Some,RZ1,,,,40.4,-3.7,", "the coordinates are not in the United Kingdom"),
        ("RZ199,Some,RZ1,,,,54.5,,", "the coordinates are not in the United Kingdom"),
        ("RZ199,Some,RZ1,,,,north,west,", "could not convert"),
        ("RZ199,Some,RZ1,,Stroke\x07,,,,", "is not printable UTF-8 text"),
        ("RZ199,Some,RZ1,,,,,,soon", "‘soon’ is not a date"),
        ("RZ101,Twice,RZ1,,,,,,", "line 2 has the same code"),
    ],
)
async def test_a_bad_row_is_rejected_with_its_line_and_the_others_are_taken(
    connection: asyncpg.Connection, imported: Import, row: str, why: str
) -> None:
    report = await imported(load_services, HEADER, HOSPITAL, row, WARD)
    assert (report.read, report.added, report.rejected) == (3, 2, 1)
    assert report.examples[0][0] == 3
    assert why in report.examples[0][1]
    assert [code for code, *_ in await rows(connection)] == ["RZ101", "RZ101W1"]


async def test_a_circle_through_what_is_stored_fails(imported: Import) -> None:
    await imported(load_services, HEADER, HOSPITAL, WARD)
    with pytest.raises(ImportFailedError, match="service RZ101 would be above itself"):
        await imported(load_services, HEADER, HOSPITAL.replace("RZ1,,", "RZ1,RZ101W1,"))


async def test_our_own_layout_makes_a_tree(connection: asyncpg.Connection, imported: Import) -> None:
    for expected in (2, 0):
        report = await imported(load_services, HEADER, WARD, HOSPITAL)
        assert (report.added, report.changed) == (expected, 0)
    place: tuple[object, ...] = ("NM1 1AQ", 54.5, -1.5, None, [])
    assert await rows(connection) == [
        ("RZ101", "General Hospital", "RZ1", None, "ENGLAND", [], *place),
        ("RZ101W1", "Ward 1", "RZ1", "RZ101", "ENGLAND", ["Cardiology", "Stroke Medicine"], *place),
    ]


async def test_a_site_whose_trust_is_unknown_is_rejected(imported: Import) -> None:
    report = await imported(load_services, register("RZ901"), register("ABC", parent="RZ8"), name="ets.csv")
    assert report.examples == [(1, "there is no organisation ‘RZ9’"), (2, "there is no organisation ‘RZ8’")]


async def test_sites_belong_to_their_trusts(connection: asyncpg.Connection, imported: Import) -> None:
    lines = (register("RZ102", "ALDERVALE HOSPITAL", postcode="NM4 1AA"), register("RZ103", "THE LODGE", parent="RZ2"))
    await imported(load_services, *lines, name="ets.csv")
    assert [(code, name, trust) for code, name, trust, *_ in await rows(connection)] == [
        ("RZ102", "Aldervale Hospital", "RZ1"),
        ("RZ103", "The Lodge", "RZ2"),
    ]


async def test_a_register_keeps_what_it_does_not_say(connection: asyncpg.Connection, imported: Import) -> None:
    await imported(load_services, HEADER, HOSPITAL, WARD)
    site = register("RZ101W1", "WARD 1", postcode="NM1 1AQ")
    assert (await imported(load_services, site, name="ets.csv")).unchanged == 1
    moved = await imported(load_services, register("RZ101W1", "WARD 1", postcode="NM1 2FZ"), name="ets.csv")
    assert moved.changed == 1
    _, ward = await rows(connection)
    # The tree and the specialties stay; the place of the old postcode is no longer the service's.
    assert ward[3:9] == ("RZ101", "ENGLAND", ["Cardiology", "Stroke Medicine"], "NM1 2FZ", None, None)


async def test_a_service_lies_in_the_area_of_its_postcode_only(
    connection: asyncpg.Connection, imported: Import
) -> None:
    await imported(load_postcodes, "pcds,icb", "NM1 1AQ,E54000901", "NM1 2FZ,E54000904")
    await imported(load_services, HEADER, HOSPITAL)
    assert (await rows(connection))[0][-1] == ["E54000901"]
    await imported(load_services, HEADER, HOSPITAL.replace("NM1 1AQ", "NM1 2FZ"))
    assert (await rows(connection))[0][-1] == ["E54000904"]
    await imported(load_services, HEADER, HOSPITAL.replace("NM1 1AQ", "NM1 9ZZ"))
    assert (await rows(connection))[0][-1] == []
