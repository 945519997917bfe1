"""Correcting what is held about oneself: absent stays, null clears, and no record says from what to what (P15)."""

from typing import Any

import pytest

from models.database.connection import engine, session_factory
from operations.correction import correct
from operations.problem import ProblemError
from tests.account.place import ME, UPDATE, Place, new_email


async def update(place: Place, bearer: str, **given: Any) -> Any:
    return await place.ask(UPDATE, bearer, input=given)


async def test_a_visitor_corrects_nothing(place: Place) -> None:
    answer = (await place.post(UPDATE, input={"penName": "Robin"})).json()
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"email": None}, ("email", "INVALID")),
        ({"email": "nobody"}, ("email", "INVALID")),
        ({"email": f"{'a' * 250}@people.example"}, ("email", "TOO_LONG")),
        ({"postcode": "nowhere"}, ("postcode", "INVALID")),
        ({"postcode": ""}, ("postcode", "INVALID")),
        ({"penName": ""}, ("penName", "INVALID")),
        ({"penName": "a\u202eb"}, ("penName", "INVALID")),
        ({"penName": "x" * 61}, ("penName", "TOO_LONG")),
    ],
)
async def test_bad_input_undoes_everything(place: Place, given: dict[str, Any], problem: tuple[str, str]) -> None:
    email, account_id, bearer = await place.signed_in(penName="Robin")
    payload = await update(place, bearer, **{"penName": "Wren", "postcode": "SW1A 1AA", "email": new_email(), **given})
    assert [(found["field"], found["code"]) for found in payload["problems"]] == [problem]
    assert payload["viewer"]["account"] == {
        "email": email, "pendingEmail": None, "penName": "Robin", "postcode": None, "corrections": [],
    }  # fmt: skip
    assert await place.mails(account_id, "leave_email") == []
    sent = [text for text in given.values() if text]
    assert not any(text in payload["problems"][0]["message"] for text in sent)


async def test_what_is_left_out_stays_and_null_clears(place: Place) -> None:
    _, _, bearer = await place.signed_in(penName="Robin")
    account = (await update(place, bearer, postcode=" sw1a1aa "))["viewer"]["account"]
    assert (account["penName"], account["postcode"]) == ("Robin", "SW1A 1AA")
    account = (await update(place, bearer, penName=" Wren 🌻 "))["viewer"]["account"]
    assert (account["penName"], account["postcode"]) == ("Wren 🌻", "SW1A 1AA")
    account = (await update(place, bearer, penName=None))["viewer"]["account"]
    assert (account["penName"], account["postcode"]) == (None, "SW1A 1AA")
    account = (await update(place, bearer))["viewer"]["account"]
    assert (account["penName"], account["postcode"]) == (None, "SW1A 1AA")
    account = (await update(place, bearer, penName="Wren", postcode=None))["viewer"]["account"]
    assert (account["penName"], account["postcode"]) == ("Wren", None)
    assert account == (await place.ask(ME, bearer))["account"]


async def test_each_change_is_recorded_and_no_value(place: Place) -> None:
    _, account_id, bearer = await place.signed_in(penName="azurewagtail77")
    await update(place, bearer, penName="scarletdunlin88", postcode="SW1A 1AA")
    # The same again is no change.
    await update(place, bearer, penName="scarletdunlin88", postcode="sw1a1aa")
    account = (await update(place, bearer, penName=None))["viewer"]["account"]
    assert [entry["field"] for entry in account["corrections"]] == ["penName", "postcode", "penName"]
    rows = await place.connection.fetch("select c::text as row from correction c where account_id = $1", account_id)
    stored = " ".join(row["row"] for row in rows)
    for value in ("azurewagtail77", "scarletdunlin88", "SW1A"):
        assert value not in stored


async def test_nobody_corrects_another_person(place: Place) -> None:
    """There is nothing in the input that names an account: the session says whose it is."""
    one, _, _ = await place.signed_in(penName="Robin")
    _, _, bearer = await place.signed_in()
    await update(place, bearer, penName="Wren")
    session = await place.sign_in(one)
    assert (await place.ask(ME, session))["account"]["penName"] == "Robin"


async def test_an_erased_person_leaves_no_correction(place: Place, accounts: str) -> None:
    """P18: a session that was read before the erasure writes nothing after it."""
    _, account_id, _ = await place.signed_in()
    await place.connection.execute("delete from account where id = $1", account_id)
    opened = engine(accounts, 1)
    with pytest.raises(ProblemError, match="does not exist any more"):
        async with session_factory(opened).begin() as session:
            await correct(session, place.keyring, account_id, {"pen_name": "Wren"}, "")
    await opened.dispose()
    left = "select count(*) from correction where account_id = $1"
    assert await place.connection.fetchval(left, account_id) == 0
