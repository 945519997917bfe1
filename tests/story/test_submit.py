"""Sending a story: what is refused, what is kept, and that a retry makes no second one."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from models.consent import ConsentPurpose
from models.privacy_notice import NOTICE_VERSION
from models.story import AgeGroup, AuthorRole
from models.tag import TagKind
from operations.problem import ProblemError
from operations.submission import Origin, Submission, submit
from policies.viewer import Member
from tests.consent.world import ENGLAND, World
from tests.story.sending import SUBMIT, form, row, send, send_at_once

REFUSED = [
    ("title", "title", ""),
    ("title", "title", "x" * 201),
    ("title", "title", "two\nlines"),
    ("body", "body", "  \n "),
    ("body", "body", "word " * 1001),
    ("body", "body", "x" * 12_001),
    ("body", "body", "a\x07b"),
    ("serviceIds", "serviceIds", []),
    ("serviceIds", "serviceIds", ["Service:2147483647"]),
    ("serviceIds", "serviceIds", [f"Service:{number}" for number in range(1, 12)]),
    ("tags", "tags", [{"kind": "GOOD", "label": f"tag {n}"} for n in range(11)]),
    ("tags", "tags", [{"kind": "GOOD", "label": "x" * 81}]),
    ("tags", "tags", [{"kind": "GOOD", "label": "  "}]),
    ("postcode", "postcode", "nowhere"),
    ("penName", "penName", "x" * 61),
    ("noticeVersion", "noticeVersion", "1999-01"),
    ("noticeVersion", "noticeVersion", "2026-11"),
    ("idempotencyKey", "idempotencyKey", "x" * 201),
    ("idempotencyKey", "idempotencyKey", ""),
    ("consents", "consents", []),
    ("consents", "consents", ["FEED"]),
]
ROW = """
select status::text, region::text, title, body, age_group::text, author_role::text, pen_name, routing::text,
    notice_version, author_id, postcode, ip_address, idempotency_hash, published_at, progress::text
