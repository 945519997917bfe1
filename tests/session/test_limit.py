"""Signing in too often: aliases, batches and requests at once get no further, and strangers lock nobody out."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from models.secret import token_hash
from operations.password import PASSWORDS
from tests.session.site import PASSWORD, SIGN_IN, Person, Site

ONE = 'signIn(email: "{email}", password: "{password}") {{ token problems {{ code }} }}'


RESET = "mutation($t: String!, $p: String!) { resetPassword(token: $t, password: $p) { problems { code } } }"


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were checked; each is wrong, and costs nothing."""
    checked: list[str] = []

    def wrong(password: str, stored: str) -> tuple[bool, str | None]:
        checked.append(password)
        return False, None

    monkeypatch.setattr(PASSWORDS, "verify_and_update", wrong)
    return checked


async def attempts(site: Site, person: Person, address: str, times: int, *, succeeded: bool = False) -> None:
    """Attempts to sign in from another address, written at once."""
    await site.connection.execute(
        "insert into attempt (kind, subject, address, succeeded)"
        " select 'SIGN_IN', $1, sha256(convert_to($2 || n, 'UTF8')), $4 from generate_series(1, $3::int) n",
        site.keyring.attempt_hash(f"subject {person.email}"),
        address,
        times,
        succeeded,
    )


async def test_the_eleventh_password_is_not_looked_at(site: Site, hashes: list[str]) -> None:
    known, unknown = await site.person(), Person("nobody@people.example", (await site.person()).id)
    answers: list[list[Any]] = []
    for person in (known, unknown):
        sent = [await site.post(SIGN_IN, email=person.email, password=f"guess {n}") for n in range(12)]
        answers.append([answer.content for answer in sent])
        assert sent[-1].json()["data"]["signIn"]["problems"][0]["code"] == "TOO_MANY_ATTEMPTS"
    assert answers[0] == answers[1]
    assert len(hashes) == 20


async def test_the_right_password_is_not_looked_at_either(site: Site) -> None:
    person = await site.person()
    for _ in range(10):
        assert await site.refusal(person, password="wrong") == "WRONG_CREDENTIALS"
    assert await site.refusal(person) == "TOO_MANY_ATTEMPTS"


async def test_aliases_and_fragments_are_no_more_attempts(site: Site, hashes: list[str]) -> None:
    one = ONE.format(email=(await site.person()).email, password="x")
    for query, code in (
        (f"mutation {{ a: {one} b: {one} }}", "GRAPHQL_VALIDATION_FAILED"),
        (f"mutation {{ ...A ...A }} fragment A on Mutation {{ a: {one} }}", "GRAPHQL_VALIDATION_FAILED"),
        (f"mutation {{ {' '.join(f'a{n}: {one}' for n in range(30))} }}", "TOO_COMPLEX"),
    ):
        (error,) = (await site.post(query)).json()["errors"]
        assert error["extensions"]["code"] == code
    assert hashes == []


async def test_batches_are_refused(site: Site, hashes: list[str]) -> None:
    query = f"mutation {{ {ONE.format(email='a@people.example', password='x')} }}"
    answer = await site.client.post("/graphql", json=[{"query": query}] * 20)
    assert answer.status_code == 400
    assert hashes == []


async def test_one_document_with_many_operations_is_one_attempt(site: Site, hashes: list[str]) -> None:
    one = ONE.format(email=(await site.person()).email, password="x")
    query = " ".join(f"mutation M{n} {{ {one} }}" for n in range(20))
    answer = await site.client.post("/graphql", json={"query": query, "operationName": "M1"})
    assert answer.status_code == 200
    assert len(hashes) == 1


async def test_requests_at_once_share_the_limit(site: Site, hashes: list[str]) -> None:
    person = await site.person()

    async def guess(number: int) -> httpx2.Response:
        return await site.post(SIGN_IN, email=person.email, password=f"guess {number}")

    answers = await asyncio.gather(*map(guess, range(30)))
    codes = [answer.json()["data"]["signIn"]["problems"][0]["code"] for answer in answers]
    assert codes.count("WRONG_CREDENTIALS") == len(hashes) == 10
    assert codes.count("TOO_MANY_ATTEMPTS") == 20


