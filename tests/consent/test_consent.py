"""Giving and taking back consent: one call each, at once, every decision kept (P12)."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from models.consent import ConsentPurpose
from models.privacy_notice import NOTICE_VERSION
from operations.consent import set_consent
from operations.problem import ProblemError
from operations.sharing import countable
from policies.viewer import Member
from schema.api import core
from tests.consent.world import World

ENTRY = "purpose granted noticeVersion givenBy"
SET = f"""mutation($purpose: ConsentPurpose!, $granted: Boolean!) {{
  setConsent(purpose: $purpose, granted: $granted) {{
    consent {{ {ENTRY} }} withdrawnStories viewer {{ account {{ consents {{ {ENTRY} }} }} }} problems {{ code }}
  }}
}}"""
LEDGER = "select purpose::text, granted from consent where account_id = $1 order by id"
EVENTS = "select kind::text, number, purpose::text from event where number = any($1::int[]) order by id"


async def _set(world: World, who: Member, purpose: ConsentPurpose, granted: bool) -> Any:
    return (await world.ask(SET, who, purpose=purpose.value, granted=granted))["setConsent"]


async def _decide(world: World, who: Member, purpose: ConsentPurpose, granted: bool) -> None:
    async with world.sessions.begin() as session:
        await set_consent(session, world.keyring, who.account_id, purpose, granted, "API")


async def _ledger(world: World, who: Member) -> list[tuple[str, bool]]:
    return [tuple(row) for row in await world.connection.fetch(LEDGER, who.account_id)]


async def test_p12_a_visitor_decides_nothing(world: World) -> None:
    answer = await world.answer(SET, None, purpose="FEED", granted=True)
    assert answer.get("data") is None
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]


@pytest.mark.parametrize("variables", [{"purpose": "SALE", "granted": True}, {"purpose": "FEED", "granted": None}])
async def test_what_is_no_decision_is_refused(world: World, variables: dict[str, Any]) -> None:
    answer = await world.answer(SET, await world.person(), **variables)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


async def test_an_erased_person_decides_nothing_more(world: World) -> None:
    """P18: no entry is written for somebody who is gone."""
    gone = await world.person()
    await world.connection.execute("delete from account where id = $1", gone.account_id)
    with pytest.raises(ProblemError):
        await _decide(world, gone, ConsentPurpose.FEED, True)


@pytest.mark.parametrize("purpose", ConsentPurpose)
async def test_p12_consent_is_given_and_taken_back_by_one_call(world: World, purpose: ConsentPurpose) -> None:
    """P12: the entry says what, when, under which notice and how; nobody else's ledger changes."""
    who, other = await world.person(), await world.person(*ConsentPurpose)
    begun, entries = await world.connection.fetchval("select statement_timestamp()"), []
    for granted in (False, True, False):
        made = await _set(world, who, purpose, granted)
        entries.append(
            {"purpose": purpose.value, "granted": granted, "noticeVersion": NOTICE_VERSION, "givenBy": "API"}
        )
        assert made["consent"] == entries[-1]
        assert made["viewer"]["account"]["consents"] == entries
        assert (made["withdrawnStories"], made["problems"]) == (0, [])
    ended = await world.connection.fetchval("select statement_timestamp()")
    given = await world.connection.fetch("select given_at from consent where account_id = $1", who.account_id)
    assert all(begun <= entry["given_at"] <= ended for entry in given)
    assert await _ledger(world, other) == [(purpose.value, True) for purpose in ConsentPurpose]


async def test_the_ledger_says_where_it_was_decided(world: World) -> None:
    """P12: a browser is signed in by its cookie; whoever sends a token is a program."""
    who = await world.person()
    headers = {"Cookie": f"candour={world.tokens[who.account_id]}", "Candour-CSRF": "1"}
    body = {"query": SET, "variables": {"purpose": "FEED", "granted": True}}
    made = (await world.client.post("/graphql", json=body, headers=headers)).json()["data"]["setConsent"]
    assert made["consent"]["givenBy"] == "website"


