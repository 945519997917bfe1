"""Other addresses, other formats, other ways to send: none holds what `/graphql` would not tell."""

import pytest

from operations.demo.cast import HOST
from tests.leaks.site.answer import Haystack
from tests.leaks.site.conftest import Logged, Site
from tests.leaks.site.facts import Facts

ADDRESSES = (
    "/", "/schema.graphql", "/graphiql/page.js", "/graphiql/examples.js", "/graphiql/page.css", "/stories/1", "/stories.csv",
    "/openapi.json", "/metrics", "/health", "/feed", "/export", "/graphiql/../settings.py", "/.data/master.key", "/docs",
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
    ["text/csv", "application/xml", "text/event-stream", "multipart/mixed", "text/html", "application/x-ndjson"],
)
async def test_no_format_but_json_comes_back_and_json_is_always_the_same(site: Site, facts: Facts, accept: str) -> None:
    query = QUERY % facts.people["author"].account
    plain = await site.send("member", query)
    headers = await site.headers("member")
    for also in (accept, f"{accept}, application/json;q=0.1"):
        answer = await site.client.post("/graphql", json={"query": query}, headers={**headers, "Accept": also})
        assert answer.status_code == 406 or answer.content == plain.content
        assert answer.headers["content-type"].partition(";")[0].endswith("json")


async def test_what_is_wrong_with_a_request_is_not_logged(site: Site, logged: Logged) -> None:
    """Variables that do not fit, a password among them, are told to their sender alone."""
    sign_in = "mutation($email: String!, $password: Int!) { signIn(email: $email, password: $password) { token } }"
    await site.ask("", sign_in, email="somebody@private.example", password="Passwort-47")
    good = sign_in.replace("Int!", "String!")
    await site.ask("", good, email="somebody@private.example", password={"secret": "Passwort-47"})
    await site.ask("", good, email="somebody@private.example", password="Passwort-47")
    await site.ask("", "query($id: ID!) { node(id: $id) { id } }", id="Account:somebody@private.example")
    await site.client.get("/graphql", params={"query": "{ nothing }", "email": "somebody@private.example"})
    assert logged.text.count('"event":"request"') == 5
    assert "private.example" not in logged.text
    assert "Passwort" not in logged.text
