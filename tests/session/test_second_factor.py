"""The second factor: no code works twice, none of another time works, and roles wait for one."""

import asyncio

import pytest
from pyotp import TOTP

from models.account import PlatformRole
from operations.problem import ProblemCode, ProblemError
from operations.second_factor import _plain, _recovery_code, _step
from tests.session.site import CONFIRM, ME, PASSWORD, REMOVE, SIGN_IN, START, Site

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOW = 60_000_000


@pytest.mark.parametrize("skew", [-2_880, -2, 2, 2_880])
def test_a_code_of_another_time_does_not_fit(skew: int) -> None:
    with pytest.raises(ProblemError) as caught:
        _step(SECRET, TOTP(SECRET).generate_otp(NOW + skew), NOW, None)
    assert caught.value.code is ProblemCode.WRONG_CODE


@pytest.mark.parametrize("skew", [-1, 0, 1])
def test_an_apps_clock_may_be_one_step_off_either_way(skew: int) -> None:
    code = TOTP(SECRET).generate_otp(NOW + skew)
    assert _step(SECRET, code, NOW, None) == NOW + skew
    assert _step(SECRET, code, NOW, NOW + skew - 1) == NOW + skew
    for last in (NOW + skew, NOW + skew + 1):
        with pytest.raises(ProblemError):
            _step(SECRET, code, NOW, last)


@pytest.mark.parametrize("code", ["", "000000 ", "abcdef", "１２３４５６", "1" * 100_000])
def test_what_is_no_code_does_not_fit(code: str) -> None:
    with pytest.raises(ProblemError):
        _step(SECRET, code, NOW, None)


def test_recovery_codes_are_typed_as_people_type() -> None:
    code = _recovery_code()
    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
    assert _plain(f" {code.upper().replace('-', ' ')} ") == _plain(code)
    assert len({_recovery_code() for _ in range(100)}) == 100


async def test_a_password_alone_opens_no_session(site: Site) -> None:
    person, *_ = await site.secured()
    assert await site.refusal(person) == "SECOND_FACTOR_NEEDED"
    assert await site.refusal(person, "") == "SECOND_FACTOR_NEEDED"
    assert await site.refusal(person, "000000x") == "WRONG_CODE"
    assert await site.refusal(person, "123456", password="wrong") == "WRONG_CREDENTIALS"


async def test_a_code_signs_in_once(site: Site) -> None:
    person, _, secret, _ = await site.secured()
    code = await site.code(secret)
    assert await site.sign_in(person, f" {code[:3]} {code[3:]} ")
    assert await site.refusal(person, code) == "WRONG_CODE"
    assert await site.refusal(person, await site.code(secret, -1)) == "WRONG_CODE"


async def test_a_code_that_is_sent_twice_at_once_signs_in_once(site: Site) -> None:
    person, _, secret, _ = await site.secured()
    code = await site.code(secret)
    refusals = await asyncio.gather(*(site.refusal(person, code) for _ in range(5)))
    assert sorted(map(str, refusals)) == ["None", *["WRONG_CODE"] * 4]


async def test_each_recovery_code_signs_in_once(site: Site) -> None:
    person, _, _, codes = await site.secured()
    assert len(set(codes)) == 10
    for code in codes[:2]:
        assert await site.refusal(person, code.upper()) is None
        assert await site.refusal(person, code) == "WRONG_CODE"
    assert await site.refusal(person, codes[2]) is None
    left = "select cardinality(recovery_hashes) from second_factor where account_id = $1"
    assert await site.connection.fetchval(left, person.id) == 7


async def test_another_persons_code_does_not_fit(site: Site) -> None:
    person, *_ = await site.secured()
    _, _, secret, codes = await site.secured()
    assert await site.refusal(person, await site.code(secret)) == "WRONG_CODE"
    assert await site.refusal(person, codes[0]) == "WRONG_CODE"


async def test_codes_are_guessed_ten_times_at_most(site: Site) -> None:
    person, _, secret, codes = await site.secured()
    for _ in range(9):
        await site.connection.execute(
            "insert into attempt (kind, subject, address) values ('SECOND_FACTOR', $1, 'elsewhere')",
            site.keyring.attempt_hash(f"subject {person.id}"),
        )
    assert await site.refusal(person, "zzzzzz") == "WRONG_CODE"
    for code in (await site.code(secret), codes[0]):
        assert await site.refusal(person, code) == "TOO_MANY_ATTEMPTS"