from story where id = $1
"""
LOG = "select action::text, note, account_id from moderation_entry where story_id = $1"
TAGS = """
select kind::text, label from story_tag join tag on tag.id = tag_id where story_id = $1 order by position
"""
LEDGER = "select purpose::text, granted, notice_version, given_by from consent where account_id = $1 order by id"
EVENTS = "select kind::text, number, purpose::text from event where number = any($1::int[]) order by id"
LINKS = """
select count(*) from story_service join story on story.id = story_id
where story_id = $1 and story_service.shown_at = story.shown_at
"""


@pytest.mark.parametrize("email", [None, "", "nobody"])
async def test_p10_who_is_not_signed_in_needs_an_email(world: World, email: str | None) -> None:
    before = await world.connection.fetchval("select count(*) from story")
    payload = await send(world, email=email)
    assert (payload["number"], payload["story"]) == (None, None)
    assert [problem["field"] for problem in payload["problems"]] == ["email"]
    assert await world.connection.fetchval("select count(*) from story") == before


@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize(("field", "name", "value"), REFUSED)
async def test_what_does_not_fit_is_refused(world: World, signed_in: bool, field: str, name: str, value: Any) -> None:
    """With the field, and without repeating what was sent; nothing is written."""
    who = await world.person() if signed_in else None
    before = await _rows(world)
    payload = await send(world, who, **({} if signed_in else {"email": "new@people.example"}), **{name: value})
    (problem,) = payload["problems"]
    assert (payload["number"], payload["story"], problem["field"]) == (None, None, field)
    assert problem["code"] in {"INVALID", "TOO_LONG"}
    assert not (isinstance(value, str) and len(value) > 4 and value in problem["message"])
    assert await _rows(world) == before


async def _rows(world: World) -> list[int]:
    tables = ("story", "waiting_story", "mail", "event", "consent", "moderation_entry", "ip_address_use", "tag")
    return [await world.connection.fetchval(f"select count(*) from {table}") for table in tables]


async def test_an_id_of_something_else_is_no_service(world: World) -> None:
    answer = await world.answer(SUBMIT, await world.person(), input=await form(world, serviceIds=["Story:1"]))
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


async def test_p18_an_erased_person_sends_nothing_more(world: World) -> None:
    gone = await world.person()
    await world.connection.execute("delete from account where id = $1", gone.account_id)
    with pytest.raises(ProblemError, match="does not exist"):
        await submit(world.sessions.begin, world.keyring, gone.account_id, await _submission(world))


async def test_p12_a_consent_that_was_taken_back_does_not_count(world: World) -> None:
    """P12: the latest entry decides; one that stands is enough, and the same again is no second entry."""
    who = await world.person(ConsentPurpose.PUBLISH)
    assert (await send(world, who, consents=[]))["problems"] == []
    await world.agree(who.account_id, ConsentPurpose.PUBLISH, False)
    payload = await send(world, who, consents=None)
    assert [(p["code"], p["field"]) for p in payload["problems"]] == [("INVALID", "consents")]
    assert "PUBLISH" in payload["problems"][0]["message"]


async def test_p02_p03_p12_p13_all_that_is_sent_is_kept(world: World) -> None:
    """P02, P03: postcode and IP address under the author's key. P12: consents in the ledger. P13: the notice."""
    who = await world.person(ConsentPurpose.PUBLISH)
    payload = await send(
        world, who, title=" A title ", body="One\r\ntwo ", penName="Robin", postcode="zz1 1zz",
        tags=[{"kind": "GOOD", "label": " The   STAFF "}, {"kind": "GOOD", "label": "the staff"},
              {"kind": "FEELING", "label": "Cafe\u0301"}],
        consents=["PUBLISH", "FEED", "FEED"], noticeVersion=NOTICE_VERSION, email="ignored@people.example",
    )  # fmt: skip
    number = payload["number"]
    assert payload == {"number": number, "story": {"number": number, "status": "SUBMITTED"}, "problems": []}
    found = dict(await row(world, ROW, number))
    key = world.keyring.open(who.key, str(who.account_id))
    assert key.decrypt(found.pop("postcode"), f"story.postcode:{number}") == "ZZ1 1ZZ"
    assert key.decrypt(found.pop("ip_address"), f"story.ip_address:{number}") == "127.0.0.1"
    assert found == {
        "status": "SUBMITTED", "region": "ENGLAND", "title": "A title", "body": "One\ntwo", "age_group": "ADULT",
        "author_role": "CARER", "pen_name": "Robin", "routing": "UNKNOWN_POSTCODE", "notice_version": NOTICE_VERSION,
        "author_id": who.account_id, "idempotency_hash": None, "published_at": None, "progress": "AWAITING_RESPONSE",
    }  # fmt: skip
    assert [tuple(r) for r in await world.connection.fetch(LOG, number)] == [("SUBMITTED", None, None)]
    assert [tuple(r) for r in await world.connection.fetch(TAGS, number)] == [
        ("GOOD", "the staff"), ("FEELING", "caf\u00e9"),
    ]  # fmt: skip
    assert [tuple(r) for r in await world.connection.fetch(LEDGER, who.account_id)] == [
        ("PUBLISH", True, "2023-11", "registration"), ("FEED", True, NOTICE_VERSION, "API"),
    ]  # fmt: skip
    assert [tuple(r) for r in await world.connection.fetch(EVENTS, [number])] == [("STORY_SUBMITTED", number, None)]
    assert await world.connection.fetchval(LINKS, number) == 1
    (used,) = await world.connection.fetch("select * from ip_address_use where account_id = $1", who.account_id)
    assert used["use"] == "submit story"
    assert key.decrypt(used["address"], f"ip_address_use.address:{used['id']}") == "127.0.0.1"


async def test_p25_a_new_consent_is_told_of_stories_that_are_public_already(world: World) -> None:
    """P25: recipients of a purpose hear of the older stories that they may have from now on."""
    who = await world.person(ConsentPurpose.PUBLISH)
    older = await world.story(who)
    number = (await send(world, who, consents=["FEED"]))["number"]
    assert {tuple(r) for r in await world.connection.fetch(EVENTS, [older, number])} == {
        ("STORY_SUBMITTED", number, None), ("CONSENT_GRANTED", older, "FEED"),
    }  # fmt: skip


async def test_what_the_form_leaves_open_is_taken_from_the_account(world: World) -> None:
    """P15: pen name and postcode of one's next stories; null is none."""
    who = await world.person(ConsentPurpose.PUBLISH)
    correct = 'mutation { updateAccount(input: {penName: "Kim", postcode: "SW1A 1AA"}) { problems { code } } }'
    assert (await world.ask(correct, who))["updateAccount"]["problems"] == []
    kept = []
    for given in ({}, {"penName": None, "postcode": None}, {"penName": "Lou", "postcode": "M1 1AE"}):
        number = (await send(world, who, **given))["number"]
        found = await row(world, ROW, number)
        key = world.keyring.open(who.key, str(who.account_id))
        kept.append(
            (found["pen_name"], found["postcode"] and key.decrypt(found["postcode"], f"story.postcode:{number}"))
        )
    assert kept == [("Kim", "SW1A 1AA"), (None, None), ("Lou", "M1 1AE")]


