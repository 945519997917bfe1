"""Registering: what a stranger learns of who has an account (P01), and who an account belongs to."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from models.privacy_notice import NOTICE_VERSION
from operations import decoy
from operations.password import PASSWORDS
from tests.account.place import FORGOT, OTHER_PASSWORD, PASSWORD, REGISTER, UPDATE, VERIFY, Place, new_email


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What was done meanwhile: hashes, statements of operations, and how transactions ended."""
    done: list[str] = []
    hash_ = PASSWORDS.hash

    def hashing(password: str) -> str:
        done.append("hash")
        return hash_(password)

    def sending(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        done.append(statement.split(None, 1)[0].lower())

    def committing(_connection: Any) -> None:
        done.append("commit")

    event.listen(Engine, "before_cursor_execute", sending)
    event.listen(Engine, "commit", committing)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(PASSWORDS, "hash", hashing)
            yield done
    finally:
        event.remove(Engine, "before_cursor_execute", sending)
        event.remove(Engine, "commit", committing)


async def test_nothing_tells_which_emails_are_known(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """P01: unknown, unverified and verified emails: the same bytes, hashes and numbers of statements."""
    unverified = new_email()
    await place.register(unverified)
    verified, _ = await place.joined()
    answers, work = [], []
    for email in (new_email(), unverified, verified):
        with counted(monkeypatch) as done:
            answer = await place.post(REGISTER, email=email, password=OTHER_PASSWORD)
        answers.append((answer.status_code, answer.content, sorted(answer.headers)))
        work.append((done.count("hash"), done.count("commit"), len(done)))
    assert answers[0] == answers[1] == answers[2]
    assert work[0] == work[1] == work[2]
    assert work[0][0] == 1


async def test_nothing_tells_whose_password_can_be_reset(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """P01: the same answer and as many statements for an unknown email."""
    verified, _ = await place.joined()
    answers, work = [], []
    for email in (new_email(), verified):
        with counted(monkeypatch) as done:
            answer = await place.post(FORGOT, email=email)
        answers.append((answer.status_code, answer.content, sorted(answer.headers)))
        work.append((done.count("commit"), len(done)))
    assert answers[0] == answers[1]
    assert work[0] == work[1]


async def test_an_unknown_email_leaves_something_to_flush(place: Place) -> None:
    """A transaction that wrote nothing ends sooner, which would tell: the decoy has an id of a transaction."""
    before = await place.connection.fetchval("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
    assert await place.problems(FORGOT, email=new_email()) == []
    after = await place.connection.fetchval("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
    # One for the attempt, one for the decoy.
    assert after >= before + 2


@pytest.mark.parametrize("query", [REGISTER, FORGOT, UPDATE], ids=["register", "reset", "change of email"])
async def test_answers_are_held_back_until_all_are_even(
    place: Place, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    """P01: what the work costs does not tell either: the answer waits, once everything is committed."""
    waits: list[tuple[float, bool]] = []
    email = new_email()
    _, account_id, bearer = await place.signed_in()

    async def waited(seconds: float) -> None:
        committed = await place.account(email) or await place.mails(account_id, "leave_email") or query is FORGOT
        waits.append((seconds, bool(committed)))

    given = {"email": email, "password": PASSWORD, "input": {"email": email}}
    with monkeypatch.context() as patch:
        patch.setattr(decoy, "SECONDS", 1000.0)
        patch.setattr(decoy, "sleep", waited)
        await place.post(query, bearer if query is UPDATE else None, **given)
    ((seconds, committed),) = waits
    assert 900 < seconds < 1000
    assert committed


async def test_a_known_person_is_told_by_mail_and_keeps_the_password(place: Place) -> None:
    email, account_id = await place.joined(penName="Robin")
    before = await place.connection.fetchrow("select * from account where id = $1", account_id)
    await place.register(email.upper(), OTHER_PASSWORD, penName="Mallory")
    assert await place.connection.fetchrow("select * from account where id = $1", account_id) == before
    # The address as its person wrote it, not as the stranger did.
    assert [mail["to"] for mail in await place.mails(account_id, "already_registered")] == [email]
    uses = "select count(*) from ip_address_use where account_id = $1"
    assert await place.connection.fetchval(uses, account_id) == 1
    assert await place.sign_in(email, OTHER_PASSWORD) is None
    assert await place.sign_in(email) is not None


async def test_a_stranger_who_registers_first_has_nothing(place: Place) -> None:
    """Pre-hijacking: the owner's registration takes the place of the stranger's, with all that it left."""
    email = new_email()
    account_id = await place.register(email, OTHER_PASSWORD, penName="Mallory")
    strangers = await place.token(account_id, "verify_email")
    assert await place.register(email, penName="Robin") == account_id
    owners = (await place.mails(account_id, "verify_email"))[-1]["link"].rpartition("=")[2]
    assert owners != strangers
    assert await place.problems(VERIFY, token=strangers) == [("token", "TOKEN_UNKNOWN")]
    assert await place.problems(VERIFY, token=owners) == []
    assert await place.sign_in(email, OTHER_PASSWORD) is None
    assert await place.sign_in(email) is not None
    assert await place.connection.fetchval("select count(*) from ip_address_use where account_id = $1", account_id) == 1


async def test_two_registrations_at_once_make_one_account(place: Place) -> None:
    email = new_email()
    sent = [place.post(REGISTER, email=email, password=word) for word in (PASSWORD, OTHER_PASSWORD)]
    answers = await asyncio.gather(*sent)
    assert {answer.content for answer in answers} == {b'{"data":{"register":{"problems":[]}}}'}
    rows = await place.connection.fetch("select id from account where email_hash = $1", place.keyring.email_hash(email))
    assert len(rows) == 1
    live = "select count(*) from confirmation where account_id = $1"
    assert await place.connection.fetchval(live, rows[0]["id"]) == 1


BAD_EMAILS = [
    "", " ", "nobody", "@people.example", "a@b", "a@@people.example", "a@people..example", "a@-people.example",
    "a b@people.example", "a@people.example\r\nBcc: b@people.example", "a\x07@people.example", "a@people.example, b@c.de",
    "<a@people.example>", ".a@people.example", "a@people.example.", f"{'a' * 65}@people.example", "a\u202e@people.example",
]  # fmt: skip


@pytest.mark.parametrize("email", BAD_EMAILS)
async def test_what_is_no_email_is_refused_and_not_repeated(place: Place, email: str) -> None:
    payload = await place.ask(REGISTER, email=email, password=PASSWORD)
    assert [(problem["field"], problem["code"]) for problem in payload["problems"]] == [("email", "INVALID")]
    assert not email.strip() or email not in payload["problems"][0]["message"]


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"email": f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 20}.example"}, ("email", "TOO_LONG")),
        ({"penName": "x" * 61}, ("penName", "TOO_LONG")),
        ({"penName": "  "}, ("penName", "INVALID")),
        ({"penName": "Robin\nGood"}, ("penName", "INVALID")),
        ({"noticeVersion": "1999-01"}, ("noticeVersion", "INVALID")),
        ({"noticeVersion": "2026-11"}, ("noticeVersion", "INVALID")),
    ],
)
async def test_bad_input_names_its_field(place: Place, more: dict[str, str], problem: tuple[str, str]) -> None:
    """P13: among it a form that showed a notice which is not in force any more."""
    assert await place.problems(REGISTER, **{"email": new_email(), "password": PASSWORD, **more}) == [problem]


async def test_what_is_kept_is_under_the_persons_key(place: Place) -> None:
    """P03: the IP address, and all else that was typed in, is encrypted; no consent is made up (P12)."""
    email = "  Zoë.O'Hara+stories@Bücher.example "
    account_id = await place.register(email, penName=" Zoë 🌻 ", noticeVersion=NOTICE_VERSION)
    row = await place.connection.fetchrow(
        "select account.*, wrapped from account join person_key using (id) where id = $1", account_id
    )
    assert row is not None
    key = place.keyring.open(row["wrapped"], str(account_id))
    assert key.decrypt(row["email"], f"account.email:{account_id}") == email.strip()
    assert key.decrypt(row["pen_name"], f"account.pen_name:{account_id}") == "Zoë 🌻"
    assert row["email_verified_at"] is None
    (used,) = await place.connection.fetch("select * from ip_address_use where account_id = $1", account_id)
    assert key.decrypt(used["address"], f"ip_address_use.address:{used['id']}") == place.address
    assert used["use"] == "register"
    assert await place.connection.fetchval("select count(*) from consent where account_id = $1", account_id) == 0
