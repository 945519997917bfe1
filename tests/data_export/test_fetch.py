"""Fetching a copy (P16): once, in time, by its own person, who may resume; nobody else learns that it is there."""

import asyncio
from io import BytesIO

import pytest

from operations.data_export.fetch import EXPIRED, USED, LostError, look, pieces
from schema.endpoint import log
from schema.endpoint.data_export import SIGN_IN
from tests.data_export.conftest import SITE, Browser, Desk, unpacked


@pytest.fixture
async def ready(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """The path of a copy of `author@` in small parts, and the id of its row."""
    for module in ("sink", "fetch"):
        monkeypatch.setattr(f"operations.data_export.{module}.PART", 1000)
    export, token = await desk.ready(await desk.person("author"))
    return f"/exports/{token}", str(export)


async def _fetched(desk: Desk) -> list[str]:
    return [row["status"] for row in await desk.connection.fetch("select status from data_export")]


async def test_without_a_session_nothing_is_given(desk: Desk, browser: Browser, ready: tuple[str, str]) -> None:
    for headers in ({}, {"Authorization": "Bearer unknown"}):
        for path in (ready[0], "/exports/unknown"):
            answer = await browser.client.get(path, headers=headers)
            assert (answer.status_code, answer.text) == (401, SIGN_IN + "\n")
    assert await _fetched(desk) == ["READY"]


async def test_a_cookie_that_is_worth_nothing_gives_nothing(browser: Browser, ready: tuple[str, str]) -> None:
    for path in (ready[0], "/exports/unknown"):
        answer = await browser.client.get(path, headers={"Cookie": "candour=unknown"})
        assert (answer.status_code, answer.text) == (401, SIGN_IN + "\n")


async def test_another_persons_copy_is_as_unknown_as_none(desk: Desk, browser: Browser, ready: tuple[str, str]) -> None:
    for name in ("member", "dpo", "admin"):
        there, nowhere = [await browser.get(path, name) for path in (ready[0], "/exports/unknown")]
        assert there.status_code == nowhere.status_code == 404
        assert there.content == nowhere.content
        ignored = {"x-request-id", "content-length"}
        assert [h for h in there.headers.items() if h[0] not in ignored] == [
            h for h in nowhere.headers.items() if h[0] not in ignored
        ]
    assert await _fetched(desk) == ["READY"]


async def test_a_used_copy_is_gone_and_says_so_to_its_person_only(browser: Browser, ready: tuple[str, str]) -> None:
    assert (await browser.get(ready[0], "author")).status_code == 200
    again = await browser.get(ready[0], "author")
    assert (again.status_code, again.text) == (410, USED + "\n")
    assert (await browser.get(ready[0], "member")).status_code == 404


async def test_an_expired_copy_is_gone_even_before_it_is_deleted(
    desk: Desk, browser: Browser, ready: tuple[str, str]
) -> None:
    await desk.connection.execute("update data_export set expires_at = now()")
    late = await browser.get(ready[0], "author")
    assert (late.status_code, late.text) == (410, EXPIRED + "\n")
    assert (await browser.get(ready[0], "member")).status_code == 404
    assert await _fetched(desk) == ["READY"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_it_is_fetched_by_get_only(desk: Desk, browser: Browser, ready: tuple[str, str], method: str) -> None:
    assert (await browser.client.request(method, ready[0])).status_code == 405
    assert await _fetched(desk) == ["READY"]


@pytest.mark.parametrize(
    "path", ["/exports/", "/exports/a/b", "/exports/" + "x" * 5000, "/exports/%00", "/exports/%F0"]
)
async def test_strange_addresses_lead_nowhere(browser: Browser, path: str) -> None:
    assert (await browser.get(path, "author")).status_code == 404


async def test_its_person_gets_the_whole_copy(desk: Desk, browser: Browser, ready: tuple[str, str]) -> None:
    answer = await browser.get(ready[0], "author")
    assert answer.status_code == 200
    row = (await desk.connection.fetch("select * from data_export"))[0]
    assert (row["status"], row["token"]) == ("FETCHED", None)
    assert len(answer.content) == row["size"] == int(answer.headers["content-length"]) > 3000
    assert unpacked(answer.content).document["account"][0]["email"] == "author@demo.example"
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == f'attachment; filename="candour-{row["ready_at"]:%Y-%m-%d}.zip"'
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


async def test_a_link_that_is_clicked_needs_no_more_than_the_cookie(browser: Browser, ready: tuple[str, str]) -> None:
    cookies = {name: {"Cookie": f"candour={await browser.sign_in(name)}"} for name in ("member", "author")}
    assert (await browser.client.get(ready[0], headers=cookies["member"])).status_code == 404
    assert (await browser.client.get(ready[0], headers=cookies["author"])).status_code == 200
    # Everywhere else the cookie needs the header against forged requests.
    assert (
        await browser.client.post("/graphql", json={"query": "{ __typename }"}, headers=cookies["author"])
    ).status_code == 403


async def test_the_account_page_shows_the_same_address_until_then(browser: Browser, ready: tuple[str, str]) -> None:
    query = "{ viewer { account { dataExports { status size url } } } }"
    (shown,) = (await browser.ask(query, "author"))["viewer"]["account"]["dataExports"]
    assert (shown["status"], shown["url"]) == ("READY", SITE + ready[0])
    await browser.get(ready[0], "author")
    (shown,) = (await browser.ask(query, "author"))["viewer"]["account"]["dataExports"]
    assert (shown["status"], shown["url"]) == ("FETCHED", None)


async def test_asking_for_the_headers_does_not_use_it_up(browser: Browser, ready: tuple[str, str]) -> None:
    for _ in range(2):
        head = await browser.get(ready[0], "author", method="HEAD")
        assert (head.status_code, head.content) == (200, b"")
    answer = await browser.get(ready[0], "author")
    assert answer.headers["content-length"] == head.headers["content-length"]


async def test_parallel_fetches_give_one_copy(browser: Browser, ready: tuple[str, str]) -> None:
    answers = await asyncio.gather(*(browser.get(ready[0], "author") for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200, 410, 410, 410, 410, 410]


async def test_a_download_that_broke_off_is_resumed_in_its_session(
    desk: Desk, browser: Browser, ready: tuple[str, str]
) -> None:
    whole = await browser.get(ready[0], "author")
    for start, end in ((1, ""), (999, ""), (1000, ""), (2500, "3100"), (len(whole.content) - 1, "")):
        rest = await browser.get(ready[0], "author", Range=f"bytes={start}-{end}")
        assert rest.status_code == 206
        last = int(end) if end else len(whole.content) - 1
        assert rest.content == whole.content[start : last + 1]
        assert rest.headers["content-range"] == f"bytes {start}-{last}/{len(whole.content)}"
        assert rest.headers["etag"] == whole.headers["etag"]
    for refused in ("bytes=0-", "bytes=-5", "bytes=1-2,4-5", "lines=1-"):
        assert (await browser.get(ready[0], "author", Range=refused)).status_code == 410
    assert (await browser.get(ready[0], "author", Range=f"bytes={len(whole.content)}-")).status_code == 416
    other = {"Range": "bytes=1-", "If-Range": '"another"'}
    assert (await browser.get(ready[0], "author", **other)).status_code == 410


async def test_no_other_session_resumes_and_none_after_ten_minutes(
    desk: Desk, browser: Browser, ready: tuple[str, str]
) -> None:
    await browser.get(ready[0], "author")
    assert (await browser.get(ready[0], "author", afresh=True, Range="bytes=1-")).status_code == 410
    assert (await browser.get(ready[0], "member", Range="bytes=1-")).status_code == 404
    await desk.connection.execute("update data_export set fetched_at = now() - interval '10 minutes'")
    assert (await browser.get(ready[0], "author", Range="bytes=1-")).status_code == 410


async def test_a_first_request_for_a_range_uses_it_up_too(desk: Desk, browser: Browser, ready: tuple[str, str]) -> None:
    first = await browser.get(ready[0], "author", Range="bytes=0-99")
    assert (first.status_code, len(first.content)) == (206, 100)
    assert await _fetched(desk) == ["FETCHED"]
    assert (await browser.get(ready[0], "author")).status_code == 410
    assert (await browser.get(ready[0], "author", Range="bytes=100-")).status_code == 206


async def test_a_copy_that_does_not_open_is_not_used_up_and_the_fault_has_a_reference(
    desk: Desk, browser: Browser, ready: tuple[str, str]
) -> None:
    await desk.connection.execute("update data_export_part set content = 'x' where number = 0")
    answer = await browser.get(ready[0], "author")
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in answer.text
    assert await _fetched(desk) == ["READY"]


async def test_after_an_erasure_no_further_byte_leaves(
    desk: Desk, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("sink", "fetch"):
        monkeypatch.setattr(f"operations.data_export.{module}.PART", 1000)
    person = await desk.newcomer("gone-3@people.example")
    _, token = await desk.ready(person)
    session = await browser.open_session(person)
    async with desk.transaction() as looking:
        copy = await look(looking, desk.keyring, person, None, token)
    flow = pieces(desk.transaction, copy, 0, copy.size)
    assert len(await anext(flow)) == 1000
    await desk.connection.execute("delete from account where id = $1", person)
    with pytest.raises(LostError):
        await anext(flow)
    answer = await browser.client.get(f"/exports/{token}", headers={"Authorization": f"Bearer {session}"})
    assert (answer.status_code, answer.text) == (401, SIGN_IN + "\n")


async def test_no_log_line_has_the_token(browser: Browser, ready: tuple[str, str], desk: Desk) -> None:
    lines = BytesIO()
    log.configure("debug", lines)
    try:
        await browser.get(ready[0], "member")
        await browser.get(ready[0], "author")
        await browser.get(ready[0], "author")
        await desk.connection.execute("update data_export_part set content = 'x' where number = 3")
        with pytest.raises(Exception, match="does not open"):
            await browser.get(ready[0], "author", Range="bytes=10-")
    finally:
        log.configure("info")
    written = lines.getvalue().decode()
    assert written.count("GET /exports") == 4
    assert "SecretError" in written
    assert ready[0].rpartition("/")[2] not in written
