"""Other addresses, other formats, other ways to send: none holds what `/graphql` would not tell."""

import pytest

from operations.demo.cast import HOST
from tests.leaks.answer import Haystack
from tests.leaks.conftest import Site
from tests.leaks.facts import Facts

ADDRESSES = (
    "/", "/schema.graphql", "/graphiql/page.js", "/graphiql/examples.js", "/graphiql/page.css", "/stories/1", "/stories.csv",
    "/openapi.json", "/confirm", "/exports/x", "/metrics", "/health", "/feed", "/export", "/graphiql/../settings.py", "/.data/master.key", "/docs",
)  # fmt: skip
QUERY = '{ story(number: 1) { title postcode ipAddress author { email } } node(id: "Account:%s") { id } }'


@pytest.mark.parametrize("address", ADDRESSES)
async def test_no_other_address_holds_anything_of_anybody(site: Site, facts: Facts, address: str) -> None:
    for accept in ("*/*", "text/html", "text/csv", "application/json"):
        answer = await site.client.get(address, headers={"Accept": accept})
        holding = Haystack(answer.text + str(dict(answer.headers)))
        # The page signs in the people of the demo world, whose addresses everybody knows.
        known = [c for c in facts.canaries if c.field != "Account.email" or not c.value.endswith(f"@{HOST}")]
        assert [canary.field for canary in known if canary.value in holding] == []


async def test_the_schema_holds_no_data(site: Site, facts: Facts) -> None:
    holding = Haystack((await site.client.get("/schema.graphql")).text)
    assert "type Story implements Node" in holding
    assert [canary.field for canary in facts.canaries if canary.value in holding] == []


@pytest.mark.parametrize(
    "accept",
    ["text/csv", "application/xml", "multipart/mixed", "text/html", "application/x-ndjson",
     "application/vnd.ms-excel", "image/png"],
)  # fmt: skip
async def test_no_format_but_json_comes_back_and_json_is_always_the_same(site: Site, facts: Facts, accept: str) -> None:
    query = QUERY % facts.people["author"].account
    plain = await site.send("member", query)
    headers = await site.headers("member")
    for also in (accept, f"{accept}, application/json;q=0.1"):
        answer = await site.client.post("/graphql", json={"query": query}, headers={**headers, "Accept": also})
        assert answer.status_code == 406 or answer.content == plain.content
        assert answer.headers["content-type"].partition(";")[0].endswith("json")


async def test_a_stream_s_one_event_holds_the_same_json(site: Site, facts: Facts) -> None:
    query = QUERY % facts.people["author"].account
    plain = await site.send("member", query)
    headers = {**await site.headers("member"), "Accept": "text/event-stream"}
    answer = await site.client.post("/graphql", json={"query": query}, headers=headers)
    assert answer.headers["content-type"].partition(";")[0] == "text/event-stream"
    told = [line.removeprefix("data: ") for line in answer.text.splitlines() if line.startswith("data: ")]
    assert told == [plain.text]


async def test_every_way_to_ask_says_the_same(site: Site) -> None:
    query = "{ stories(first: 5) { totalCount nodes { id title criticality author { email } } } }"
    types = ("application/json", "application/graphql-response+json", "*/*")
    answers = [await site.client.post("/graphql", json={"query": query}, headers={"Accept": kind}) for kind in types]
    answers += [await site.client.get("/graphql", params={"query": query}, headers={"Accept": kind}) for kind in types]
    assert len({answer.content for answer in answers}) == 1
    assert len(answers[0].json()["errors"]) == 10
