"""P26: the site of a region, and "did you want the site for …?": from what nobody keeps, for nobody but the visitor."""

import io
from typing import Any

import asyncpg
import pytest

from models.database.connection import normalise
from models.region import Region
from operations.region import country_of
from resolvers.visit import Regions
from schema.endpoint import log
from tests.site.conftest import PROXY, Sites

SITE = "{ site { host region suggestedRegion suggestedUrl country } }"
ENGLAND, SCOTLAND, WALES, NORTHERN_IRELAND = "ENGLAND", "SCOTLAND", "WALES", "NORTHERN_IRELAND"
IN_BRITAIN, IN_IRELAND, IN_AMERICA, NOWHERE = "81.2.69.142", "193.1.0.1", "8.8.8.8", "203.0.113.7"
IN_JERSEY = "212.9.0.1"
WWW, NORTH, WEST, PLAIN = "www.candour.test", "scotland.candour.test", "cymru.candour.test", "plain.candour.test"
SET = "mutation($postcode: String) { updateAccount(input: { postcode: $postcode }) { problems { code } } }"
URLS = {
    ENGLAND: f"https://{WWW}",
    SCOTLAND: f"https://{NORTH}",
    WALES: f"https://{WEST}",
    NORTHERN_IRELAND: None,
    None: None,
}


async def _site(sites: Sites, **more: Any) -> Any:
    return (await sites.data(SITE, **more))["site"]


async def _at_home(sites: Sites, name: str, postcode: str | None) -> dict[str, str]:
    """What says that somebody asks whose account has this postcode."""
    bearer = await sites.bearer(name)
    await sites.data(SET, headers=bearer, postcode=postcode)
    return bearer


async def _everything_kept(sites: Sites) -> dict[str, Any]:
    """Every row of every table, but for what counts requests and sessions' use."""
    connection = await asyncpg.connect(normalise(sites.dsn))
    try:
        found = await connection.fetch("select tablename from pg_tables where schemaname = 'public' order by tablename")
        names = [row["tablename"] for row in found if row["tablename"] not in ("rate", "job")]
        return {name: await connection.fetch(f'select "{name}"::text from "{name}" order by 1') for name in names}
    finally:
        await connection.close()


async def test_nothing_of_it_is_stored_or_logged(sites: Sites) -> None:
    bearer = await _at_home(sites, "member", "GZ1 1HR")
    before, lines = await _everything_kept(sites), io.BytesIO()
    log.configure("debug", lines)
    try:
        for headers in ({}, bearer):
            assert (await _site(sites, address=IN_IRELAND, headers=headers))["country"] == "IE"
    finally:
        log.configure("info")
    assert await _everything_kept(sites) == before
    written = lines.getvalue().decode()
    assert written.count('"event":"request"') == 2
    assert not [word for word in (IN_IRELAND, '"IE"', "GZ1", SCOTLAND, NORTHERN_IRELAND, WWW) if word in written]


async def test_a_look_for_a_purpose_opens_nothing_of_ones_own_and_is_no_entry_in_the_log(sites: Sites) -> None:
    bearer = await _at_home(sites, "dpo", "GZ1 1HR")
    before = (await _everything_kept(sites))["audit_event"]
    found = await _site(sites, headers={**bearer, "Candour-Purpose": "rights-request; ref=CASE-1"})
    assert found["suggestedRegion"] == SCOTLAND
    assert (await _everything_kept(sites))["audit_event"] == before


@pytest.mark.parametrize("query", [SITE, "{ site { host } tags { totalCount } }", "{ site { __typename } }"])
async def test_no_cache_keeps_it_for_somebody_else(sites: Sites, query: str) -> None:
    for method, path, body in (("POST", "/graphql", query), ("GET", f"/graphql?query={query}", "")):
        answer = await sites.send(body, method=method, path=path)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "private, no-store"
        assert "etag" not in answer.headers
    assert (await _site(sites, address=IN_AMERICA))["country"] == "US"
    assert (await _site(sites, address=IN_IRELAND))["country"] == "IE", "each time anew"


@pytest.mark.parametrize(
    "spoofed",
    [{"X-Forwarded-For": IN_IRELAND}, {"X-Forwarded-Host": NORTH}, {"Forwarded": f"for={IN_IRELAND};host={NORTH}"}],
)
async def test_what_a_visitor_says_of_their_own_way_counts_for_nothing(sites: Sites, spoofed: dict[str, str]) -> None:
    found = await _site(sites, address=IN_AMERICA, headers=spoofed)
    assert (found["host"], found["country"], found["suggestedRegion"]) == (WWW, "US", None)


async def test_a_proxy_of_ours_says_which_way_they_came(sites: Sites) -> None:
    said = {"X-Forwarded-For": f"{IN_AMERICA}, {IN_IRELAND}", "X-Forwarded-Host": f"{WEST}, {NORTH}:443"}
    found = await _site(sites, host="inner", address=PROXY, headers=said)
    assert (found["host"], found["region"], found["country"]) == (NORTH, SCOTLAND, "IE")


