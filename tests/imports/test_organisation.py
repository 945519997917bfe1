"""Organisations from registers and from our own layout."""

from functools import partial

import asyncpg
import pytest

from models.organisation import OrganisationKind
from operations.imports.organisation import load_organisations
from operations.imports.report import ImportFailedError
from tests.imports.conftest import ORGANISATIONS, Import, register

RZ1 = "RZ1,Northmoor Hospitals,NHS_TRUST,ENGLAND,,1993-04-01,"


async def rows(connection: asyncpg.Connection) -> list[tuple[object, ...]]:
    """What is stored, without ids."""
    statement = """
    select child.ods_code, child.name, child.slug, child.kind::text, child.region::text, parent.ods_code,
        child.opened_on::text, child.closed_on::text
    from organisation child left join organisation parent on parent.id = child.parent_id order by child.ods_code
    """
    return [tuple(row) for row in await connection.fetch(statement)]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("rz1,Some,NHS_TRUST,ENGLAND,,,", "‘rz1’ is not a code"),
        ("RZ1,,NHS_TRUST,ENGLAND,,,", "the name is empty"),
        ("RZ1,?!,NHS_TRUST,ENGLAND,,,", "the name has no letter"),
        ("RZ1,Some\udcff,NHS_TRUST,ENGLAND,,,", "the name is not printable UTF-8 text"),
        ("RZ1,Some\0,NHS_TRUST,ENGLAND,,,", "the name is not printable UTF-8 text"),
        ("RZ1,Some,TRUST,ENGLAND,,,", "‘TRUST’ is none of NHS_TRUST"),
        ("RZ1,Some,NHS_TRUST,FRANCE,,,", "‘FRANCE’ is none of ENGLAND"),
        ("RZ1,Some,NHS_TRUST,ENGLAND,,31/12/2020,", "‘31/12/2020’ is not a date"),
        ("RZ1,Some,NHS_TRUST,ENGLAND,,2020-01-02,2020-01-01", "closed on 2020-01-01, before it opened"),
        ("RZ1,Some,NHS_TRUST,ENGLAND,RZ9,,", "its parent ‘RZ9’ is unknown"),
        ("RZ1,Some,NHS_TRUST,ENGLAND,RZ1,,", "its parent ‘RZ1’ is unknown, was rejected, or lies below it"),
        ("RZ1,Some,NHS_TRUST,ENGLAND", "4 columns instead of 7"),
        ('RZ1,"Some,NHS_TRUST,ENGLAND,,,', "the line is no row of CSV"),
        ("RZ8,Twice,NHS_TRUST,ENGLAND,,,", "line 2 has the same code"),
    ],
)
async def test_a_bad_row_is_rejected_with_its_line_and_the_others_are_taken(
    connection: asyncpg.Connection, imported: Import, row: str, why: str
) -> None:
    good = ("RZ8,Eight,NHS_TRUST,ENGLAND,,,", "RZ7,Seven,NHS_TRUST,ENGLAND,,,")
    report = await imported(load_organisations, ORGANISATIONS, good[0], row, good[1])
    assert (report.read, report.added, report.rejected) == (3, 2, 1)
    assert report.examples[0][0] == 3
    assert why in report.examples[0][1]
    assert [(code, name) for code, name, *_ in await rows(connection)] == [("RZ7", "Seven"), ("RZ8", "Eight")]


async def test_who_hangs_below_a_rejected_row_or_in_a_circle_is_rejected(
    connection: asyncpg.Connection, imported: Import
) -> None:
    below = ["RZ2,Two,NHS_TRUST,ENGLAND,RZ1,,", "RZ1,One,NHS_TRUST,ENGLAND,RZ0,,"]
    circle = ["RZ3,Three,NHS_TRUST,ENGLAND,RZ4,,", "RZ4,Four,NHS_TRUST,ENGLAND,RZ3,,"]
    report = await imported(load_organisations, ORGANISATIONS, *below, *circle, RZ1.replace("RZ1", "RZ9"))
    assert sorted(line for line, _ in report.examples) == [2, 3, 4, 5]
    assert [code for code, *_ in await rows(connection)] == ["RZ9"]


async def test_a_circle_through_what_is_stored_fails_and_changes_nothing(
    connection: asyncpg.Connection, imported: Import
) -> None:
    await imported(load_organisations, ORGANISATIONS, RZ1, "RZ2,Two,NHS_TRUST,ENGLAND,RZ1,,")
    before = await rows(connection)
    with pytest.raises(ImportFailedError, match="organisation RZ1 would be above itself"):
        await imported(load_organisations, ORGANISATIONS, "RZ1,Renamed,NHS_TRUST,ENGLAND,RZ2,,")
    assert await rows(connection) == before


@pytest.mark.parametrize("lines", [(), ("",), ("a,b", "1,2"), ("ods_code,name", "RZ1,Some"), (register("QQQQ"),)])
async def test_an_unknown_layout_fails(imported: Import, lines: tuple[str, ...]) -> None:
    with pytest.raises(ImportFailedError, match=r"some\.csv"):
        await imported(load_organisations, *lines)