async def test_the_same_decision_again_is_no_second_entry(world: World) -> None:
    who = await world.person(ConsentPurpose.SOCIAL)
    again = await _set(world, who, ConsentPurpose.SOCIAL, True)
    assert again["consent"]["noticeVersion"] == "2023-11"
    assert await _ledger(world, who) == [("SOCIAL", True)]


async def test_decisions_at_once_follow_each_other(world: World) -> None:
    """P12: however many clients ask, the ledger has no two equal decisions in a row."""
    who = await world.person(ConsentPurpose.FEED)
    await asyncio.gather(*(_decide(world, who, ConsentPurpose.FEED, bool(n % 2)) for n in range(16)))
    granted = [entry[1] for entry in await _ledger(world, who)]
    assert all(one != following for one, following in pairwise(granted))


@pytest.mark.parametrize("purpose", sorted(set(ConsentPurpose) - {ConsentPurpose.PUBLISH}))
async def test_recipients_are_told_of_every_public_story(world: World, purpose: ConsentPurpose) -> None:
    """P25: once for each change of mind, for stories of which there may be copies."""
    who, other = await world.person(purpose), await world.person(purpose)
    stories = {
        status: await world.story(who, status) for status in ("IN_REVIEW", "REJECTED", "RESTRICTED", "PUBLISHED")
    }
    await world.story(other)
    for granted in (False, False, True):
        await _decide(world, who, purpose, granted)
    told = [tuple(row) for row in await world.connection.fetch(EVENTS, list(stories.values()))]
    numbers = sorted([stories["RESTRICTED"], stories["PUBLISHED"]])
    assert told == [
        (f"CONSENT_{kind}", number, purpose.value) for kind in ("WITHDRAWN", "GRANTED") for number in numbers
    ]


async def test_p17_taking_back_publish_withdraws_all_stories_for_ever(world: World) -> None:
    """P17: in every state; agreeing again brings none of them back, and nobody else's is touched."""
    who, other = await world.person(ConsentPurpose.PUBLISH), await world.person(ConsentPurpose.PUBLISH)
    states = ("SUBMITTED", "IN_REVIEW", "PREVIEW", "REJECTED", "RESTRICTED", "PUBLISHED")
    numbers = sorted([await world.story(who, status) for status in states])
    kept = await world.story(other)
    made = await _set(world, who, ConsentPurpose.PUBLISH, False)
    assert (made["withdrawnStories"], made["consent"]["granted"]) == (len(states), False)
    assert (await _set(world, who, ConsentPurpose.PUBLISH, False))["withdrawnStories"] == 0
    assert (await _set(world, who, ConsentPurpose.PUBLISH, True))["withdrawnStories"] == 0
    gone = await world.connection.fetch(
        "select number, kind::text from tombstone where number >= $1 order by 1", numbers[0]
    )
    assert [tuple(row) for row in gone] == [(number, "WITHDRAWN") for number in numbers]
    assert await world.connection.fetchval("select status from story where id = $1", kept) == "PUBLISHED"
    for number in numbers:
        assert await world.ask("query($n: Int) { story(number: $n) { number } }", who, n=number) == {"story": None}


async def test_p07_answers_leave_the_statistics_at_once(world: World) -> None:
    """P07, P12: without a way from the answers to the person, and back in when they agree again."""
    who = await world.person(ConsentPurpose.STATISTICS)
    await world.ask("mutation { updateDemographics(input: {birthYear: 1907}) { problems { code } } }", who)
    for granted in (True, False, False, True, False):
        await _decide(world, who, ConsentPurpose.STATISTICS, granted)
        async with world.sessions() as session:
            counted = [row for row in await session.exec(countable()) if row.birth_year == 1907]
        assert len(counted) == granted


def test_the_api_warns_of_what_cannot_be_undone() -> None:
    """P17: before anybody calls it."""
    mutation = core().mutation_type
    assert mutation is not None
    assert "for ever" in str(mutation.fields["setConsent"].description)


async def test_a_decision_takes_few_statements_however_many_stories(world: World) -> None:
    who = await world.person(ConsentPurpose.FEED)
    for _ in range(20):
        await world.story(who)
    async with world.statements() as heard:
        await _decide(world, who, ConsentPurpose.FEED, False)
    assert len(heard) == 5, heard