@pytest.mark.parametrize(
    ("host", "region", "address", "suggested"),
    [
        # GB alone tells no nation, so it suggests none; nor does what is nowhere, or on no list.
        (WWW, ENGLAND, IN_BRITAIN, None),
        (NORTH, SCOTLAND, IN_BRITAIN, None),
        (PLAIN, None, IN_BRITAIN, None),
        (WWW, ENGLAND, NOWHERE, None),
        (WWW, ENGLAND, IN_AMERICA, None),
        (WWW, ENGLAND, "", None),
        (WWW, ENGLAND, "not an address", None),
        (WWW, ENGLAND, IN_JERSEY, None),
        (NORTH, SCOTLAND, IN_JERSEY, ENGLAND),
        (PLAIN, None, IN_JERSEY, ENGLAND),
        (WWW, ENGLAND, IN_IRELAND, NORTHERN_IRELAND),
        (WEST, WALES, IN_IRELAND, NORTHERN_IRELAND),
        (WWW, ENGLAND, f"::ffff:{IN_IRELAND}", NORTHERN_IRELAND),
    ],
)
async def test_p26_a_visitors_country_suggests_the_site_that_goes_with_it(
    sites: Sites, host: str, region: str | None, address: str, suggested: str | None
) -> None:
    found = await _site(sites, host=host, address=address)
    assert found == {
        "host": host,
        "region": region,
        "suggestedRegion": suggested,
        "suggestedUrl": URLS[suggested],
        "country": country_of(address.removeprefix("::ffff:")),
    }


@pytest.mark.parametrize(
    ("postcode", "host", "address", "suggested"),
    [
        (None, WWW, IN_BRITAIN, None),
        (None, WWW, IN_IRELAND, NORTHERN_IRELAND),
        # The directory does not know it: as if there were none.
        ("ZE9 9ZZ", WWW, IN_BRITAIN, None),
        ("ZE9 9ZZ", WWW, IN_IRELAND, NORTHERN_IRELAND),
        # Who is at home on this site is asked nothing, wherever they are.
        ("NM1 1AQ", WWW, IN_IRELAND, None),
        ("NM1 1AQ", WWW, IN_BRITAIN, None),
        ("GZ1 1HR", NORTH, IN_IRELAND, None),
        ("NM1 1AQ", NORTH, IN_BRITAIN, ENGLAND),
        ("NM1 1AQ", PLAIN, NOWHERE, ENGLAND),
        ("GZ1 1HR", WWW, IN_AMERICA, SCOTLAND),
        ("GZ1 1HR", WWW, IN_IRELAND, SCOTLAND),
    ],
)
async def test_p26_where_a_person_is_at_home_comes_before_where_they_are(
    sites: Sites, postcode: str | None, host: str, address: str, suggested: str | None
) -> None:
    bearer = await _at_home(sites, "member", postcode)
    found = await _site(sites, host=host, address=address, headers=bearer)
    assert (found["suggestedRegion"], found["suggestedUrl"]) == (suggested, URLS[suggested])
    visitor = await _site(sites, host=host, address=address)
    assert visitor["suggestedRegion"] == (NORTHERN_IRELAND if address == IN_IRELAND else None), "theirs alone"


async def test_a_postcode_on_a_border_that_the_directory_puts_on_both_sides_tells_nothing(sites: Sites) -> None:
    bearer = await _at_home(sites, "member", "GZ1 1HR")
    connection = await asyncpg.connect(normalise(sites.dsn))
    added = "insert into postcode_area select 'GZ1 1HR', min(id) from area where code like 'E%' returning area_id"
    area = await connection.fetchval(added)
    try:
        assert (await _site(sites, headers=bearer))["suggestedRegion"] is None
    finally:
        await connection.execute("delete from postcode_area where postcode = 'GZ1 1HR' and area_id = $1", area)
        await connection.close()


async def test_what_is_selected_is_answered_by_any_name(sites: Sites) -> None:
    query = """query($no: Boolean = false) {
      here: site { ...F a: region b: region country @include(if: $no) } there: site { suggestedUrl }
    } fragment F on Site { __typename h: host }"""
    found = await sites.data(query, address=IN_JERSEY, host=NORTH)
    here = {"__typename": "Site", "h": NORTH, "a": SCOTLAND, "b": SCOTLAND}
    assert found == {"here": here, "there": {"suggestedUrl": f"https://{WWW}"}}


def test_the_first_host_of_a_region_is_its_site() -> None:
    hosts = {"a": Region.WALES, "b": Region.WALES, "c": None, "d": Region.SCOTLAND}
    assert Regions("http://localhost:8001", hosts).urls == {
        Region.WALES: "http://a:8001",
        Region.SCOTLAND: "http://d:8001",
    }
    assert Regions("https://a", hosts).urls[Region.SCOTLAND] == "https://d"
