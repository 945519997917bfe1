"""Answers about oneself: shown to the person alone, corrected by them alone, linked to them by nobody."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from models.base import metadata
from models.consent import ConsentPurpose
from operations.demographics import update_demographics
from operations.sharing import countable
from policies.plan import Policies
from policies.viewer import Member, all_kinds
from tests.consent.world import World

ANSWERS = "gender birthYear ethnicGroup limitedByCondition"
UPDATE = f"""mutation($input: DemographicsInput!) {{
  updateDemographics(input: $input) {{
    viewer {{ account {{ demographics {{ {ANSWERS} }} }} }}
    problems {{ code field message }}
  }}
}}"""
SEE = f"{{ viewer {{ account {{ demographics {{ {ANSWERS} }} corrections {{ field }} }} }} }}"
ALL = {"gender": "NON_BINARY", "birthYear": 1971, "ethnicGroup": "CHINESE", "limitedByCondition": "A_LITTLE"}
CLEARED = dict.fromkeys(ALL)
THIS_YEAR = datetime.now(UTC).year


async def _update(world: World, who: Member | None, **answers: Any) -> Any:
    return (await world.ask(UPDATE, who, input=answers))["updateDemographics"]


async def _row(world: World, who: Member) -> UUID | None:
    """Whose row it is, opened with the person's key as only they do."""
    sealed = await world.connection.fetchval("select demographics_id from account where id = $1", who.account_id)
    person = str(who.account_id)
    place = f"account.demographics_id:{person}"
    return UUID(world.keyring.open(who.key, person).decrypt(sealed, place)) if sealed else None


async def test_p07_a_visitor_answers_nothing(world: World) -> None:
    answer = await world.answer(UPDATE, None, input=ALL)
    assert answer.get("data") is None
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]


@pytest.mark.parametrize("year", [1899, 0, -1, THIS_YEAR + 1, 2147483647])
async def test_a_year_that_cannot_be_is_a_problem_and_changes_nothing(world: World, year: int) -> None:
    who = await world.person()
    refused = await _update(world, who, gender="MALE", birthYear=year)
    assert refused["viewer"]["account"]["demographics"] is None
    (problem,) = refused["problems"]
    assert (problem["code"], problem["field"]) == ("INVALID", "birthYear")
    assert "null" in problem["message"]
    assert await _row(world, who) is None


@pytest.mark.parametrize("answers", [{"birthYear": "1970"}, {"gender": "ROBOT"}, {"birthYear": 2**31}, {"shoe": 9}])
async def test_what_is_no_answer_is_refused(world: World, answers: dict[str, Any]) -> None:
    answer = await world.answer(UPDATE, await world.person(), input=answers)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("kind", all_kinds(), ids=str)
def test_p07_no_role_and_no_purpose_opens_another_s_answers(kind: Any) -> None:
    """P07: every condition under which answers are shown names the viewer's own, opened with their own key."""
    plan = Policies.load().plan(kind)
    for field in ANSWERS.split():
        condition = plan.condition("Demographics", field)
        assert condition.is_false or "demographics_id" in repr(condition)
        assert not condition.is_true


async def test_p07_nothing_that_is_stored_leads_from_a_person_to_their_answers(world: World) -> None:
    """P07: apart from the row itself, the id of the answers stands nowhere; the row holds nothing of the person's."""
    who = await world.person(ConsentPurpose.STATISTICS)
    await _update(world, who, **ALL)
    row = await _row(world, who)
    found = [name for name in metadata.tables if await _holds(world, name, str(row))]
    assert found == ["demographics"]
    assert not await _holds(world, "demographics", str(who.account_id))
    assert not [key for key in metadata.tables["demographics"].columns if key.foreign_keys]


async def _holds(world: World, table: str, text: str) -> bool:
    """Whether any row of a table shows this text, in clear or as bytes."""
    shown = f'select exists (select from "{table}" as row where strpos(row::text, $1) + strpos(row::text, $2) > 0)'
    return bool(await world.connection.fetchval(shown, text, text.encode().hex()))


