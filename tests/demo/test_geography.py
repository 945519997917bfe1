"""The demo world's map: complete, consistent and the same every time."""

from pathlib import Path

import asyncpg
import pytest

from operations.demo import geography
from operations.demo.geography import Geography, load_geography
from operations.demo.scale import add_services

SETTINGS = {path.stem for path in (geography.DATA / "stories").glob("*.jsonl")}
NATIONS = {"ENGLAND", "SCOTLAND", "WALES", "NORTHERN_IRELAND"}
TABLES = ("organisation", "service", "area", "area_successor", "postcode_area", "service_area")


@pytest.fixture
async def loaded(connection: asyncpg.Connection) -> Geography:
    """The map, loaded."""
    return await load_geography(connection)


async def dump(connection: asyncpg.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Everything that is stored of the map."""
    return {
        table: [tuple(row) for row in await connection.fetch(f"select * from {table} order by 1, 2")]
        for table in TABLES
    }


async def none(connection: asyncpg.Connection, statement: str) -> bool:
    """Whether the statement finds nothing."""
    return await connection.fetch(statement) == []


async def test_bad_data_is_refused(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "organisations.csv").write_text("ods_code,name,kind,region,parent,opened_on,closed_on\nrz1,,,,,,\n")
    monkeypatch.setattr(geography, "DATA", tmp_path)
    with pytest.raises(ValueError, match=r"organisations\.csv has bad rows"):
        await load_geography(connection)
    assert await connection.fetchval("select count(*) from organisation") == 0


async def test_loaded_again_nothing_changes(connection: asyncpg.Connection, loaded: Geography) -> None:
    before = await dump(connection)
    assert await load_geography(connection) == loaded
    assert await dump(connection) == before


async def test_every_nation_has_every_kind_of_care(connection: asyncpg.Connection, loaded: Geography) -> None:
    assert set(loaded.settings) == SETTINGS
    assert min(map(len, loaded.settings.values())) >= 6
    nation = {id_: region for id_, region in await connection.fetch("select id, region::text from service")}
    found = {setting: {nation[service] for service in services} for setting, services in loaded.settings.items()}
    assert {setting: NATIONS - nations for setting, nations in found.items() if NATIONS - nations} == {}


@pytest.mark.usefixtures("loaded")
async def test_services_form_trees_within_an_organisation(connection: asyncpg.Connection) -> None:
    assert await none(
        connection,
        "select child.name from service child join service parent on parent.id = child.parent_id "
        "where parent.organisation_id <> child.organisation_id",
    )
    assert await connection.fetchval(
        "select count(*) from service ward join service department on department.id = ward.parent_id "
        "where department.parent_id is not null"
    )


@pytest.mark.usefixtures("loaded")
async def test_services_lie_in_an_area_of_their_nation(connection: asyncpg.Connection) -> None:
    assert await none(
        connection,
        "select service.name from service join service_area on service_id = service.id join area on area.id = area_id "
        "where left(area.code, 1) <> left(service.region::text, 1)",
    )
    lost = await connection.fetch(
        "select name from service where not exists (select from service_area where service_id = service.id)"
    )
    assert [row["name"] for row in lost] == ["Weirgate Pharmacy Quayside"]


@pytest.mark.usefixtures("loaded")
async def test_every_area_of_today_has_a_responsible_body_of_its_nation(connection: asyncpg.Connection) -> None:
    assert await none(connection, "select code from area where valid_to is null and organisation_id is null")
    assert await none(
        connection,
        "select code from area join organisation on organisation.id = organisation_id "
        "where left(code, 1) <> left(region::text, 1)",
    )
    ended = await connection.fetch(
        "select code, array(select valid_from from area next join area_successor on next.id = successor_id "
        "where area_id = area.id) as began, valid_to from area where valid_to is not null"
    )
    assert len(ended) == 8
    assert all(began and (day - valid_to).days == 1 for _, began, valid_to in ended for day in began)


@pytest.mark.usefixtures("loaded")
async def test_postcodes_lead_to_one_area_of_today_that_is_no_council(connection: asyncpg.Connection) -> None:
    assert await none(connection, "select postcode from postcode_area group by 1 having count(*) > 1")
    assert await none(
        connection,
        "select postcode from postcode_area join area on area.id = area_id "
        "where valid_to is not null or kind = 'LOCAL_AUTHORITY'",
    )


@pytest.mark.usefixtures("loaded")
async def test_a_big_world_has_a_service_for_100_stories_and_always_the_same(connection: asyncpg.Connection) -> None:
    settings = await add_services(connection, 60_000)
    before = await dump(connection)
    assert sum(map(len, settings.values())) == 600
    assert set(settings) == SETTINGS
    assert await none(connection, "select postcode from service where postcode is null")
    assert await add_services(connection, 60_000) == settings
    assert await dump(connection) == before
