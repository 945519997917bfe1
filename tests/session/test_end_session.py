"""Ending sessions: one's own, at once, and nobody else's."""

from uuid import uuid4

import pytest

from tests.session.site import ME, Site

END = "mutation($id: ID!) { endSession(sessionId: $id) { viewer { account { sessions { id } } } problems { field code } } }"
OTHERS = "mutation { endOtherSessions { viewer { account { sessions { current } } } problems { code } } }"


async def sessions(site: Site, token: str) -> dict[bool, str]:
    """The ids of a person's sessions, by whether it is the present one; two at most."""
    return {found["current"]: found["id"] for found in (await site.ask(ME, token))["account"]["sessions"]}


async def test_another_persons_session_is_not_found_and_stays(site: Site) -> None:
    token, other = await site.sign_in(await site.person()), await site.sign_in(await site.person())
    theirs = (await sessions(site, other))[True]
    refused = await site.ask(END, token, id=theirs)
    unknown = await site.ask(END, token, id=f"Session:{uuid4()}")
    assert refused == unknown
    assert refused["problems"] == [{"field": "sessionId", "code": "NOT_FOUND"}]
    await site.ask(OTHERS, token)
    assert (await site.ask(ME, other))["kind"] == "MEMBER"


@pytest.mark.parametrize("id_", ["", "Session:", "Session:1", "Story:1", "x" * 1_000])
async def test_what_is_no_session_is_refused(site: Site, id_: str) -> None:
    answer = await site.post(END, await site.sign_in(await site.person()), id=id_)
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["BAD_USER_INPUT"]


async def test_a_session_ends_at_once(site: Site) -> None:
    person = await site.person()
    here, there = await site.sign_in(person), await site.sign_in(person)
    ended = (await sessions(site, here))[False]
    payload = await site.ask(END, here, id=ended)
    assert payload["problems"] == []
    assert len(payload["viewer"]["account"]["sessions"]) == 1
    assert (await site.post(ME, there)).status_code == 401
    assert await site.problem(END, here, id=ended) == "NOT_FOUND"


async def test_all_others_end_at_once(site: Site) -> None:
    person = await site.person()
    tokens = [await site.sign_in(person) for _ in range(3)]
    payload = await site.ask(OTHERS, tokens[1])
    assert payload == {"viewer": {"account": {"sessions": [{"current": True}]}}, "problems": []}
    assert [(await site.post(ME, token)).status_code for token in tokens] == [401, 200, 401]


async def test_a_session_tells_which_browser_it_was(site: Site) -> None:
    person = await site.person()
    site.client.headers["User-Agent"] = "A browser 1.0\x01 " + "x" * 500
    token = await site.sign_in(person)
    (session,) = (await site.ask(ME, token))["account"]["sessions"]
    assert session["client"].startswith("A browser 1.0 xxx")
    assert len(session["client"]) <= 200
    del site.client.headers["User-Agent"]
