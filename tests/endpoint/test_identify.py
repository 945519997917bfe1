"""Who asks: bearer tokens and purposes of use."""

from typing import Any

import httpx2
import pytest

from models.account import PlatformRole
from policies.viewer import Member, Purpose
from schema.endpoint.cookie import session_cookie
from settings import Settings

ASK = {"query": "{ ok }"}
SIGNED_IN = "Bearer a-good-token"


async def ask(http: httpx2.AsyncClient, **headers: str) -> httpx2.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await http.post("/graphql", json=ASK, headers=named)


@pytest.mark.parametrize(
    "credentials",
    [
        "Bearer unknown",
        "Bearer",
        "Bearer ",
        "a-good-token",
        "Basic YTpi",
        "Bearer a-good-token x",
        "Token a-good-token",
        "",
    ],
)
async def test_credentials_that_sign_nobody_in_are_refused_alike(
    http: httpx2.AsyncClient, stand_in: Any, credentials: str
) -> None:
    answer = await ask(http, authorization=credentials)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": "UNAUTHENTICATED"}
    assert error["message"].startswith("The token is unknown or has expired.")
    assert stand_in.asked == []


async def test_bytes_beyond_ascii_are_no_token(http: httpx2.AsyncClient) -> None:
    headers = [(b"authorization", "Bearer a-good-tokén".encode())]
    assert (await http.post("/graphql", json=ASK, headers=headers)).status_code == 401


@pytest.mark.parametrize(
    "stated", ["curiosity", "", "abuse; ref=", "abuse; case=1", "abuse; ref=a; ref=b", "abuse; ref=a b"]
)
async def test_a_malformed_purpose_is_refused(http: httpx2.AsyncClient, stand_in: Any, stated: str) -> None:
    stand_in.roles = frozenset(PlatformRole)
    for headers in ({}, {"authorization": SIGNED_IN}):
        answer = await ask(http, candour_purpose=stated, **headers)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}
    assert stand_in.asked == []


@pytest.mark.parametrize(
    ("roles", "stated"),
    [
        ((), "abuse"),
        ((PlatformRole.MODERATOR,), "safeguarding; ref=CASE-12"),
        ((PlatformRole.SAFEGUARDING,), "abuse; ref=CASE-12"),
        ((PlatformRole.ABUSE,), "rights-request"),
        ((PlatformRole.ADMIN,), "complaint"),
    ],
)
async def test_a_purpose_that_does_not_fit_the_roles_is_forbidden(
    http: httpx2.AsyncClient, stand_in: Any, roles: tuple[PlatformRole, ...], stated: str
) -> None:
    stand_in.roles = frozenset(roles)
    answer = await ask(http, authorization=SIGNED_IN, candour_purpose=stated)
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["extensions"] == {"code": "FORBIDDEN"}
    assert stand_in.asked == []


async def test_a_purpose_without_a_token_is_forbidden(http: httpx2.AsyncClient, stand_in: Any) -> None:
    assert (await ask(http, candour_purpose="abuse")).status_code == 403
    assert stand_in.asked == []


async def test_a_fitting_purpose_reaches_the_executor(http: httpx2.AsyncClient, stand_in: Any) -> None:
    stand_in.roles = frozenset({PlatformRole.ABUSE})
    answer = await ask(http, authorization="bearer  a-good-token", candour_purpose="abuse; ref=CASE-12")
    assert answer.status_code == 200
    ((_, viewer),) = stand_in.asked
    assert isinstance(viewer, Member)
    assert (viewer.purpose, viewer.reference) == (Purpose.ABUSE, "CASE-12")


async def test_without_a_purpose_a_role_states_none(http: httpx2.AsyncClient, stand_in: Any) -> None:
    stand_in.roles = frozenset({PlatformRole.ABUSE})
    await ask(http, authorization=SIGNED_IN)
    assert stand_in.asked[0][1].purpose is None


async def test_a_mutation_gets_the_token(http: httpx2.AsyncClient, stand_in: Any) -> None:
    query = {"query": "mutation { signOut { viewer { kind } } }"}
    await http.post("/graphql", json=query, headers={"authorization": SIGNED_IN})
    ((_, viewer, token),) = stand_in.mutated
    assert (str(viewer.kind), token) == ("member", "a-good-token")