async def test_a_retry_makes_no_second_story(world: World) -> None:
    """Two at once neither; another person's same key, and another key, are other stories."""
    who, other = await world.person(), await world.person()
    payloads = await send_at_once(world, who, 4, idempotencyKey="key 1", tags=[])
    numbers = {payload["number"] for payload in payloads}
    assert len(numbers) == 1
    assert all(payload == payloads[0] for payload in payloads)
    assert await world.connection.fetchval("select count(*) from event where number = any($1::int[])", numbers) == 1
    numbers |= {(await send(world, who, idempotencyKey="key 2"))["number"]}
    numbers |= {(await send(world, other, idempotencyKey="key 1"))["number"]}
    numbers |= {(await send(world, who))["number"], (await send(world, who))["number"]}
    assert len(numbers) == 5


async def test_stories_with_the_same_new_tags_at_once_do_not_wait_in_a_circle(world: World) -> None:
    people = [await world.person() for _ in range(6)]
    tags = [{"kind": "IMPROVE", "label": f"never yet {n}"} for n in range(8)]
    forms = [await form(world, tags=tags[:: (1, -1)[place % 2]]) for place in range(6)]
    answers = await asyncio.gather(
        *(world.ask(SUBMIT, who, input=sent) for who, sent in zip(people, forms, strict=True))
    )
    for answer in answers:
        assert len(await world.connection.fetch(TAGS, answer["submitStory"]["number"])) == 8


async def test_a_story_is_ten_statements_with_its_answer(world: World) -> None:
    """Nine here, however much is sent, and one for the payload's story; begin and commit apart."""
    who = await world.person()
    async with world.statements() as heard:
        number = await submit(world.sessions.begin, world.keyring, who.account_id, await _submission(world))
    assert await world.connection.fetchval("select count(*) from story where id = $1", number) == 1
    assert len(heard) <= 9, heard


async def _submission(world: World) -> Submission:
    services = [
        service["id"] for service in await world.connection.fetch("select id from service order by id limit 10")
    ]
    return Submission(
        "A title", "A text", services, AgeGroup.ADULT, AuthorRole.CARER, consents=tuple(ConsentPurpose),
        tags=[(kind, f"statement {n}") for kind in TagKind for n in range(10)], postcode="M1 1AE", key="k",
        notice_version=NOTICE_VERSION, origin=Origin("192.0.2.7", "website"),
    )  # fmt: skip


async def test_p03_ten_an_hour_are_taken_of_one_account(world: World) -> None:
    """P03: also thirty of one address; the addresses are counted as keyed hashes."""
    who: Member = await world.person()
    codes = []
    for place in range(11):
        sent = await _submission(world)
        try:
            await submit(world.sessions.begin, world.keyring, who.account_id, _from(sent, f"198.51.100.{place}"))
            codes.append("Y")
        except ProblemError as error:
            codes.append(str(error.code))
    assert codes == ["Y"] * 10 + ["TOO_MANY_ATTEMPTS"]


async def test_p03_thirty_an_hour_are_taken_from_one_address(world: World) -> None:
    codes = []
    for _ in range(31):
        who = await world.person()
        try:
            await submit(
                world.sessions.begin, world.keyring, who.account_id, _from(await _submission(world), "203.0.113.9")
            )
            codes.append("Y")
        except ProblemError as error:
            codes.append(str(error.code))
    assert codes == ["Y"] * 30 + ["TOO_MANY_ATTEMPTS"]


def _from(sent: Submission, address: str) -> Submission:
    return replace(sent, origin=Origin(address, "website"))


async def test_the_region_is_that_of_the_first_service(world: World) -> None:
    scottish = await world.connection.fetchval("select id from service where region = 'SCOTLAND' order by id limit 1")
    english = await world.connection.fetchval(ENGLAND)
    who = await world.person()
    for ids, region in (([scottish, english], "SCOTLAND"), ([english, scottish], "ENGLAND")):
        number = (await send(world, who, serviceIds=[f"Service:{id_}" for id_ in ids]))["number"]
        assert (await row(world, ROW, number))["region"] == region
