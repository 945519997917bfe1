"""The page behind the links of e-mails: what follows the # stays in the browser until its person presses a button."""

import re

import httpx2
import pytest
from graphql import parse, validate

from schema.api import core
from schema.endpoint.confirmation import ASSETS
from tests.account.place import Place

ADDRESS = re.compile(r"""(?:https?:)?//[a-z0-9]""")


@pytest.fixture
def client(place: Place) -> httpx2.AsyncClient:
    """A browser."""
    return place.client


@pytest.mark.parametrize("name", ["..%2Fpage.py", "page.html", "%2Fetc%2Fpasswd", "x"])
async def test_other_files_are_not_served(client: httpx2.AsyncClient, name: str) -> None:
    answer = await client.get(f"/confirm/{name}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/plain; charset=utf-8")


async def test_the_page_takes_nothing_by_post(client: httpx2.AsyncClient) -> None:
    assert (await client.post("/confirm", data={"password": "x"})).status_code == 405


async def test_the_page_talks_to_this_site_only(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/confirm")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["form-action"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, no-store"
    assert not re.search(r"<script(?![^>]*\ssrc=)|\son[a-z]+=|style=", answer.text)


async def test_what_the_page_names_is_served(client: httpx2.AsyncClient) -> None:
    html = (await client.get("/confirm")).text
    assert sorted(re.findall(r'(?:src|href)="/confirm/([^"]+)"', html)) == sorted(ASSETS)
    for name in ASSETS:
        answer = await client.get(f"/confirm/{name}")
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        assert (answer.status_code, answer.headers["content-type"]) == (200, f"{kind}; charset=utf-8")
        assert not ADDRESS.search(answer.text)


def test_what_it_asks_is_in_the_schema() -> None:
    documents = re.findall(r"`(mutation [^`]+)`", ASSETS["page.js"].read_text())
    assert len(documents) == 2
    for document in documents:
        assert validate(core(), parse(document)) == [], document


def test_it_has_a_word_for_whatever_can_be_confirmed() -> None:
    from operations.email_change import EmailConfirmation

    script = ASSETS["page.js"].read_text()
    for name in (*EmailConfirmation, "TOKEN_UNKNOWN", "TOKEN_USED", "TOKEN_EXPIRED"):
        assert re.search(rf"\b{name}: ", script), name


def test_the_page_keeps_nothing_and_writes_no_html() -> None:
    script = ASSETS["page.js"].read_text()
    assert not re.search(r"localStorage|sessionStorage|document\.cookie|innerHTML|insertAdjacentHTML|eval\(", script)
    # The token leaves the address bar before anything is sent.
    assert script.index("history.replaceState") < script.index("fetch(")
