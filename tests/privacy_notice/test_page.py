"""`/privacy`: a page without scripts, for everybody, from which nothing of the inside leaks (P13, P27)."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from models.privacy_notice import NOTICE_VERSION, RECORD
from policies.plan import Policies
from resolvers.operator import NOBODY, Operator, operator_of
from resolvers.privacy_notice import notice_of
from schema.api import core
from schema.endpoint import privacy_notice
from schema.endpoint.privacy_notice import OWN, privacy_routes

URL = "https://voices.example"
NASTY = Operator('<script>alert("x")</script> & Co', "a\"b'<i>")


def _site(policies: Policies, operator: Operator) -> Starlette:
    return Starlette(routes=privacy_routes(policies, operator, URL))


@pytest.fixture
async def browser(policies: Policies) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser in front of the pages of somebody with a difficult name."""
    transport = httpx2.ASGITransport(app=_site(policies, NASTY))
    async with httpx2.AsyncClient(transport=transport, base_url=URL) as client:
        yield client


async def test_what_fails_tells_a_reference_and_nothing_internal(
    browser: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P27."""

    def broken(*_: Any) -> str:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr(privacy_notice, "notice_page", broken)
    answer = await browser.get("/privacy")
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_nothing_can_be_sent_there(browser: httpx2.AsyncClient, method: str) -> None:
    assert (await browser.request(method, "/privacy")).status_code == 405


@pytest.mark.parametrize("name", ["page.html", "..%2Fview.py", "%2Fetc%2Fpasswd"])
async def test_other_files_are_not_served(browser: httpx2.AsyncClient, name: str) -> None:
    assert (await browser.get(f"/privacy/{name}")).status_code == 404


async def test_what_settings_say_is_text_and_nothing_else(browser: httpx2.AsyncClient) -> None:
    page = (await browser.get("/privacy")).text
    assert "<script" not in page
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; Co runs this site" in page
    assert not re.search(r"\son[a-z]+=|\sstyle=|javascript:", page)
    assert re.findall(r'(?:href|src)="(?:https?:)?//([^"]*)', page) == ["ico.org.uk"]


async def test_the_page_runs_nothing_and_is_framed_by_nobody(browser: httpx2.AsyncClient) -> None:
    answer = await browser.get("/privacy")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert (policy["default-src"], policy["style-src"], policy["frame-ancestors"]) == ("'none'", "'self'", "'none'")
    assert "script-src" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in answer.headers


async def test_it_is_asked_for_again_only_if_it_changed(browser: httpx2.AsyncClient) -> None:
    answer = await browser.get("/privacy", headers={"Cookie": "candour=a-token", "Authorization": "Bearer x"})
    assert answer.headers["cache-control"] == "public, max-age=300"
    again = await browser.get("/privacy", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await browser.get("/privacy", headers={"If-None-Match": '"other"'})).text == answer.text
    head = await browser.head("/privacy")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", answer.headers["etag"])


async def test_the_whole_notice_is_on_the_page(browser: httpx2.AsyncClient, policies: Policies) -> None:
    page = (await browser.get("/privacy")).text
    notice = notice_of(policies, core(), NASTY, URL).value
    assert f"Version {NOTICE_VERSION}, in force since {RECORD.newest.at.day} " in page
    for section in notice["sections"]:
        assert f'<section id="{section["key"]}"><h2>{section["title"]}</h2>' in page
    for one in notice["fields"]:
        assert all(who in page for who in one["audience"])
        assert one["retention"].replace("'", "&#x27;") in page
    for change in notice["changes"]:
        assert f"Version {change['version']}, " in page
    assert "{" not in page


async def test_links_lead_somewhere_and_the_style_is_served(browser: httpx2.AsyncClient) -> None:
    page = (await browser.get("/privacy")).text
    ids = re.findall(r'id="([\w-]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([\w-]+)"', page)) <= set(ids)
    (style,) = re.findall(r'rel="stylesheet" href="([^"]+)"', page)
    answer = await browser.get(style)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert "url(" not in answer.text


def test_tables_can_be_read_aloud_and_on_a_narrow_screen(policies: Policies) -> None:
    page = privacy_notice.notice_page(policies, NOBODY, URL)
    assert page.count("<h1") == 1
    assert page.count("<table>") == page.count("<thead>") == page.count("<h3>")
    rows = re.findall(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    assert all(row.startswith('<tr><th scope="row">') for row in rows)
    assert len(re.findall(r"<td data-label=", page)) == page.count("<td")
    style = (OWN / "page.css").read_text()
    assert {"(prefers-color-scheme: dark)", "print", "(prefers-reduced-motion: reduce)"} <= set(
        re.findall(r"@media ([^{]+?) {", style)
    )


def test_where_nobody_is_named_that_is_said(policies: Policies) -> None:
    assert operator_of(None, "") == NOBODY
    page = privacy_notice.notice_page(policies, NOBODY, URL)
    assert "Somebody who has not said who they are runs this site" in page


def test_an_address_can_be_followed(policies: Policies) -> None:
    page = privacy_notice.notice_page(policies, Operator("We", "dpo+site@mail.voices.example, 01632 960 001"), URL)
    address = "dpo+site@mail.voices.example"
    assert page.count(f'<a href="mailto:{address}">{address}</a>, 01632 960 001.') == 2


async def test_the_application_serves_it(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/privacy")
    assert answer.status_code == 200
    assert "http://candour.test/privacy" not in answer.text
    asked = await client.post("/graphql", json={"query": "{ privacyNotice { version url } }"})
    assert asked.json() == {
        "data": {"privacyNotice": {"version": NOTICE_VERSION, "url": "http://candour.test/privacy"}}
    }
