"""The application put together: what its addresses answer, and what production leaves out."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from models.database.embedded import EmbeddedPostgres
from models.secret import new_master_key
from operations.demo.cast import HOST, PARTS, PASSWORD
from schema.api import sdl
from schema.endpoint.application import create_app
from schema.endpoint.page import ASSETS
from settings import Settings

BROWSER = {"Accept": "text/html,*/*;q=0.8"}
URL = "http://candour.test"


@pytest.fixture
async def production(empty: str, cluster: EmbeddedPostgres) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the application with the settings of production."""
    named: dict[str, Any] = {"CANDOUR_ENV": "production", "CANDOUR_MASTER_KEY": new_master_key(), "CANDOUR_URL": URL}
    app = create_app(Settings(CANDOUR_DATA=cluster.data, CANDOUR_POOL_SIZE=1, **named), empty)
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url=URL) as client:
            yield client


async def test_production_shows_no_page(production: httpx2.AsyncClient) -> None:
    answer = await production.get("/graphql", headers=BROWSER)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/json; charset=utf-8")


@pytest.mark.parametrize("path", ["/graphql/", "/graphqlx", "/admin", "/.env", "/schema/query.py"])
async def test_other_addresses_are_not_found(client: httpx2.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code in {307, 404}
    assert "Traceback" not in answer.text


async def test_the_front_door_leads_to_graphql(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (302, "/graphql")


async def test_the_schema_is_published(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/schema.graphql")
    assert (answer.status_code, answer.text) == (200, sdl())


async def test_a_browser_gets_the_page(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/graphql", headers=BROWSER)
    assert 'data-demo="yes"' in answer.text


def test_the_page_knows_the_people_of_the_demo_world() -> None:
    script = ASSETS["page.js"].read_text()
    listed = re.search(r"PEOPLE = \[([^\]]+)\]", script)
    assert listed is not None
    assert re.findall(r'"(\w+)"', listed[1]) == [part.name for part in PARTS]
    assert f'"{PASSWORD}"' in script
    assert f"@{HOST}`" in script
