"""Which site's pages may ask, with which credentials, and what a browser may do with an answer."""

import pytest

from schema.endpoint.gate import Gate
from schema.endpoint.safety import SAFE
from schema.endpoint.sharing import Sharing
from tests.endpoint.gates import ALONE, ANYBODY, ANYWHERE, KEPT, NAMED, NEIGHBOUR, STRANGER, URL, Headers, ask, at, made


@pytest.mark.parametrize("before", [NAMED, ALONE, ANYWHERE, ANYBODY])
@pytest.mark.parametrize("origin", [b"null", STRANGER.encode(), b"http://www.candour.test", b"https://www.candour.test:81", b"\xff", b"https://x@www.candour.test", b"file://"])  # fmt: skip
async def test_another_sites_page_never_has_the_cookie_nor_is_given_one(before: Gate, origin: bytes) -> None:
    headers = [*at(b"www.candour.test"), (b"origin", origin), *KEPT]
    for method, path in (("POST", "/graphql"), ("GET", "/graphql"), ("GET", "/exports/x"), ("POST", "/unsubscribe/x")):
        found = await ask(before, headers, method, path)
        assert b"cookie" not in dict(found.scope["headers"])
        assert found.all(b"set-cookie") == []
        assert b"access-control-allow-credentials" not in found.sharing
        if before is not ANYBODY:
            assert b"access-control-allow-origin" not in found.sharing


@pytest.mark.parametrize("before", [NAMED, ALONE, ANYWHERE, ANYBODY])
async def test_the_sites_own_page_keeps_its_cookie(before: Gate) -> None:
    for origin, host in (
        (URL, b"www.candour.test"),
        (f"{URL}:443", b"www.candour.test"),
        (URL, b"www.candour.test:443"),
    ):
        found = await ask(before, [*at(host), (b"origin", origin.encode()), *KEPT])
        assert dict(found.scope["headers"])[b"cookie"] == KEPT[0][1]
        assert found.all(b"set-cookie") == [b"a=b"]
    scotland = await ask(NAMED, [*at(b"scotland.candour.test"), (b"origin", b"https://scotland.candour.test"), *KEPT])
    assert b"cookie" in dict(scotland.scope["headers"])


@pytest.mark.parametrize("origin", [NEIGHBOUR, "http://localhost:3000"])
async def test_a_neighbours_page_may_ask_as_a_visitor_or_with_a_token(origin: str) -> None:
    headers = [*at(b"www.candour.test"), (b"origin", origin.encode()), *KEPT, (b"authorization", b"Bearer x")]
    for path in ("/graphql", "/schema.graphql", "/exports/x"):
        found = await ask(NAMED, headers, path=path)
        assert found.all(b"access-control-allow-origin") == [origin.encode()]
        assert b"ratelimit" in found.all(b"access-control-expose-headers")[0]
        assert b"access-control-allow-credentials" not in found.sharing
        assert found.all(b"set-cookie") == []
        came = dict(found.scope["headers"])
        assert (b"cookie" in came, came[b"authorization"]) == (False, b"Bearer x")
    # Pages, and what they are made of, are nobody else's.
    for path in ("/", "/confirm", "/graphiql/page.js", "/unsubscribe/x", "/graphqlx/y", "/metrics"):
        found = await ask(NAMED, headers, "GET", path)
        assert found.sharing == set()


async def test_where_any_page_may_ask_each_answer_says_so() -> None:
    assert dict(ANYBODY.always)[b"access-control-allow-origin"] == b"*"
    for origin in ([], [(b"origin", STRANGER.encode())]):
        found = await ask(ANYBODY, [*at(b"www.candour.test"), *origin], "GET", "/schema.graphql")
        assert found.all(b"access-control-allow-origin") == [b"*"]


def test_caches_keep_answers_to_different_origins_apart() -> None:
    assert (b"vary", b"origin") in NAMED.always
    assert not [
        name for name, _ in (*ALONE.always, *ANYWHERE.always) if name in (b"vary", b"access-control-allow-origin")
    ]


def _preflight(origin: str, *more: tuple[bytes, bytes]) -> Headers:
    asked = (b"access-control-request-method", b"POST")
    return [*at(b"www.candour.test"), (b"origin", origin.encode()), asked, *more]


@pytest.mark.parametrize(
    ("before", "origin"),
    [
        (NAMED, STRANGER),
        (NAMED, "null"),
        (NAMED, f"{NEIGHBOUR}:444"),
        (NAMED, "https://x.app.example"),
        (ALONE, NEIGHBOUR),
    ],
)
async def test_a_strangers_page_is_not_allowed_to_send_anything(before: Gate, origin: str) -> None:
    found = await ask(before, _preflight(origin), "OPTIONS")
    assert (found.status, found.sharing, found.scope) == (403, set(), {})
    assert b'"code":"FORBIDDEN"' in found.body
    assert b"access-control-request-method" in b", ".join(found.all(b"vary"))


