"""The whole deployment as browsers meet it: other sites' pages, other hosts, and what goes with every answer."""

import httpx2
import pytest

from operations.demo.cast import HOST, PASSWORD
from tests.endpoint.live import connected, dialled
from tests.site.conftest import NEIGHBOUR, SIGN_IN, URL, Sites

WHO = "{ viewer { kind } }"
BROWSER = {"Accept": "text/html,*/*;q=0.8"}
STRANGER = "https://evil.example"
ADDRESSES = (
    ("GET", "/", {}, 302),
    ("GET", "/graphql", BROWSER, 200),
    ("GET", "/graphql", {}, 400),
    ("GET", "/graphql?query={tags{totalCount}}", {}, 200),
    ("GET", "/graphql?query={tags{totalCount}}", {"Accept": "text/event-stream"}, 200),
    ("GET", "/graphql?query=mutation{signOut{viewer{kind}}}", {}, 405),
    ("PUT", "/graphql", {}, 405),
    ("OPTIONS", "/graphql", {}, 405),
    ("GET", "/graphql?query={viewer{kind}}", {"Authorization": "Bearer nobodys"}, 401),
    ("GET", "/schema.graphql", {}, 200),
    ("GET", "/graphiql/page.js", {}, 200),
    ("GET", "/graphiql/nothing", {}, 404),
    ("GET", "/confirm", {}, 200),
    ("GET", "/confirm/page.js", {}, 200),
    ("GET", "/unsubscribe/x", {}, 404),
    ("GET", "/exports/x", {}, 401),
    ("GET", "/healthz", {}, 200),
    ("GET", "/readyz", {}, 200),
    ("GET", "/metrics", {}, 200),
    ("GET", "/nothing", {}, 404),
    ("POST", "/confirm", {}, 405),
    ("GET", "/graphql", {"Host": "evil.example"}, 421),
)
SAID = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "strict-transport-security": "max-age=31536000",
}


@pytest.mark.parametrize(("method", "path", "headers", "status"), ADDRESSES)
async def test_every_answer_is_safe_in_a_browser(
    sites: Sites, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    answer = await sites.send("", method=method, path=path, headers=headers)
    assert answer.status_code == status
    for name, value in SAID.items():
        assert answer.headers.get_list(name) == [value], name
    (policy,) = answer.headers.get_list("content-security-policy")
    assert policy.startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in policy or "sandbox" in policy
    assert "server" not in answer.headers


async def _signed_in(sites: Sites, **headers: str) -> httpx2.Response:
    return await sites.send(SIGN_IN % PASSWORD, headers=headers, email=f"member@{HOST}", cookie=True)


@pytest.mark.parametrize("origin", [NEIGHBOUR, STRANGER, "null", "https://scotland.candour.test"])
async def test_no_other_page_signs_a_browser_in_or_uses_its_session(sites: Sites, origin: str) -> None:
    ours = await _signed_in(sites, Origin=URL)
    cookie = ours.headers["set-cookie"].partition(";")[0]
    assert "set-cookie" not in (await _signed_in(sites, Origin=origin)).headers
    kept = {"Cookie": cookie, "Candour-CSRF": "1"}
    assert (await sites.data(WHO, headers={**kept, "Origin": URL}))["viewer"]["kind"] == "MEMBER"
    assert (await sites.data(WHO, headers={**kept, "Origin": origin}))["viewer"]["kind"] == "ANONYMOUS"


async def test_a_neighbour_reads_answers_of_every_kind_and_a_stranger_none(sites: Sites) -> None:
    bearer = await sites.bearer("member")
    for query, headers in (
        ("{ tags { totalCount } }", {}),
        (WHO, bearer),
        ("{ nothing }", {}),
        (WHO, {"Authorization": "x"}),
    ):
        for origin, told in ((NEIGHBOUR, [NEIGHBOUR]), (STRANGER, []), (URL, [])):
            answer = await sites.send(query, headers={**headers, "Origin": origin})
            assert answer.headers.get_list("access-control-allow-origin") == told
            assert "origin" in answer.headers["vary"].split(", ")
    public = await sites.send("", method="GET", path="/graphql?query={tags{totalCount}}", headers={"Origin": NEIGHBOUR})
    again = {"Origin": NEIGHBOUR, "If-None-Match": public.headers["etag"]}
    unchanged = await sites.send("", method="GET", path="/graphql?query={tags{totalCount}}", headers=again)
    assert (unchanged.status_code, unchanged.headers["access-control-allow-origin"]) == (304, NEIGHBOUR)


async def test_a_preflight_is_answered_without_asking_anybody(sites: Sites) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type, authorization"}
    for origin, status in ((NEIGHBOUR, 204), (STRANGER, 403)):
        answer = await sites.send("", method="OPTIONS", headers={"Origin": origin, **asked})
        assert (answer.status_code, answer.headers.get("access-control-max-age")) == (
            status,
            "7200" if status == 204 else None,
        )


async def test_a_socket_knows_by_which_host_it_came(sites: Sites) -> None:
    query = "{ site { host region country } }"
    async with dialled(sites.app, host="evil.example") as socket:
        assert (await socket.take())["type"] == "websocket.close"
    async with dialled(sites.app, host="scotland.candour.test", origin=STRANGER) as socket:
        assert (await socket.take())["type"] == "websocket.close"
    for origin in (NEIGHBOUR, "https://scotland.candour.test"):
        async with connected(sites.app, host="scotland.candour.test", origin=origin) as socket:
            socket.subscribe("1", query)
            found = {"host": "scotland.candour.test", "region": "SCOTLAND", "country": None}
            assert (await socket.hear())["payload"] == {"data": {"site": found}}