COOKIE = "candour=a-good-token"
MUTATION = {"query": "mutation { signOut { viewer { kind } } }"}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("forgery", [{}, {"candour_csrf": ""}])
async def test_a_cookie_alone_is_forbidden(
    http: httpx2.AsyncClient, stand_in: Any, method: str, forgery: dict[str, str]
) -> None:
    headers = {"cookie": COOKIE, **{name.replace("_", "-"): value for name, value in forgery.items()}}
    more: dict[str, Any] = {"json": ASK} if method == "POST" else {"params": ASK}
    answer = await http.request(method, "/graphql", headers=headers, **more)
    assert answer.status_code == 403
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": "FORBIDDEN"}
    assert "Candour-CSRF" in error["message"]
    assert stand_in.asked == []


async def test_a_cookie_alone_is_forbidden_even_if_it_is_worth_nothing(http: httpx2.AsyncClient) -> None:
    assert (await ask(http, cookie="candour=unknown")).status_code == 403


@pytest.mark.parametrize("cookie", ["candour=unknown", "candour=", "candour=\u00e9", "candour=unknown; " + COOKIE])
async def test_a_stale_cookie_answers_as_a_stale_token_and_is_cleared(
    http: httpx2.AsyncClient, stand_in: Any, cookie: str
) -> None:
    headers = [(b"cookie", cookie.encode("latin-1")), (b"candour-csrf", b"1")]
    answer = await http.post("/graphql", json=ASK, headers=headers)
    token = await ask(http, authorization="Bearer unknown")
    assert answer.status_code == 401
    assert answer.content == token.content
    assert answer.headers["set-cookie"] == "candour=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
    assert "set-cookie" not in token.headers
    assert stand_in.asked == []


@pytest.mark.parametrize("cookie", ["__Host-candour=a-good-token", "xcandour=a-good-token", "candour", "a=b; c", ""])
async def test_other_cookies_are_a_visitors(http: httpx2.AsyncClient, stand_in: Any, cookie: str) -> None:
    assert (await ask(http, cookie=cookie)).status_code == 200
    assert str(stand_in.asked[0][1].kind) == "anonymous"


@pytest.mark.parametrize("csrf", ["1", "anything"])
async def test_a_cookie_with_the_header_identifies(http: httpx2.AsyncClient, stand_in: Any, csrf: str) -> None:
    stand_in.roles = frozenset({PlatformRole.ABUSE})
    answer = await ask(http, cookie=f"theme=dark;{COOKIE} ; x=y", candour_csrf=csrf, candour_purpose="abuse")
    assert answer.status_code == 200
    viewer = stand_in.asked[0][1]
    assert (str(viewer.kind), viewer.purpose) == ("member+ABUSE (purpose abuse)", Purpose.ABUSE)


async def test_a_token_comes_before_a_cookie(http: httpx2.AsyncClient, stand_in: Any) -> None:
    assert (await ask(http, cookie="candour=unknown", authorization=SIGNED_IN)).status_code == 200
    answer = await ask(http, cookie=COOKIE, authorization="Bearer unknown", candour_csrf="1")
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert len(stand_in.asked) == 1


async def test_a_mutation_knows_whether_the_cookie_brought_it(http: httpx2.AsyncClient, stand_in: Any) -> None:
    await http.post("/graphql", json=MUTATION, headers={"authorization": SIGNED_IN, "cookie": COOKIE})
    await http.post("/graphql", json=MUTATION, headers={"candour-csrf": "1", "cookie": COOKIE})
    await http.post("/graphql", json=MUTATION)
    assert [origin.cookie for origin in stand_in.origins] == [False, True, False]
    assert [token for _, _, token in stand_in.mutated] == ["a-good-token", "a-good-token", None]


async def test_caches_are_told_that_the_cookie_decides(http: httpx2.AsyncClient) -> None:
    varying = {name.strip() for name in (await ask(http)).headers["vary"].split(",")}
    assert varying >= {"cookie", "authorization", "candour-csrf"}


def test_over_https_the_cookie_is_the_hosts_alone() -> None:
    cookie = session_cookie(Settings(CANDOUR_URL="https://candour.example", CANDOUR_SESSION_HOURS=2))
    kept = "__Host-candour=abc; Path=/; Max-Age=7200; HttpOnly; SameSite=Lax; Secure"
    assert cookie.keep("abc") == kept
    assert cookie.drop() == "__Host-candour=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure"
    assert cookie.read({b"cookie": b"candour=planted; __Host-candour=abc"}) == "abc"
    assert cookie.read({b"cookie": b"candour=planted"}) is None
    assert session_cookie(Settings(CANDOUR_URL="http://localhost:8000")).keep("abc").startswith("candour=abc; Path=/;")
