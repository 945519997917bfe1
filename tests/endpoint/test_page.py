"""The page for browsers: everything of it comes from here, and nothing of it can be framed or scripted."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from graphql import GraphQLError, parse, validate
from starlette.applications import Starlette
from starlette.routing import Route

from schema.api import core
from schema.endpoint.cookie import Cookie
from schema.endpoint.page import ASSETS, asset_route, graphiql_page
from schema.endpoint.view import Endpoint

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
ADDRESS = re.compile(r"""(?:https?:)?//[a-z0-9]""")


@pytest.fixture
async def browser(stand_in: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser in front of the endpoint with its page."""
    endpoint = Endpoint(stand_in, stand_in.mutate, stand_in.authenticate, Cookie(), graphiql_page(demo=True))
    app = Starlette(routes=[Route("/graphql", endpoint), asset_route()])
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://candour.test", headers=BROWSER) as client:
        yield client


async def test_without_a_page_a_browser_gets_no_html(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/graphql", headers=BROWSER)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/json; charset=utf-8")


@pytest.mark.parametrize("name", ["..%2Fview.py", "page.html", "__init__.py", "%2Fetc%2Fpasswd", "x"])
async def test_other_files_are_not_served(browser: httpx2.AsyncClient, name: str) -> None:
    answer = await browser.get(f"/graphiql/{name}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/plain; charset=utf-8")


async def test_programs_get_no_page(browser: httpx2.AsyncClient) -> None:
    answer = await browser.get("/graphql", params={"query": "{ ok }"}, headers={"Accept": "*/*"})
    assert answer.json() == {"data": {"ok": True}}


async def test_the_page_comes_with_a_cookie_too_for_it_shows_nothing(browser: httpx2.AsyncClient) -> None:
    answer = await browser.get("/graphql", headers={"Cookie": "candour=a-good-token"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")


async def test_the_page_runs_only_scripts_from_here(browser: httpx2.AsyncClient) -> None:
    answer = await browser.get("/graphql")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "private, no-store"
    assert not ADDRESS.search(answer.text)
    assert not re.search(r"<script(?![^>]*\ssrc=)|\son[a-z]+=|style=", answer.text)


async def test_what_the_page_names_is_served(browser: httpx2.AsyncClient) -> None:
    html = (await browser.get("/graphql")).text
    named = re.findall(r'(?:src|href)="(/graphiql/[^"]+)"', html)
    assert sorted(named) == sorted(f"/graphiql/{name}" for name in ASSETS)
    for address in named:
        answer = await browser.get(address)
        kind = "text/css" if address.endswith(".css") else "text/javascript"
        assert (answer.status_code, answer.headers["content-type"]) == (200, f"{kind}; charset=utf-8")
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_styles_load_nothing_from_elsewhere() -> None:
    for path in (path for name, path in ASSETS.items() if name.endswith(".css")):
        for address in re.findall(r"url\(['\"]?([^)'\"]{5})", path.read_text()):
            assert address == "data:"


@pytest.mark.parametrize(("demo", "shown"), [(False, "no"), (True, "yes")])
async def test_only_a_demo_can_sign_in_as_its_people(demo: bool, shown: str) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    from schema.endpoint.log import Trail

    assert await graphiql_page(demo=demo)(send, Trail()) == 200
    assert f'data-demo="{shown}"'.encode() in sent[1]["body"]


def examples() -> list[str]:
    return re.findall(r"query: `([^`]+)`", Path(ASSETS["examples.js"]).read_text())


def test_every_example_is_a_valid_document() -> None:
    assert len(examples()) == 7
    for example in examples():
        errors: list[GraphQLError] = validate(core(), parse(example))
        assert errors == [], example
