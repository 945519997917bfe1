"""The links of e-mails: each works once, for a time, and for one purpose."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from models.database.connection import engine, session_factory
from operations import confirmation
from operations.registration import forget_unconfirmed
from tests.account.place import FORGOT, OTHER_PASSWORD, RESET, VERIFY, Place, new_email


async def aged(place: Place, account_id: UUID, age: timedelta) -> None:
    """As if a person's links were sent earlier, by the database's clock."""
    await place.connection.execute(
        "update confirmation set created_at = created_at - $2::interval, expires_at = expires_at - $2::interval"
        " where account_id = $1",
        account_id,
        age,
    )


@pytest.mark.parametrize("token", ["", "x", "x" * 10_000, "Ünbekannt"])
async def test_an_unknown_token_confirms_nothing(place: Place, token: str) -> None:
    payload = await place.ask(VERIFY, token=token)
    (problem,) = payload["problems"]
    assert (payload["confirmed"], problem["field"], problem["code"]) == (None, "token", "TOKEN_UNKNOWN")
    assert token == "" or token == "x" or token not in problem["message"]


async def test_nobody_signs_in_before_the_email_is_confirmed(place: Place) -> None:
    email = new_email()
    account_id = await place.register(email)
    assert await place.sign_in(email) is None
    payload = await place.ask(VERIFY, token=await place.token(account_id, "verify_email"))
    assert payload == {"confirmed": "VERIFIED", "problems": []}
    assert await place.sign_in(email) is not None


async def test_a_used_link_says_so(place: Place) -> None:
    _, account_id = await place.joined()
    token = await place.token(account_id, "verify_email")
    assert await place.problems(VERIFY, token=token) == [("token", "TOKEN_USED")]


@pytest.mark.parametrize(
    ("age", "problems"),
    [(timedelta(hours=23, minutes=59), []), (timedelta(hours=24), [("token", "TOKEN_EXPIRED")])],
)
async def test_a_link_works_for_a_day(place: Place, age: timedelta, problems: list[tuple[str, str]]) -> None:
    account_id = await place.register(new_email())
    await aged(place, account_id, age)
    assert await place.problems(VERIFY, token=await place.token(account_id, "verify_email")) == problems


async def test_an_expired_link_leaves_the_account_unverified(place: Place) -> None:
    email = new_email()
    account_id = await place.register(email)
    await aged(place, account_id, timedelta(days=2))
    await place.ask(VERIFY, token=await place.token(account_id, "verify_email"))
    assert await place.sign_in(email) is None
    # Registering again gives a link that works.
    await place.register(email)
    assert await place.problems(VERIFY, token=await place.token(account_id, "verify_email")) == []


async def test_links_of_one_kind_are_worth_nothing_as_another(place: Place) -> None:
    email, account_id = await place.joined()
    await place.ask(FORGOT, email=email)
    reset = await place.token(account_id, "reset_password")
    assert await place.problems(VERIFY, token=reset) == [("token", "TOKEN_UNKNOWN")]
    other = await place.register(new_email())
    verify = await place.token(other, "verify_email")
    assert await place.problems(RESET, token=verify, password=OTHER_PASSWORD) == [("token", "TOKEN_UNKNOWN")]
    # Neither try used the link up.
    assert await place.problems(VERIFY, token=verify) == []
    assert await place.problems(RESET, token=reset, password=OTHER_PASSWORD) == []


async def test_of_two_who_use_a_link_at_once_one_does(place: Place) -> None:
    account_id = await place.register(new_email())
    token = await place.token(account_id, "verify_email")
    payloads = await asyncio.gather(*(place.ask(VERIFY, token=token) for _ in range(4)))
    codes = sorted(problem["code"] for payload in payloads for problem in payload["problems"])
    assert codes == ["TOKEN_USED"] * 3
    assert [payload["confirmed"] for payload in payloads if payload["confirmed"]] == ["VERIFIED"]


async def test_the_link_of_an_erased_person_is_unknown(place: Place) -> None:
    account_id = await place.register(new_email())
    token = await place.token(account_id, "verify_email")
    await place.connection.execute("delete from account where id = $1", account_id)
    assert await place.problems(VERIFY, token=token) == [("token", "TOKEN_UNKNOWN")]


async def test_a_link_confirms_for_whom_it_was_sent_whoever_is_signed_in(place: Place) -> None:
    _, mine, bearer = await place.signed_in()
    theirs_email = new_email()
    theirs = await place.register(theirs_email)
    before = await place.connection.fetchrow("select * from account where id = $1", mine)
    assert await place.problems(VERIFY, bearer, token=await place.token(theirs, "verify_email")) == []
    assert await place.connection.fetchrow("select * from account where id = $1", mine) == before
    assert await place.sign_in(theirs_email) is not None


async def test_an_account_that_nobody_confirms_is_forgotten(place: Place, accounts: str) -> None:
    """P18: nobody knows whose address it is, so it goes with its key; whoever confirmed stays."""
    _, kept = await place.joined()
    recent, waiting, gone = [await place.register(new_email()) for _ in range(3)]
    week = timedelta(days=7)
    for account_id in (kept, waiting, gone):
        await place.connection.execute(
            "update account set created_at = created_at - $2::interval where id = $1", account_id, week
        )
    await aged(place, gone, timedelta(hours=24))
    opened = engine(accounts, 1)
    async with session_factory(opened).begin() as session:
        assert await forget_unconfirmed(session) == 1
    await opened.dispose()
    for table in ("account", "person_key"):
        left = await place.connection.fetch(f"select id from {table} where id = any($1)", [kept, recent, waiting, gone])
        assert {row["id"] for row in left} == {kept, recent, waiting}


async def test_the_database_holds_no_token(place: Place) -> None:
    """A copy of the database confirms nothing: hashes only, and e-mails under the person's key (P01)."""
    email = new_email()
    account_id = await place.register(email)
    token = await place.token(account_id, "verify_email")
    rows = await place.connection.fetch(
        "select c::text as row from confirmation c where account_id = $1 union all"
        " select m::text from mail m where account_id = $1 union all select a::text from account a where id = $1",
        account_id,
    )
    stored = " ".join(row["row"] for row in rows)
    assert len(rows) == 3
    for text in (token, email):
        assert text not in stored
        assert text.encode().hex() not in stored


def test_a_token_is_never_part_of_what_a_server_sees() -> None:
    address, fragment = confirmation.link("https://candour.test", "verify", "secret").split("#")
    assert (address, fragment) == ("https://candour.test/confirm", "verify=secret")
