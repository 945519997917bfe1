"""A change of email: both addresses confirm, in either order, and nobody learns who else has an account (P01, P15)."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from operations import email_change
from tests.account.place import FORGOT, ME, OTHER_PASSWORD, RESET, UPDATE, VERIFY, Place, new_email
from tests.account.test_register import counted
from tests.account.test_verify import aged

SIDES = ("leave_email", "take_email")


async def asked(place: Place, bearer: str, email: str) -> None:
    payload = await place.ask(UPDATE, bearer, input={"email": email})
    assert payload["problems"] == []
    assert payload["viewer"]["account"]["pendingEmail"] == email


async def confirm(place: Place, account_id: UUID, side: str) -> str | None:
    """Follow the link that was sent to one of the two addresses: what came of it."""
    payload = await place.ask(VERIFY, token=await place.token(account_id, side))
    found: list[dict[str, str]] = payload["problems"]
    return found[0]["code"] if found else payload["confirmed"]


@pytest.mark.parametrize("side", SIDES)
async def test_one_address_alone_changes_nothing(place: Place, side: str) -> None:
    email, account_id, bearer = await place.signed_in()
    await asked(place, bearer, new_email())
    assert await confirm(place, account_id, side) == "HALF_CHANGED"
    assert await confirm(place, account_id, side) == "TOKEN_USED"
    assert (await place.ask(ME, bearer))["account"]["email"] == email
    assert (await place.ask(ME, bearer))["account"]["corrections"] == []
    assert await place.account(email) == account_id


@pytest.mark.parametrize("order", [SIDES, SIDES[::-1]], ids=["old first", "new first"])
async def test_both_addresses_change_it(place: Place, order: tuple[str, str]) -> None:
    email, account_id, bearer = await place.signed_in()
    new = new_email()
    await asked(place, bearer, new)
    sent = {side: (await place.mails(account_id, side))[0]["to"] for side in SIDES}
    assert sent == {"leave_email": email, "take_email": new}
    assert [await confirm(place, account_id, side) for side in order] == ["HALF_CHANGED", "CHANGED"]
    account = (await place.ask(ME, bearer))["account"]
    assert (account["email"], account["pendingEmail"]) == (new, None)
    assert account["corrections"] == [{"field": "email"}]
    assert sorted(mail["to"] for mail in await place.mails(account_id, "email_changed")) == sorted([email, new])
    assert await place.account(email) is None
    assert await place.sign_in(email) is None
    assert await place.sign_in(new) is not None


async def test_both_at_once_change_it_once(place: Place) -> None:
    _, account_id, bearer = await place.signed_in()
    await asked(place, bearer, new_email())
    tokens = [await place.token(account_id, side) for side in SIDES]
    both = await asyncio.gather(*(place.ask(VERIFY, token=token) for token in tokens))
    assert sorted(payload["confirmed"] for payload in both) == ["CHANGED", "HALF_CHANGED"]
    assert len((await place.ask(ME, bearer))["account"]["corrections"]) == 1


async def test_a_change_waits_for_a_week(place: Place) -> None:
    email, account_id, bearer = await place.signed_in()
    await asked(place, bearer, new_email())
    assert await confirm(place, account_id, "leave_email") == "HALF_CHANGED"
    week = timedelta(days=7)
    await aged(place, account_id, week)
    await place.connection.execute(
        "update email_change set expires_at = expires_at - $2::interval where account_id = $1", account_id, week
    )
    assert await confirm(place, account_id, "take_email") == "TOKEN_EXPIRED"
    account = (await place.ask(ME, bearer))["account"]
    assert (account["email"], account["pendingEmail"]) == (email, None)


@pytest.mark.parametrize("side", SIDES)
async def test_a_newer_change_replaces_one_that_waits(place: Place, side: str) -> None:
    email, account_id, bearer = await place.signed_in()
    first, second = new_email(), new_email()
    await asked(place, bearer, first)
    old = await place.token(account_id, side)
    await confirm(place, account_id, "leave_email" if side == "take_email" else "take_email")
    await asked(place, bearer, second)
    assert await place.problems(VERIFY, token=old) == [("token", "TOKEN_UNKNOWN")]
    # What was confirmed for the first counts nothing for the second.
    newest = (await place.mails(account_id, side))[-1]["link"].rpartition("=")[2]
    assert (await place.ask(VERIFY, token=newest))["confirmed"] == "HALF_CHANGED"
    assert (await place.ask(ME, bearer))["account"]["email"] == email


async def test_the_present_email_takes_back_a_change_that_waits(place: Place) -> None:
    email, account_id, bearer = await place.signed_in()
    await asked(place, bearer, new_email())
    take = await place.token(account_id, "take_email")
    payload = await place.ask(UPDATE, bearer, input={"email": email})
    assert (payload["problems"], payload["viewer"]["account"]["pendingEmail"]) == ([], None)
    assert await place.problems(VERIFY, token=take) == [("token", "TOKEN_UNKNOWN")]
    assert len(await place.mails(account_id, "leave_email")) == 1


async def test_nothing_tells_that_the_new_email_is_another_persons(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same answer and work; the other person gets no link, so that they can't give their address away."""
    taken, owner = await place.joined()
    answers, work, people = [], [], []
    for new in (new_email(), taken):
        _, account_id, bearer = await place.signed_in()
        with counted(monkeypatch) as done:
            answer = await place.ask(UPDATE, bearer, input={"email": new})
        assert answer["viewer"]["account"].pop("pendingEmail") == new
        answer["viewer"]["account"].pop("email")
        answers.append(answer)
        work.append(len(done))
        people.append(account_id)
    assert answers[0] == answers[1]
    assert work[0] == work[1]
    free, mine = people
    assert len(await place.mails(free, "take_email")) == 1
    assert await place.mails(mine, "take_email") == []
    assert await place.mails(owner) == await place.mails(owner, "verify_email")
    # The requester's own link answers as it would for a free address.
    assert await confirm(place, mine, "leave_email") == await confirm(place, free, "leave_email") == "HALF_CHANGED"
    assert await place.account(taken) == owner