async def test_a_child_may_come_before_its_parent(connection: asyncpg.Connection, imported: Import) -> None:
    report = await imported(load_organisations, ORGANISATIONS, "RZ2,Two,NHS_TRUST,ENGLAND,RZ1,,", RZ1)
    assert (report.added, report.changed) == (2, 0)
    assert [(code, parent) for code, *_, parent, _, _ in await rows(connection)] == [("RZ1", None), ("RZ2", "RZ1")]


async def test_again_changes_nothing_and_a_new_edition_what_differs(
    connection: asyncpg.Connection, imported: Import
) -> None:
    await imported(load_organisations, ORGANISATIONS, RZ1, "RZ2,Two,NHS_TRUST,ENGLAND,RZ1,,")
    before = await rows(connection)
    again = await imported(load_organisations, ORGANISATIONS, RZ1, "RZ2,Two,NHS_TRUST,ENGLAND,RZ1,,")
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    assert await rows(connection) == before
    edition = await imported(load_organisations, ORGANISATIONS, RZ1, "RZ2,Zwei,NHS_TRUST,ENGLAND,,,2026-03-31")
    assert (edition.added, edition.changed, edition.unchanged) == (0, 1, 1)
    # The address of a page stays, whatever a register does to the name.
    assert (await rows(connection))[1] == ("RZ2", "Zwei", "two", "NHS_TRUST", "ENGLAND", None, None, "2026-03-31")


async def test_equal_names_get_different_addresses_whatever_their_order(
    connection: asyncpg.Connection, imported: Import
) -> None:
    same = [f"RZ{n},The Surgery,GP_PRACTICE,ENGLAND,,," for n in (3, 1, 2)]
    await imported(load_organisations, ORGANISATIONS, *same, "RZ4,The Surgery RZ2,GP_PRACTICE,ENGLAND,,,")
    await imported(load_organisations, ORGANISATIONS, "RZ0,The Surgery,GP_PRACTICE,ENGLAND,,,")
    assert {code: slug for code, _, slug, *_ in await rows(connection)} == {
        "RZ0": "the-surgery-rz0",
        "RZ1": "the-surgery",
        "RZ2": "the-surgery-rz2",
        "RZ3": "the-surgery-rz3",
        "RZ4": "the-surgery-rz2-rz4",
    }


async def test_a_register_of_trusts(connection: asyncpg.Connection, imported: Import) -> None:
    row = register("RZ1", "NORTHMOOR UNIVERSITY HOSPITALS NHS FOUNDATION TRUST", opened="20040701", postcode="NM1 1AQ")
    report = await imported(load_organisations, row, register("RZ2", closed="20200331", status="C"), name="etr.csv")
    assert report.added == 2
    name = "Northmoor University Hospitals NHS Foundation Trust"
    slug = "northmoor-university-hospitals-nhs-foundation-trust"
    first, second = await rows(connection)
    assert first == ("RZ1", name, slug, "NHS_TRUST", "ENGLAND", None, "2004-07-01", None)
    assert second[-1] == "2020-03-31"
    assert await connection.fetchval("select count(*) from service") == 0


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"setting": "25"}, "prescribing setting 25 is not a GP practice"),
        ({"status": "P"}, "only proposed yet"),
        ({"status": "C"}, "closed (status C) without a close date"),
        ({"postcode": "NM1"}, "‘NM1’ is not a postcode"),
        ({"postcode": "JE2 3AB"}, "in none of the four nations"),
    ],
)
async def test_a_practice_that_is_none_is_rejected(imported: Import, cells: dict[str, str], why: str) -> None:
    report = await imported(load_organisations, register("A99901", **cells), name="epraccur.csv")
    assert report.examples[0][0] == 1
    assert why in report.examples[0][1]


async def test_a_register_of_practices_gives_each_its_service(connection: asyncpg.Connection, imported: Import) -> None:
    lines = (
        register("A99901", "THE WEIR STREET SURGERY", postcode="NM1 1AQ", setting="4", parent="15N"),
        register("W99901", "MEDDYGFA PONTLAS", postcode="GJ1 1AA", setting="4"),
    )
    for _ in range(2):
        await imported(load_organisations, *lines, name="epraccur.csv")
    statement = """
    select service.ods_code, service.name, service.slug, service.region::text, postcode, organisation.kind::text,
        specialties
    from service join organisation on organisation.id = organisation_id
    where organisation.ods_code = service.ods_code order by 1
    """
    kind, specialties = "GP_PRACTICE", ["General practice"]
    assert [tuple(row) for row in await connection.fetch(statement)] == [
        ("A99901", "The Weir Street Surgery", "the-weir-street-surgery", "ENGLAND", "NM1 1AQ", kind, specialties),
        ("W99901", "Meddygfa Pontlas", "meddygfa-pontlas", "WALES", "GJ1 1AA", kind, specialties),
    ]


async def test_the_kind_of_another_register_is_given(connection: asyncpg.Connection, imported: Import) -> None:
    load = partial(load_organisations, kind=OrganisationKind.CHARITY)
    await imported(load, register("8HK99", "ROWANDALE HOSPICE"), name="hospice.csv")
    assert (await rows(connection))[0][3] == "CHARITY"