@pytest.mark.parametrize(("before", "origin", "told"), [(NAMED, NEIGHBOUR, NEIGHBOUR), (ANYBODY, STRANGER, "*")])
async def test_a_neighbours_page_is_told_once_what_it_may_send(before: Gate, origin: str, told: str) -> None:
    found = await ask(before, _preflight(origin, (b"access-control-request-headers", b"candour-csrf")), "OPTIONS")
    assert (found.status, found.body, found.scope) == (204, b"", {})
    assert found.all(b"access-control-allow-origin") == [told.encode()]
    allowed = found.all(b"access-control-allow-headers")[0].split(b", ")
    assert {b"authorization", b"content-type", b"candour-purpose"} <= set(allowed)
    assert not {b"candour-csrf", b"cookie", b"*"} & set(allowed)
    assert found.all(b"access-control-max-age") == [b"7200"]
    assert b"access-control-allow-credentials" not in found.sharing
    assert (b"origin" in b", ".join(found.all(b"vary")).split(b", ")) == (before is NAMED)


async def test_options_that_are_no_preflight_are_answered_inside() -> None:
    assert (await ask(NAMED, [*at(b"www.candour.test"), (b"origin", NEIGHBOUR.encode())], "OPTIONS")).scope
    assert (await ask(NAMED, _preflight(URL), "OPTIONS")).scope
    assert (await ask(NAMED, _preflight(NEIGHBOUR), "OPTIONS", "/confirm")).sharing == set()


@pytest.mark.parametrize(
    ("before", "origin", "kept", "opened", "cookie"),
    [
        (NAMED, STRANGER, True, False, False),
        (NAMED, STRANGER, False, False, False),
        (NAMED, "null", False, False, False),
        (NAMED, "http://www.candour.test", True, False, False),
        (NAMED, None, True, False, False),
        (ALONE, NEIGHBOUR, False, False, False),
        (ANYWHERE, "http://localhost:3000", False, False, False),
        (NAMED, NEIGHBOUR, True, True, False),
        (NAMED, NEIGHBOUR, False, True, False),
        (ANYBODY, STRANGER, True, True, False),
        (NAMED, None, False, True, False),
        (NAMED, URL, False, True, False),
        (NAMED, URL, True, True, True),
        (ANYWHERE, URL, True, True, True),
    ],
)
async def test_a_socket_is_opened_by_the_same_pages_and_with_the_cookie_by_our_own_only(
    before: Gate, origin: str | None, kept: bool, opened: bool, cookie: bool
) -> None:
    headers = at(b"www.candour.test") + ([(b"origin", origin.encode())] if origin else []) + (KEPT if kept else [])
    found = await ask(before, headers, kind="websocket")
    assert found.kind == ("websocket.accept" if opened else "websocket.close")
    assert (b"cookie" in dict(found.scope.get("headers", ()))) is cookie


async def test_a_browser_can_do_nothing_else_with_an_answer() -> None:
    found = await ask(NAMED, at(b"www.candour.test"), "GET", "/anything")
    for name, value in SAFE:
        assert found.all(name) == [b"SAMEORIGIN" if name == b"x-frame-options" else value], "said otherwise, or once"
    assert found.all(b"strict-transport-security") == [b"max-age=31536000"]
    assert set(SAFE) <= set(NAMED.always)
    by_http = made(CANDOUR_URL="http://candour.test")
    assert (await ask(by_http, at(b"candour.test"), "GET", "/anything")).all(b"strict-transport-security") == []
    refused = await ask(NAMED, at(b"evil.example"), "GET", "/anything")
    assert set(NAMED.safe) <= set(refused.headers)


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        (b"https://site.example", ("inner", "8000"), True),
        (b"https://site.example:443", ("", ""), True),
        (b"https://localhost:8000", ("localhost", "8000"), True),
        (b"https://[::1]:8000", ("[::1]", "8000"), True),
        (b"http://localhost:8000", ("localhost", "8000"), False),
        (b"https://localhost", ("localhost", "8000"), False),
        (b"https://site.example.evil", ("", ""), False),
        (b"https://site.example@evil.example", ("", ""), False),
        (b"https://evil.example@site.example", ("", ""), False),
        (b"http://site.example", ("", ""), False),
        (b"https://", ("", ""), False),
        (b"https://[::1", ("", ""), False),
        (b"https://site.example" + b" " * 400, ("", ""), False),
        (b"\xff", ("", ""), False),
        (b"null", ("", ""), False),
        (b"", ("", ""), False),
    ],
)
def test_origins_are_compared_whole(origin: bytes, host: tuple[str, str], same: bool) -> None:
    assert Sharing("https://site.example").is_own(origin, host) is same