async def test_strangers_do_not_lock_the_owner_out(site: Site) -> None:
    person, stranger = await site.person(), await site.person()
    await site.sign_in(person)
    await attempts(site, person, "stranger", 100)
    await attempts(site, stranger, "stranger", 100)
    # Where the person has signed in before they still do; where nobody has, nobody gets in.
    assert await site.sign_in(person)
    assert await site.refusal(stranger) == "TOO_MANY_ATTEMPTS"


async def test_a_reset_by_e_mail_lets_the_owner_in_whatever_strangers_do(site: Site) -> None:
    person = await site.person()
    await attempts(site, person, "stranger", 100)
    assert await site.refusal(person) == "TOO_MANY_ATTEMPTS"
    link = "a token out of an e-mail"
    await site.connection.execute(
        "insert into confirmation (id, account_id, kind, token_hash, created_at, expires_at)"
        " values ($1, $2, 'RESET_PASSWORD', $3, now(), now() + interval '1 hour')",
        uuid4(),
        person.id,
        token_hash(link),
    )
    assert await site.problem(RESET, t=link, p="sunlit gravel xylophone") is None
    await attempts(site, person, "another stranger", 100)
    assert await site.sign_in(person, password="sunlit gravel xylophone")


async def test_an_unconfirmed_email_shows_to_who_knows_the_password_only(site: Site) -> None:
    person = await site.person(verified=False)
    assert await site.refusal(person, password="wrong") == "WRONG_CREDENTIALS"
    assert await site.refusal(person) == "EMAIL_NOT_VERIFIED"
    assert await site.connection.fetchval("select count(*) from session where account_id = $1", person.id) == 0


async def test_a_password_that_was_changed_meanwhile_is_wrong(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    person = await site.person()
    verify = PASSWORDS.verify_and_update
    other = PASSWORDS.hash("another password")

    def late(password: str, stored: str) -> tuple[bool, str | None]:
        asyncio.run_coroutine_threadsafe(change(), loop).result()
        return verify(password, stored)

    async def change() -> None:
        await site.connection.execute("update account set password_hash = $1 where id = $2", other, person.id)

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(PASSWORDS, "verify_and_update", late)
    assert await site.refusal(person) == "WRONG_CREDENTIALS"


async def test_somebody_who_is_erased_meanwhile_is_unknown(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    person = await site.person()
    verify = PASSWORDS.verify_and_update

    def late(password: str, stored: str) -> tuple[bool, str | None]:
        asyncio.run_coroutine_threadsafe(erase(), loop).result()
        return verify(password, stored)

    async def erase() -> None:
        await site.connection.execute("delete from account where id = $1", person.id)

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(PASSWORDS, "verify_and_update", late)
    assert await site.refusal(person) == "WRONG_CREDENTIALS"


async def test_success_is_counted_as_such(site: Site) -> None:
    person = await site.person()
    await site.sign_in(person)
    await site.refusal(person, password="wrong")
    subject = site.keyring.attempt_hash(f"subject {person.email}")
    rows = await site.connection.fetch("select succeeded from attempt where subject = $1 order by id", subject)
    assert [row["succeeded"] for row in rows] == [True, False]


async def test_entering_the_password_again_is_counted_wherever_it_is(site: Site) -> None:
    token = await site.sign_in(await site.person())
    start = "mutation($p: String!) { startSecondFactor(password: $p) { problems { code } } }"
    codes = [await site.problem(start, token, p="wrong") for _ in range(11)]
    assert codes == ["WRONG_PASSWORD"] * 10 + ["TOO_MANY_ATTEMPTS"]
    assert await site.problem(start, token, p=PASSWORD) == "TOO_MANY_ATTEMPTS"
