"""Which areas postcodes lie in, from the ONS Postcode Directory."""

from datetime import date
from functools import partial
from pathlib import Path

import asyncpg
import pytest

from operations.imports.postcode import load_postcodes
from operations.imports.report import ImportFailedError
from operations.imports.service import load_services
from tests.imports.conftest import Import
from tests.imports.test_service import HEADER as SERVICES
from tests.imports.test_service import HOSPITAL

pytestmark = pytest.mark.usefixtures("world")
HEADER = "pcds,doterm,icb,hlthau,lat,long"
TODAY = partial(load_postcodes, day=date(2026, 11, 1))


async def rows(connection: asyncpg.Connection) -> list[tuple[str, str]]:
    """Postcodes with their areas' codes."""
    statement = "select postcode, code from postcode_area join area on area.id = area_id order by 1, 2"
    return [tuple(row) for row in await connection.fetch(statement)]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("NM1,,E54000901,,,", "‘NM1’ is not a postcode"),
        (",,E54000901,,,", "there is no postcode"),
        ("NM1 2FZ,,E54000999,E18000001,,", "no area of care has one of the codes E54000999, E18000001"),
        ("NM1 2FZ,,,,,", "no area in it"),
        ("NM1 2FZ,,E99999999,,,", "no area in it"),
        ("NM1 2FZ,,E54000903,,,", "E54000903 ended on 2026-03-31 and has 2 successors"),
        ("NM1 2FZ,,E54000901", "3 columns instead of 6"),
        ("NM1 2FZ,,E54\udcff,,,", "no area of care has one of the codes E54\\udcff"),
        ("NM1 1AQ,,E54000904,,,", "line 2 has the same postcode"),
        # P02: a council is not told, though the area is known.
        ("GZ1 1AA,,S12000901,,,", "no area of care has one of the codes S12000901"),
    ],
)
async def test_a_bad_row_is_rejected_with_its_line_and_the_others_are_taken(
    connection: asyncpg.Connection, imported: Import, row: str, why: str
) -> None:
    report = await imported(TODAY, HEADER, "NM1 1AQ,,E54000901,,,", row, "NM1 3WS,,E54000904,,,")
    assert (report.read, report.added, report.rejected) == (3, 2, 1)
    assert report.examples[0][0] == 3
    assert why in report.examples[0][1]
    assert await rows(connection) == [("NM1 1AQ", "E54000901"), ("NM1 3WS", "E54000904")]


@pytest.mark.parametrize("header", ["postcodes,icb", "pcds,ward", "pcds"])
async def test_a_file_without_postcodes_or_areas_fails(imported: Import, header: str) -> None:
    with pytest.raises(ImportFailedError, match=r"some\.csv has no column"):
        await imported(load_postcodes, header, "NM1 1AQ,E54000901")


async def test_a_lookup_to_an_unknown_area_fails(imported: Import, tmp_path: Path) -> None:
    lookup = tmp_path / "lookup.csv"
    lookup.write_text("code,area\nS12000001,S37000999\n")
    with pytest.raises(ImportFailedError, match="S37000999 is no area of care that is known"):
        await imported(partial(load_postcodes, lookup=lookup), HEADER, "NM1 1AQ,,E54000901,,,")


@pytest.mark.parametrize(
    "header",
    [
        "pcd,pcd2,pcds,icb,oshlthau",  # 2018 to 2022
        "pcd7,pcd8,pcds,icb23cd,hlth19cd",  # 2025
        "PCD7,PCD8,PCDS,ICB26CD,HLTH19CD",  # 2026
        "postcode,pcd8,pcds,icb,lhb",
    ],
)
async def test_the_editions_name_their_columns_differently(
    connection: asyncpg.Connection, imported: Import, header: str
) -> None:
    lines = ["NM11AQ,NM1  1AQ,NM1 1AQ,E54000901,E18000001", "GJ11AA,GJ1  1AA,GJ1 1AA,W99999999,W11000901"]
    await imported(TODAY, header, *lines)
    assert await rows(connection) == [("GJ1 1AA", "W11000901"), ("NM1 1AQ", "E54000901")]


@pytest.mark.parametrize("column", ["pcd7", "pcd8", "pcd"])
async def test_a_postcode_in_a_fixed_width_is_put_right(
    connection: asyncpg.Connection, imported: Import, column: str
) -> None:
    await imported(TODAY, f"{column},icb", "NM1  1AQ,E54000901", "NM101AQ,E54000901")
    assert await rows(connection) == [("NM1 1AQ", "E54000901"), ("NM10 1AQ", "E54000901")]


async def test_an_ended_area_is_replaced_by_its_successor(connection: asyncpg.Connection, imported: Import) -> None:
    await imported(TODAY, HEADER, "NM1 1AQ,202403,E54000902,,,")
    assert await rows(connection) == [("NM1 1AQ", "E54000901")]
    await imported(partial(load_postcodes, day=date(2026, 3, 31)), HEADER, "NM1 1AQ,202403,E54000902,,,")
    assert await rows(connection) == [("NM1 1AQ", "E54000902")]


async def test_an_area_that_has_not_begun_is_not_used(imported: Import) -> None:
    report = await imported(partial(load_postcodes, day=date(2026, 3, 31)), HEADER, "NM1 1AQ,,E54000904,,,")
    assert report.examples == [(2, "E54000904 begins on 2026-04-01")]


async def test_a_lookup_leads_councils_to_areas_of_care(
    connection: asyncpg.Connection, imported: Import, tmp_path: Path
) -> None:
    lookup = tmp_path / "lookup.csv"
    lookup.write_text("code,area\nS12000036,S37000901\n")
    await imported(partial(load_postcodes, lookup=lookup), "pcds,oslaua,oshlthau,icb", "GZ1 1AA,S12000036,S08000024,")
    assert await rows(connection) == [("GZ1 1AA", "S37000901")]


async def test_again_changes_nothing_and_a_new_edition_what_differs(
    connection: asyncpg.Connection, imported: Import
) -> None:
    lines = ["NM1 1AQ,,E54000901,,,", "NM1 2FZ,,E54000901,,,"]
    assert (await imported(TODAY, HEADER, *lines)).added == 2
    assert (await imported(TODAY, HEADER, *lines)).unchanged == 2
    await connection.execute("insert into postcode_area select 'NM1 1AQ', id from area where code = 'W11000901'")
    report = await imported(TODAY, HEADER, lines[0], "NM1 2FZ,,E54000904,,,", "NM1 3WS,,E54000904,,,")
    assert (report.added, report.changed, report.unchanged) == (1, 2, 0)
    assert await rows(connection) == [
        ("NM1 1AQ", "E54000901"),
        ("NM1 2FZ", "E54000904"),
        ("NM1 3WS", "E54000904"),
    ]


async def test_services_get_their_place_and_area(connection: asyncpg.Connection, imported: Import) -> None:
    await imported(load_services, SERVICES, HOSPITAL, "RZ102,No grid reference,RZ1,,,NM1 2FZ,,,")
    await imported(TODAY, HEADER, "NM1 1AQ,,E54000901,,54.61,-1.88", "NM1 2FZ,,E54000904,,99.999999,0.000000")
    statement = """
    select service.ods_code, latitude, longitude, code from service
    join service_area on service_id = service.id join area on area.id = area_id order by 1
    """
    assert [tuple(row) for row in await connection.fetch(statement)] == [
        ("RZ101", 54.61, -1.88, "E54000901"),
        ("RZ102", None, None, "E54000904"),
    ]
