"""Which hosts are answered, whatever a client says of them."""

import pytest

from schema.endpoint.gate import Gate
from tests.endpoint.gates import ALONE, ANYWHERE, ELSEWHERE, NAMED, PROXY, Headers, ask, at


@pytest.mark.parametrize(
    ("before", "headers", "status"),
    [
        (NAMED, at(b"evil.example"), 421),
        (NAMED, at(b"www.candour.test.evil.example"), 421),
        (NAMED, at(b"xwww.candour.test"), 421),
        (NAMED, at(b"203.0.113.9"), 421),
        (NAMED, at(b"localhost"), 421),
        (ALONE, at(b"scotland.candour.test"), 421),
        (ALONE, at(b"candour.test"), 421),
        (ALONE, at(b"localhost:8000"), 421),
        (NAMED, [], 400),
        (NAMED, at(b""), 400),
        (NAMED, at(b"www.candour.test", b"evil.example"), 400),
        (NAMED, at(b"www.candour.test", b"www.candour.test"), 400),
        (NAMED, at(b"www.candour.test@evil.example"), 400),
        (NAMED, at(b"evil.example/www.candour.test"), 400),
        (NAMED, at(b"www.candour.test:evil"), 400),
        (NAMED, at(b"www.candour.test:80:80"), 400),
        (NAMED, at(b"www.candour.test\xff"), 400),
        (NAMED, at(b"www candour.test"), 400),
        (NAMED, at(b"a" * 400), 400),
        (ANYWHERE, at(b"evil.example?x"), 400),
        (ANYWHERE, at(b"a", b"b"), 400),
        # What a visitor says of a proxy counts for nothing, nor what a proxy passes on that it did not write itself.
        (NAMED, [*at(b"evil.example"), (b"x-forwarded-host", b"www.candour.test")], 421),
        (NAMED, [*at(b"evil.example"), (b"forwarded", b"host=www.candour.test")], 421),
    ],
)
async def test_another_host_is_not_answered(before: Gate, headers: Headers, status: int) -> None:
    for path, method in (
        ("/graphql", "POST"),
        ("/graphql", "GET"),
        ("/", "GET"),
        ("/confirm", "GET"),
        ("/readyz/", "GET"),
    ):
        found = await ask(before, headers, method, path)
        assert (found.status, found.scope) == (status, {})
        assert b'"code":"BAD_USER_INPUT"' in found.body
        assert b"evil" not in found.body
        assert found.all(b"x-request-id")
        assert found.all(b"cache-control") == [b"no-store"]
    assert (await ask(before, headers, kind="websocket")).kind == "websocket.close"


@pytest.mark.parametrize(
    ("forwarded", "status"),
    [(b"evil.example", 421), (b"www.candour.test, evil.example", 421), (b"", 400), (b"evil.example, ", 400)],
)
async def test_a_proxy_that_was_asked_for_another_host_is_not_answered(forwarded: bytes, status: int) -> None:
    headers = [*at(b"www.candour.test"), (b"x-forwarded-host", forwarded)]
    assert (await ask(NAMED, headers, client=PROXY)).status == status


@pytest.mark.parametrize(
    ("before", "headers", "client", "host"),
    [
        (NAMED, at(b"www.candour.test"), ELSEWHERE, "www.candour.test"),
        (NAMED, at(b"WWW.Candour.test:8443"), ELSEWHERE, "www.candour.test"),
        (NAMED, at(b"scotland.candour.test."), ELSEWHERE, "scotland.candour.test"),
        (NAMED, at(b"[::1]:8000"), ELSEWHERE, "[::1]"),
        (ALONE, at(b"www.candour.test"), ELSEWHERE, "www.candour.test"),
        (ANYWHERE, at(b"whatever.example:81"), ELSEWHERE, "whatever.example"),
        (ANYWHERE, [], ELSEWHERE, ""),
        (NAMED, [*at(b"inner"), (b"x-forwarded-host", b"scotland.candour.test")], PROXY, "scotland.candour.test"),
        (NAMED, [*at(b"inner"), (b"x-forwarded-host", b"a, www.candour.test:443")], PROXY, "www.candour.test"),
        (NAMED, [*at(b"www.candour.test"), (b"x-forwarded-host", b"evil")], ELSEWHERE, "www.candour.test"),
    ],
)
async def test_a_host_of_the_site_is_answered(before: Gate, headers: Headers, client: str, host: str) -> None:
    found = await ask(before, headers, client=client)
    assert (found.status, found.scope["candour.host"]) == (200, host)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
async def test_whoever_looks_after_a_process_asks_it_by_any_name(path: str) -> None:
    for headers in ([], at(b"10.2.3.4:8000"), at(b"\xff")):
        assert (await ask(ALONE, headers, "GET", path)).status == 200
