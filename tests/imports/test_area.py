"""Areas with their terms, successors and responsible organisations."""

import asyncpg
import pytest

from operations.imports.area import load_areas
from operations.imports.report import ImportFailedError
from tests.imports.conftest import AREAS, Import

pytestmark = pytest.mark.usefixtures("world")
GOOD = "E54000990,Some,INTEGRATED_CARE_BOARD,2022-07-01,,,QZ1"


async def rows(connection: asyncpg.Connection) -> dict[str, tuple[object, ...]]:
    """What is stored, by code."""
    statement = """
    select area.code, area.name, valid_from::text, valid_to::text, ods_code,
        array(select next.code from area_successor join area next on next.id = successor_id where area_id = area.id
              order by 1) as successors
    from area left join organisation on organisation.id = organisation_id
    """
    return {code: tuple(rest) for code, *rest in await connection.fetch(statement)}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("E54,Some,INTEGRATED_CARE_BOARD,2022-07-01,,,", "‘E54’ is not a code"),
        ("E54000991,,INTEGRATED_CARE_BOARD,2022-07-01,,,", "the name is empty"),
        ("E54000991,Some,BOARD,2022-07-01,,,", "‘BOARD’ is none of INTEGRATED_CARE_BOARD"),
        ("E54000991,Some,INTEGRATED_CARE_BOARD,,,,", "there is no day in valid_from"),
        ("E54000991,Some,INTEGRATED_CARE_BOARD,2022-07-01,2022-06-30,,", "valid to 2022-06-30, before"),
        ("E54000991,Some,INTEGRATED_CARE_BOARD,2022-07-01,,E54000990,", "it has successors but no day in valid_to"),
        ("E54000991,Some,INTEGRATED_CARE_BOARD,2022-07-01,2023-07-01,E54000991,", "it can't be its own successor"),
        (
            "E54000991,Some,INTEGRATED_CARE_BOARD,2022-07-01,2023-07-01,E54000999,",
            "its successor ‘E54000999’ is unknown",
        ),
        ("E54000991,Some,INTEGRATED_CARE_BOARD,2022-07-01,,,QZ9", "there is no organisation ‘QZ9’"),
        ("E54000990,Twice,INTEGRATED_CARE_BOARD,2022-07-01,,,", "line 2 has the same code"),
    ],
)
async def test_a_bad_row_is_rejected_with_its_line_and_the_others_are_taken(
    connection: asyncpg.Connection, imported: Import, row: str, why: str
) -> None:
    report = await imported(load_areas, AREAS, GOOD, row)
    assert (report.added, report.rejected) == (1, 1)
    assert report.examples[0][0] == 3
    assert why in report.examples[0][1]
    assert (await rows(connection))["E54000990"][0] == "Some"


async def test_a_row_whose_successor_was_rejected_is_rejected_too(imported: Import) -> None:
    chain = [f"E5400099{n},Some,INTEGRATED_CARE_BOARD,2022-07-01,2023-07-01,E5400099{n + 1}," for n in (1, 2, 3)]
    report = await imported(load_areas, AREAS, *chain)
    assert sorted(line for line, _ in report.examples) == [2, 3, 4]


async def test_a_missing_column_fails(imported: Import) -> None:
    with pytest.raises(ImportFailedError, match=r"some.csv has no column valid_to, organisation"):
        await imported(load_areas, "code,name,kind,valid_from,successors", "E54000990,a,b,c,d")


async def test_again_changes_nothing_and_a_redrawn_map_what_differs(
    connection: asyncpg.Connection, imported: Import
) -> None:
    before = await rows(connection)
    assert before["E54000903"] == ("Dale", "2022-07-01", "2026-03-31", None, ["E54000901", "E54000904"])
    same = "E54000903,Dale,INTEGRATED_CARE_BOARD,2022-07-01,2026-03-31,E54000904;E54000901,"
    assert (await imported(load_areas, AREAS, same)).unchanged == 1
    assert await rows(connection) == before
    report = await imported(load_areas, AREAS, same.replace(";E54000901,", ",QZ1"), GOOD)
    assert (report.added, report.changed) == (1, 1)
    assert (await rows(connection))["E54000903"][-2:] == ("QZ1", ["E54000904"])
