"""What signing in leaves behind: no token, code, password, email or IP address, in no log line and no table (P01, P03)."""

from collections.abc import Iterator
from io import BytesIO

import pytest

from schema.endpoint import log
from tests.session.site import CONFIRM, ME, PASSWORD, REMOVE, SIGN_IN, START, Person, Site

TABLES = """select format('%I', table_name) from information_schema.tables
where table_schema = 'public' and table_type = 'BASE TABLE'"""
CLIENT = "Canary-Browser/7.1"


@pytest.fixture
def logged() -> Iterator[BytesIO]:
    """The log while a test runs."""
    output = BytesIO()
    log.configure("debug", output)
    yield output
    log.configure("info")


async def stored(site: Site) -> str:
    """Every row of every table as text; bytes are in hexadecimal."""
    found: list[str] = []
    for (table,) in await site.connection.fetch(TABLES):
        found += [row[0] for row in await site.connection.fetch(f"select t::text from {table} t")]
    return "\n".join(found)


async def live(site: Site, person: Person) -> dict[str, str]:
    """Everything that a person does to sign in; what of it is secret."""
    site.client.headers["User-Agent"] = CLIENT
    await site.refusal(person, password="canary wrong password")
    token = await site.sign_in(person)
    secret = (await site.ask(START, token, password=PASSWORD))["secret"]
    code = await site.code(secret)
    codes = (await site.ask(CONFIRM, token, code=code))["recoveryCodes"]
    await site.refusal(person, codes[0] + "canary")
    answer = await site.post(SIGN_IN, email=person.email, password=PASSWORD, code=codes[0], cookie=True)
    cookie = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
    site.client.cookies.clear()
    await site.post(ME, headers={"Cookie": f"__Host-candour={cookie}"})
    await site.post(ME, headers={"Cookie": f"__Host-candour={cookie}", "Candour-CSRF": "1"})
    await site.post(ME, "canary-unknown-token")
    await site.problem(REMOVE, token, password="canary wrong password", code=codes[1])
    secrets = {"email": person.email, "address": site.address, "network": site.address.rpartition("::")[0]}
    secrets |= {"password": PASSWORD, "wrong": "canary wrong password", "unknown": "canary-unknown-token"}
    secrets |= {"token": token, "cookie": cookie, "secret": secret, "client": CLIENT}
    return secrets | {f"recovery {n}": kept for n, kept in enumerate(codes)} | {"plain": codes[1].replace("-", "")}


async def test_no_secret_of_signing_in_is_logged_or_stored_in_clear(site: Site, logged: BytesIO) -> None:
    secrets = await live(site, await site.person())
    lines, rows = logged.getvalue().decode(), await stored(site)
    assert lines.count('"event":"request"') >= 10
    assert len(rows) > 1_000
    for name, secret in secrets.items():
        for form in (secret, secret.encode().hex()):
            assert form not in lines, name
            assert form not in rows, name


async def test_what_the_table_keeps_of_a_token_signs_nobody_in(site: Site) -> None:
    token = await site.sign_in(await site.person())
    for (kept,) in await site.connection.fetch("select token_hash from session"):
        for tried in (kept.hex(), kept.decode("latin-1")):
            answer = await site.client.post(
                "/graphql", json={"query": ME}, headers=[(b"authorization", b"Bearer " + tried.encode("latin-1"))]
            )
            assert answer.status_code == 401
    assert (await site.post(ME, token)).status_code == 200