async def test_setting_up_needs_the_password_and_a_code(site: Site) -> None:
    person = await site.person()
    token = await site.sign_in(person)
    assert await site.problem(START, token, password="wrong") == "WRONG_PASSWORD"
    assert await site.problem(CONFIRM, token, code="123456") == "NOT_FOUND"
    started = await site.ask(START, token, password=PASSWORD)
    assert started["uri"].startswith("otpauth://totp/Candour:")
    assert started["secret"] in started["uri"]
    assert await site.problem(CONFIRM, token, code="zzzzzz") == "WRONG_CODE"
    # Until a code has confirmed it, nothing is asked for.
    assert await site.sign_in(person)
    assert (await site.ask(ME, token))["account"]["secondFactor"] is False
    again = await site.ask(START, token, password=PASSWORD)
    assert again["secret"] != started["secret"]
    assert await site.problem(CONFIRM, token, code=await site.code(started["secret"])) == "WRONG_CODE"
    code = await site.code(again["secret"])
    assert await site.problem(CONFIRM, token, code=code) is None
    assert await site.problem(CONFIRM, token, code=code) == "ALREADY_DONE"
    assert await site.problem(START, token, password=PASSWORD) == "ALREADY_DONE"
    assert await site.refusal(person, code) == "WRONG_CODE"
    assert await site.mails(person) == ["second_factor_on"]


async def test_removing_needs_the_password_and_a_code(site: Site) -> None:
    person, token, secret, codes = await site.secured()
    other = await site.sign_in(await site.person())
    assert await site.problem(REMOVE, other, password=PASSWORD, code=codes[0]) == "NOT_FOUND"
    assert await site.problem(REMOVE, token, password="wrong", code=codes[0]) == "WRONG_PASSWORD"
    assert await site.problem(REMOVE, token, password=PASSWORD, code="zzzzzz") == "WRONG_CODE"
    assert await site.problem(REMOVE, token, password=PASSWORD, code=await site.code(secret)) is None
    assert await site.mails(person) == ["second_factor_off", "second_factor_on"]
    assert await site.sign_in(person)
    assert await site.problem(REMOVE, token, password=PASSWORD, code=codes[0]) == "NOT_FOUND"


@pytest.mark.parametrize("role", PlatformRole)
async def test_a_role_waits_for_the_second_factor(site: Site, role: PlatformRole) -> None:
    person = await site.person(role)
    payload = await site.ask(SIGN_IN, email=person.email, password=PASSWORD)
    assert (payload["viewer"]["roles"], payload["secondFactorSetupRequired"]) == ([], True)
    token = payload["token"]
    for purpose in ("safeguarding", "abuse", "rights-request", "complaint"):
        answer = await site.post(ME, token, headers={"Candour-Purpose": purpose})
        assert answer.status_code == 403
    assert (await site.ask(ME, token))["roles"] == []
    secret = (await site.ask(START, token, password=PASSWORD))["secret"]
    confirmed = await site.ask(CONFIRM, token, code=await site.code(secret))
    assert confirmed["viewer"]["roles"] == [role.value]
    assert (await site.ask(ME, token))["roles"] == [role.value]


async def test_only_a_session_that_gave_a_code_has_the_role(site: Site) -> None:
    person = await site.person(PlatformRole.DPO)
    before = await site.sign_in(person)
    here = await site.sign_in(person)
    secret = (await site.ask(START, here, password=PASSWORD))["secret"]
    codes = (await site.ask(CONFIRM, here, code=await site.code(secret)))["recoveryCodes"]
    payload = await site.ask(SIGN_IN, email=person.email, password=PASSWORD, code=codes[0])
    assert (payload["viewer"]["roles"], payload["secondFactorSetupRequired"]) == (["DPO"], False)
    assert (await site.ask(ME, before))["roles"] == []
    # Without the factor no session keeps the role, not even the one that removed it.
    removed = await site.ask(REMOVE, payload["token"], password=PASSWORD, code=codes[1])
    assert removed["viewer"]["roles"] == []
    for token in (before, here, payload["token"]):
        assert (await site.ask(ME, token))["roles"] == []


async def test_a_role_that_is_taken_away_is_gone_with_the_next_request(site: Site) -> None:
    person, token, _, _ = await site.secured(PlatformRole.ADMIN, PlatformRole.DPO)
    assert sorted((await site.ask(ME, token))["roles"]) == ["ADMIN", "DPO"]
    await site.connection.execute("update account set roles = '{DPO}' where id = $1", person.id)
    assert (await site.ask(ME, token))["roles"] == ["DPO"]


async def test_people_without_a_role_need_no_second_factor(site: Site) -> None:
    payload = await site.ask(SIGN_IN, email=(await site.person()).email, password=PASSWORD)
    assert payload["secondFactorSetupRequired"] is False