async def test_an_address_that_was_taken_meanwhile_stays_where_it_is(place: Place) -> None:
    email, account_id, bearer = await place.signed_in()
    new = new_email()
    await asked(place, bearer, new)
    assert await confirm(place, account_id, "take_email") == "HALF_CHANGED"
    other = await place.register(new, OTHER_PASSWORD)
    assert await place.problems(VERIFY, token=await place.token(other, "verify_email")) == []
    assert await confirm(place, account_id, "leave_email") == "NOT_ALLOWED"
    assert await place.account(new) == other
    account = (await place.ask(ME, bearer))["account"]
    assert (account["email"], account["corrections"]) == (email, [])


async def test_an_account_that_nobody_confirmed_keeps_no_address(place: Place) -> None:
    """A stranger can't keep somebody from their own address by registering with it."""
    _, account_id, bearer = await place.signed_in()
    new = new_email()
    squatter = await place.register(new, OTHER_PASSWORD)
    link = await place.token(squatter, "verify_email")
    await asked(place, bearer, new)
    assert [await confirm(place, account_id, side) for side in SIDES] == ["HALF_CHANGED", "CHANGED"]
    assert await place.account(new) == account_id
    assert await place.problems(VERIFY, token=link) == [("token", "TOKEN_UNKNOWN")]
    gone = "select count(*) from person_key where id = $1"
    assert await place.connection.fetchval(gone, squatter) == 0


async def test_a_link_that_went_to_the_old_address_sets_no_password(place: Place) -> None:
    email, account_id, bearer = await place.signed_in()
    await place.ask(FORGOT, email=email)
    token = await place.token(account_id, "reset_password")
    await asked(place, bearer, new_email())
    for side in SIDES:
        await confirm(place, account_id, side)
    assert await place.problems(RESET, token=token, password=OTHER_PASSWORD) == [("token", "TOKEN_UNKNOWN")]


async def test_a_change_that_is_interrupted_leaves_nothing_half_done(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    email, account_id, bearer = await place.signed_in()
    new = new_email()
    await asked(place, bearer, new)
    assert await confirm(place, account_id, "take_email") == "HALF_CHANGED"
    token = await place.token(account_id, "leave_email")

    async def broken(*_: object) -> None:
        raise RuntimeError("the process is killed")

    with monkeypatch.context() as patch:
        patch.setattr(email_change, "cancel", broken)
        answer = (await place.post(VERIFY, token=token)).json()
    assert answer["errors"][0]["extensions"]["code"] == "INTERNAL"
    account = (await place.ask(ME, bearer))["account"]
    assert (account["email"], account["pendingEmail"], account["corrections"]) == (email, new, [])
    assert await place.mails(account_id, "email_changed") == []
    # The link was not used up: the same one completes the change.
    assert (await place.ask(VERIFY, token=token))["confirmed"] == "CHANGED"