async def test_p15_a_correction_says_which_answer_and_never_what(world: World) -> None:
    who = await world.person()
    await _update(world, who, **ALL)
    await _update(world, who, gender="NON_BINARY", birthYear=1972)
    seen = (await world.ask(SEE, who))["viewer"]["account"]
    assert seen["demographics"] == ALL | {"birthYear": 1972}
    fields = [correction["field"] for correction in seen["corrections"]]
    assert fields[0] == "demographics.birthYear"
    assert sorted(fields[1:]) == sorted(f"demographics.{name}" for name in ALL)
    kept = await world.connection.fetch("select * from correction where account_id = $1", who.account_id)
    assert not {"1971", "1972", "CHINESE"} & {str(value) for row in kept for value in row.values()}


async def test_p15_the_payload_shows_the_first_answer_at_once(world: World) -> None:
    who = await world.person()
    assert (await world.ask(SEE, who))["viewer"]["account"]["demographics"] is None
    given = await _update(world, who, ethnicGroup="NOT_STATED")
    assert given["viewer"]["account"]["demographics"] == CLEARED | {"ethnicGroup": "NOT_STATED"}


async def test_a_later_payload_of_the_same_request_shows_it_too(world: World) -> None:
    document = """mutation {
      updateDemographics(input: {birthYear: 1980}) { problems { code } }
      clearReadingHistory { viewer { account { demographics { birthYear } } } }
    }"""
    answer = await world.ask(document, await world.person())
    assert answer["clearReadingHistory"]["viewer"]["account"]["demographics"] == {"birthYear": 1980}


async def test_what_is_left_out_stays_and_null_clears(world: World) -> None:
    who = await world.person()
    await _update(world, who, **ALL)
    assert (await _update(world, who))["viewer"]["account"]["demographics"] == ALL
    changed = await _update(world, who, gender=None)
    assert changed["viewer"]["account"]["demographics"] == ALL | {"gender": None}


async def test_answers_that_are_all_cleared_leave_no_row_and_no_id(world: World) -> None:
    """P15: the next answer begins a row under another id."""
    who = await world.person()
    await _update(world, who, **ALL)
    first = await _row(world, who)
    cleared = await _update(world, who, **CLEARED)
    assert cleared == {"viewer": {"account": {"demographics": None}}, "problems": []}
    assert await _row(world, who) is None
    assert not await world.connection.fetchval("select exists (select from demographics where id = $1)", first)
    await _update(world, who, birthYear=1900)
    assert await _row(world, who) != first


async def test_clearing_what_was_never_answered_is_nothing(world: World) -> None:
    who = await world.person()
    assert (await _update(world, who, **CLEARED))["problems"] == []
    assert (await world.ask(SEE, who))["viewer"]["account"] == {"demographics": None, "corrections": []}


async def test_first_answers_at_once_make_one_row(world: World) -> None:
    who = await world.person()
    rows = "select count(*) from demographics"
    before = await world.connection.fetchval(rows)

    async def answer(year: int) -> UUID | None:
        async with world.sessions.begin() as session:
            return await update_demographics(session, world.keyring, who.account_id, {"birth_year": year})

    assert len(set(await asyncio.gather(*map(answer, range(1950, 1960))))) == 1
    assert await world.connection.fetchval(rows) == before + 1


@pytest.mark.parametrize("agreed", [False, True])
async def test_p12_answers_are_counted_if_their_person_agreed_before(world: World, agreed: bool) -> None:
    who = await world.person(*([ConsentPurpose.STATISTICS] if agreed else []))
    await _update(world, who, **ALL)
    async with world.sessions() as session:
        counted = {row.id for row in await session.exec(countable())}
    assert (await _row(world, who) in counted) == agreed
