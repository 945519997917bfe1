"""Passwords: weak and stolen ones, forgotten ones, new ones."""

import asyncio
from datetime import timedelta

import pytest
import zxcvbn

from operations import password
from operations.problem import ProblemError
from tests.account.place import CHANGE, FORGOT, ME, OTHER_PASSWORD, PASSWORD, REGISTER, RESET, UPDATE, VERIFY, Place
from tests.account.place import new_email as nobody
from tests.account.test_verify import aged

KNOWN = ["hildegard.micklethwaite@people.example", "azurewagtail77"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "WEAK_PASSWORD"),
        ("x7Kq-pp29", "WEAK_PASSWORD"),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", "WEAK_PASSWORD"),
        ("unbelievable", "WEAK_PASSWORD"),
        ("Password1234!", "WEAK_PASSWORD"),
        ("hildegard.micklethwaite@people.example", "WEAK_PASSWORD"),
        ("HildegardMicklethwaite", "WEAK_PASSWORD"),
        ("azurewagtail77", "WEAK_PASSWORD"),
        ("candour2026", "WEAK_PASSWORD"),
        ("abc" * 42, "WEAK_PASSWORD"),
        ("qwertyuiop", "BREACHED_PASSWORD"),
        ("1QAZ2wsx3edc", "BREACHED_PASSWORD"),
        ("x7Kq-pp29" * 15, "TOO_LONG"),
    ],
)
async def test_a_password_that_is_easy_to_guess_is_refused(text: str, code: str) -> None:
    with pytest.raises(ProblemError) as refused:
        await password.accept(text, KNOWN)
    assert (refused.value.code, refused.value.field) == (code, "password")
    assert len(text) < 5 or text.lower() not in refused.value.message.lower()


@pytest.mark.parametrize(
    "text",
    [PASSWORD, OTHER_PASSWORD, "x7Kq-pp29-Z", "密码是一只跳舞的企鹅吃面条", "a" * 24 + "x7Kq-pp29-Z"],
)
async def test_a_password_that_is_hard_to_guess_is_accepted(text: str) -> None:
    await password.accept(text, [None, *KNOWN])


async def test_advice_is_plain_english() -> None:
    with pytest.raises(
        ProblemError, match=r"easy to guess\. Straight rows of keys are easy to guess\. Add another word"
    ):
        await password.accept("zxcvbnm,./")


def test_no_password_keeps_the_judge_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """zxcvbn's work grows steeply with length for some symbols: it is given short parts, and not many."""
    parts: list[str] = []

    def judged(part: str, user_inputs: list[str]) -> dict[str, object]:
        parts.append(part)
        return {"score": 0, "feedback": {"warning": "", "suggestions": []}}

    monkeypatch.setattr(zxcvbn, "zxcvbn", judged)
    assert password._weakness("4@8({[<6" * 16, []) == password.ADVICE
    assert [len(part) for part in parts] == [20, 20, 20, 12, 72]
    # The whole is judged without the symbols that take so long.
    assert parts[-1] == "4a8ccc<6".replace("<", "c") * 9


@pytest.mark.parametrize(("weak", "code"), [("short", "WEAK_PASSWORD"), ("qwertyuiop", "BREACHED_PASSWORD")])
async def test_nobody_registers_with_a_weak_password(place: Place, weak: str, code: str) -> None:
    email = nobody()
    assert await place.problems(REGISTER, email=email, password=weak) == [("password", code)]
    assert await place.account(email) is None


async def test_a_reset_link_works_for_an_hour_and_once(place: Place) -> None:
    email, account_id = await place.joined()
    await place.ask(FORGOT, email=email)
    await aged(place, account_id, timedelta(hours=1))
    old = await place.token(account_id, "reset_password")
    assert await place.problems(RESET, token=old, password=OTHER_PASSWORD) == [("token", "TOKEN_EXPIRED")]
    await place.ask(FORGOT, email=email)
    token = (await place.mails(account_id, "reset_password"))[-1]["link"].rpartition("=")[2]
    assert token != old
    assert await place.problems(RESET, token=token, password=OTHER_PASSWORD) == []
    assert await place.problems(RESET, token=token, password=PASSWORD) == [("token", "TOKEN_USED")]
    assert await place.sign_in(email, OTHER_PASSWORD) is not None


async def test_a_weak_password_does_not_use_the_link_up(place: Place) -> None:
    email, account_id = await place.joined(penName="azurewagtail77")
    await place.ask(FORGOT, email=email)
    token = await place.token(account_id, "reset_password")
    for weak, code in (
        ("azurewagtail77", "WEAK_PASSWORD"),
        (email, "WEAK_PASSWORD"),
        ("qwertyuiop", "BREACHED_PASSWORD"),
    ):
        assert await place.problems(RESET, token=token, password=weak) == [("password", code)]
    assert await place.problems(RESET, token=token, password=OTHER_PASSWORD) == []


