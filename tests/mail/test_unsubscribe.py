"""The address that stops e-mails (RFC 8058): what it refuses, what changes nothing, and one click."""

import asyncio
from typing import Any

import httpx2
import pytest

from models.mail import MailTopic
from operations.account import hold
from operations.erasure import erase
from operations.mail.topic import seal
from policies.viewer import Member
from tests.consent.world import World

ONE_CLICK = {"content": "List-Unsubscribe=One-Click", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}
FORGED = "A9Tt1eJMua2Csy-faeeI7FHGnk_gFxx0BurVu5PJ31ZPhcOblg"


async def _asked(world: World, method: str, who: Member, topic: MailTopic = MailTopic.STORY, **more: Any) -> Any:
    token = seal(world.keyring, who.account_id, topic)
    return await world.client.request(method, f"/unsubscribe/{token}", **more)


async def _refused(world: World, who: Member) -> list[str]:
    rows = await world.connection.fetch(
        "select topic::text from mail_refusal where account_id = $1 order by topic", who.account_id
    )
    return [row["topic"] for row in rows]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("token", [FORGED, "x", "%00", ".%2e.", "é", "a" * 3_000, "<script>"])
async def test_a_forged_link_is_told_so(world: World, method: str, token: str) -> None:
    before = await world.connection.fetchval("select count(*) from mail_refusal")
    response = await world.client.request(method, f"/unsubscribe/{token}")
    assert response.status_code == 404
    assert "This link does not work" in response.text
    assert token not in response.text or len(token) == 1
    assert await world.connection.fetchval("select count(*) from mail_refusal") == before


async def test_other_methods_and_no_token_lead_nowhere(world: World) -> None:
    who = await world.person()
    assert (await _asked(world, "DELETE", who)).status_code == 405
    assert (await world.client.get("/unsubscribe/")).status_code == 404
    assert (await world.client.get("/unsubscribe")).status_code == 404


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_what_looks_through_e_mails_changes_nothing(world: World, method: str) -> None:
    who = await world.person()
    response = await _asked(world, method, who)
    assert response.status_code == 200
    assert await _refused(world, who) == []


async def test_p12_the_page_asks_without_a_script(world: World) -> None:
    """P12: as easily as they were asked for; P13: it says what about, and what still comes."""
    who = await world.person()
    response = await _asked(world, "GET", who, MailTopic.ALERT)
    assert '<form method="post"><button>Stop these e-mails</button></form>' in response.text
    assert "e-mails about your alerts?" in response.text
    assert "<script" not in response.text
    headers = response.headers
    assert "script-src" not in headers["content-security-policy"]
    for part in ("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'"):
        assert part in headers["content-security-policy"]
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert (headers["referrer-policy"], headers["cache-control"]) == ("no-referrer", "private, no-store")
    assert "set-cookie" not in headers


@pytest.mark.parametrize("sent", [ONE_CLICK, {}, {"data": {"anything": "else"}}, {"content": b"\x00" * 100_000}])
async def test_p12_one_click_stops_one_topic_of_one_person(world: World, sent: dict[str, Any]) -> None:
    """P12: no session, no header of ours, whatever the body."""
    who, other = await world.person(), await world.person()
    response = await _asked(world, "POST", who, MailTopic.ALERT, **sent)
    assert response.status_code == 200
    assert "We stopped e-mails about your alerts." in response.text
    assert (await _refused(world, who), await _refused(world, other)) == (["ALERT"], [])


async def test_again_is_the_same(world: World) -> None:
    who = await world.person()
    answers = [await _asked(world, "POST", who, **ONE_CLICK) for _ in range(3)]
    assert len({(answer.status_code, answer.text) for answer in answers}) == 1
    at_once = await asyncio.gather(*(_asked(world, "POST", who, MailTopic.SIMILAR) for _ in range(6)))
    assert {answer.status_code for answer in at_once} == {200}
    assert await _refused(world, who) == ["SIMILAR", "STORY"]


async def test_p18_who_is_erased_gets_the_same_answer(world: World) -> None:
    """P18: nobody learns from the link whether somebody is still there, and nothing is written for who is not."""
    there, gone = await world.person(), await world.person()
    async with world.sessions.begin() as session:
        await erase(session, world.keyring, await hold(session, gone.account_id, change=True))
    for method in ("GET", "POST"):
        answers = [await _asked(world, method, who) for who in (there, gone)]
        assert answers[0].status_code == answers[1].status_code == 200
        assert answers[0].text == answers[1].text
    assert await _refused(world, gone) == []


async def test_p18_who_is_being_erased_gets_the_same_answer(world: World) -> None:
    who = await world.person()
    async with world.sessions.begin() as session:
        account = await hold(session, who.account_id, change=True)
        click = asyncio.create_task(_asked(world, "POST", who))
        await world.waited()
        await erase(session, world.keyring, account)
    assert (await click).status_code == 200
    assert await _refused(world, who) == []


async def test_p27_a_failure_is_a_reference_and_the_log_has_no_token(
    world: World, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """P27: nothing internal leaks, neither to the page nor to the log."""
    from schema.endpoint import log, unsubscribe

    async def broken(*_: object) -> None:
        raise ValueError("canary")

    who = await world.person()
    token = seal(world.keyring, who.account_id, MailTopic.STORY)
    log.configure("info")
    assert (await _asked(world, "GET", who)).status_code == 200
    monkeypatch.setattr(unsubscribe, "refuse", broken)
    response: httpx2.Response = await _asked(world, "POST", who)
    assert response.status_code == 500
    assert f"It was logged with the reference {response.headers['x-request-id']}." in response.text
    written = capfdbinary.readouterr().err.decode()
    assert f'"reference":"{response.headers["x-request-id"]}"' in written
    assert written.count('"operation":"unsubscribe"') == 2
    assert token not in written + response.text
    assert str(who.account_id) not in written
    assert "canary" not in response.text + written
