"""The session's cookie: no script reads the token, no other site uses it, and it goes when the session does."""

from http.cookies import SimpleCookie

import httpx2
import pytest

from tests.session.site import ME, PASSWORD, SIGN_IN, Person, Site

OUT = "mutation { signOut { viewer { kind } problems { code } } }"
DROPPED = "__Host-candour=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure"


async def enter(site: Site, person: Person) -> httpx2.Response:
    return await site.post(SIGN_IN, email=person.email, password=PASSWORD, cookie=True)


def headers(answer: httpx2.Response) -> dict[str, str]:
    """What a browser sends after this answer, from a page of the site."""
    (morsel,) = SimpleCookie(answer.headers["set-cookie"]).values()
    return {"Cookie": f"{morsel.key}={morsel.value}", "Candour-CSRF": "1"}


async def test_another_site_can_do_nothing_with_the_cookie(site: Site) -> None:
    kept = headers(await enter(site, await site.person()))
    del kept["Candour-CSRF"]
    site.client.cookies.clear()
    forged = await site.post(OUT, headers=kept)
    assert forged.status_code == 403
    for content in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        body = f'{{"query": "{OUT}"}}'
        answer = await site.client.post("/graphql", content=body, headers={**kept, "Content-Type": content})
        assert answer.status_code == 415
    asked = await site.client.get("/graphql", params={"query": ME}, headers=kept)
    assert asked.status_code == 403
    # Browsers ask first whether another site may send the header, and no answer allows it.
    preflight = {"Origin": "https://evil.example", "Access-Control-Request-Headers": "candour-csrf"}
    answer = await site.client.options("/graphql", headers=preflight)
    assert answer.status_code == 405
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert (await site.post(ME, headers={**kept, "Candour-CSRF": "1"})).status_code == 200


async def test_nothing_is_kept_of_who_did_not_sign_in(site: Site) -> None:
    person = await site.person()
    answer = await site.post(SIGN_IN, email=person.email, password="wrong", cookie=True)
    assert "set-cookie" not in answer.headers
    assert (await site.post(SIGN_IN, email=person.email, password=PASSWORD)).headers.get("set-cookie") is None


async def test_the_token_is_in_the_cookie_alone(site: Site) -> None:
    answer = await enter(site, await site.person())
    payload = answer.json()["data"]["signIn"]
    assert payload["token"] is None
    assert payload["viewer"]["kind"] == "MEMBER"
    name, _, rest = answer.headers["set-cookie"].partition("=")
    token, _, attributes = rest.partition(";")
    assert name == "__Host-candour"
    assert attributes == " Path=/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure"
    assert token not in answer.text
    site.client.cookies.clear()
    assert (await site.ask(ME, token))["kind"] == "MEMBER"


async def test_signing_out_takes_the_cookie_back(site: Site) -> None:
    kept = headers(await enter(site, await site.person()))
    site.client.cookies.clear()
    out = await site.post(OUT, headers=kept)
    assert out.json()["data"]["signOut"] == {"viewer": {"kind": "ANONYMOUS"}, "problems": []}
    assert out.headers["set-cookie"] == DROPPED
    stale = await site.post(ME, headers=kept)
    assert stale.status_code == 401
    assert stale.headers["set-cookie"] == DROPPED


async def test_a_bearer_who_signs_out_leaves_the_browsers_cookie(site: Site) -> None:
    token = await site.sign_in(await site.person())
    assert "set-cookie" not in (await site.post(OUT, token)).headers


@pytest.mark.parametrize("field", ["endSession(sessionId: $id)", "endOtherSessions"])
async def test_ending_this_session_takes_the_cookie_back_and_ending_others_does_not(site: Site, field: str) -> None:
    kept = headers(await enter(site, await site.person()))
    site.client.cookies.clear()
    (session,) = (await site.post(ME, headers=kept)).json()["data"]["viewer"]["account"]["sessions"]
    declared = "($id: ID!)" if "$id" in field else ""
    answer = await site.post(
        f"mutation{declared} {{ {field} {{ viewer {{ kind }} problems {{ code }} }} }}", headers=kept, id=session["id"]
    )
    (payload,) = answer.json()["data"].values()
    own = bool(declared)
    assert payload == {"viewer": {"kind": "ANONYMOUS" if own else "MEMBER"}, "problems": []}
    assert answer.headers.get("set-cookie") == (DROPPED if own else None)
    assert (await site.post(ME, headers=kept)).status_code == (401 if own else 200)