async def test_a_reset_ends_what_an_intruder_may_have(place: Place) -> None:
    email, account_id, intruder = await place.signed_in()
    await place.ask(UPDATE, intruder, input={"email": nobody()})
    for _ in range(2):
        await place.ask(FORGOT, email=email)
    first, second = [mail["link"].rpartition("=")[2] for mail in await place.mails(account_id, "reset_password")]
    leave = await place.token(account_id, "leave_email")
    assert await place.problems(RESET, token=first, password=OTHER_PASSWORD) == []
    assert (await place.post(ME, intruder)).status_code == 401
    assert await place.problems(RESET, token=second, password=PASSWORD) == [("token", "TOKEN_UNKNOWN")]
    assert await place.problems(VERIFY, token=leave) == [("token", "TOKEN_UNKNOWN")]
    assert await place.sign_in(email) is None
    session = await place.sign_in(email, OTHER_PASSWORD)
    assert (await place.ask(ME, session))["account"]["pendingEmail"] is None
    assert [mail["to"] for mail in await place.mails(account_id, "password_changed")] == [email]


async def test_a_reset_verifies_the_email_and_drops_a_strangers_registration(place: Place) -> None:
    email = nobody()
    account_id = await place.register(email, OTHER_PASSWORD)
    strangers = await place.token(account_id, "verify_email")
    await place.ask(FORGOT, email=email)
    token = await place.token(account_id, "reset_password")
    assert await place.problems(RESET, token=token, password=PASSWORD) == []
    assert await place.problems(VERIFY, token=strangers) == [("token", "TOKEN_UNKNOWN")]
    assert await place.sign_in(email, OTHER_PASSWORD) is None
    assert await place.sign_in(email) is not None


async def test_a_reset_helps_who_guessed_too_often(place: Place) -> None:
    email, account_id = await place.joined()
    for _ in range(10):
        assert await place.sign_in(email, "not the password") is None
    assert await place.sign_in(email) is None
    await place.ask(FORGOT, email=email)
    token = await place.token(account_id, "reset_password")
    assert await place.problems(RESET, token=token, password=OTHER_PASSWORD) == []
    assert await place.sign_in(email, OTHER_PASSWORD) is not None


async def test_of_two_resets_at_once_one_counts(place: Place) -> None:
    email, account_id = await place.joined()
    await place.ask(FORGOT, email=email)
    token = await place.token(account_id, "reset_password")
    both = [place.problems(RESET, token=token, password=text) for text in (PASSWORD, OTHER_PASSWORD)]
    assert sorted(await asyncio.gather(*both)) == [[], [("token", "TOKEN_USED")]]


async def test_a_reset_is_sent_to_the_address_that_is_known(place: Place) -> None:
    """Two spellings of one email may be two mailboxes: the link never goes where a stranger spelt it."""
    email = f"straße-{nobody()}"
    account_id = await place.register(email)
    await place.ask(FORGOT, email=email.replace("ß", "SS"))
    assert [mail["to"] for mail in await place.mails(account_id, "reset_password")] == [email]


async def test_a_visitor_changes_no_password(place: Place) -> None:
    answer = (await place.post(CHANGE, current=PASSWORD, new=OTHER_PASSWORD)).json()
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_new_password_needs_the_present_one(place: Place) -> None:
    email, account_id, bearer = await place.signed_in()
    wrong = await place.problems(CHANGE, bearer, current=OTHER_PASSWORD, new=OTHER_PASSWORD)
    assert wrong == [("current", "WRONG_PASSWORD")]
    weak = await place.problems(CHANGE, bearer, current=PASSWORD, new=email)
    assert weak == [("new", "WEAK_PASSWORD")]
    assert await place.mails(account_id, "password_changed") == []
    assert await place.sign_in(email) is not None


async def test_a_new_password_ends_the_other_sessions(place: Place) -> None:
    email, account_id, bearer = await place.signed_in()
    other = await place.sign_in(email)
    await place.ask(FORGOT, email=email)
    token = await place.token(account_id, "reset_password")
    assert await place.problems(CHANGE, bearer, current=PASSWORD, new=OTHER_PASSWORD) == []
    assert (await place.post(ME, other)).status_code == 401
    assert (await place.ask(ME, bearer))["account"]["email"] == email
    assert await place.problems(RESET, token=token, password=PASSWORD) == [("token", "TOKEN_UNKNOWN")]
    assert [mail["to"] for mail in await place.mails(account_id, "password_changed")] == [email]
    assert await place.sign_in(email) is None


async def test_a_stolen_session_cannot_guess_the_password(place: Place) -> None:
    _, _, bearer = await place.signed_in()
    tries = [await place.problems(CHANGE, bearer, current="wrong again", new=OTHER_PASSWORD) for _ in range(11)]
    assert tries[:10] == [[("current", "WRONG_PASSWORD")]] * 10
    assert tries[10] == [(None, "TOO_MANY_ATTEMPTS")]
    assert await place.problems(CHANGE, bearer, current=PASSWORD, new=OTHER_PASSWORD) == [(None, "TOO_MANY_ATTEMPTS")]


@pytest.mark.parametrize(
    "field", ['register(input: {email: "a@b.example", password: "x"})', 'requestPasswordReset(email: "a@b.example")']
)
async def test_one_request_is_one_attempt(place: Place, field: str) -> None:
    answer = (
        await place.post(f"mutation {{ a: {field} {{ problems {{ code }} }} b: {field} {{ problems {{ code }} }} }}")
    ).json()
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}


async def test_e_mails_to_one_address_are_few(place: Place) -> None:
    """No flood of e-mails to somebody, whether they have an account or not."""
    verified, account_id = await place.joined()
    for email in (verified, nobody()):
        answers = [await place.problems(FORGOT, email=email) for _ in range(6)]
        assert answers == [[]] * 5 + [[(None, "TOO_MANY_ATTEMPTS")]]
    assert len(await place.mails(account_id, "reset_password")) == 5
