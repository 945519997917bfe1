"""Stories that are sent with an email: in no list of anybody, and nobody's, until whoever reads the mailbox confirms."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from models.consent import ConsentPurpose
from models.story import AgeGroup, AuthorRole
from operations import privacy_notice
from operations.demo.cast import HOST
from operations.expiry import purge_links
from operations.registration import forget_unconfirmed
from operations.submission import Submission
from operations.waiting import submit_by_email
from tests.consent.world import World
from tests.story.sending import account, confirm, mails, row, send, send_at_once, signed_in, token

CANARY = "xylocarp"
TAKEN = {"number": None, "story": None, "problems": []}
VIEWERS = {
    "": None, "author": None, "member": None, "staff": None, "other": None, "moderator": None,
    "safeguarding": "safeguarding", "abuse": "abuse", "dpo": "complaint", "admin": None,
}  # fmt: skip
LISTS = """{
  all: stories(first: 1) { totalCount }
  waiting: stories(first: 1, filter: {status: SUBMITTED}) { totalCount }
  found: stories(first: 1, filter: {search: "xylocarp"}) { totalCount }
  tags(search: "xylocarp") { totalCount }
}"""
OWN = "{ viewer { account { stories(first: 5) { totalCount nodes { title } } } } }"
NOTHING_WAITS = "select count(*) from waiting_story where account_id = $1"
LEFT = "select status::text, title, author_id from story where author_id = $1 order by id"
PERSON = "select email_verified_at, password_hash, pen_name from account where id = $1"
REGISTER = """mutation($e: String!) {
  register(input: {email: $e, password: "correct horse 47 battery", penName: "Mallory"}) { problems { code } }
}"""
VERIFIED = "update account set email_verified_at = now() where id = $1"
LATER = (
    "update confirmation set expires_at = expires_at - interval '8 days', created_at = created_at - interval '8 days'"
)


async def _headers(world: World, viewer: str) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {await signed_in(world, viewer)}"} if viewer else {}
    if purpose := VIEWERS[viewer]:
        headers["Candour-Purpose"] = purpose
    return headers


async def _lists(world: World, headers: dict[str, str]) -> Any:
    answer = await world.client.post("/graphql", json={"query": LISTS}, headers=headers)
    return answer.json()


async def _stories(world: World, person: UUID | None) -> list[tuple[Any, ...]]:
    return [tuple(story) for story in await world.connection.fetch(LEFT, person)]


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("whose", ["new", "known"])
async def test_p10_nobody_finds_a_story_that_waits(world: World, viewer: str, whose: str) -> None:
    """P10: no viewer, by a list, a count, a search or a tag; its author included, where the account is known."""
    email = f"author@{HOST}" if whose == "known" else f"new-{viewer}@people.example"
    headers = await _headers(world, viewer)
    before = await _lists(world, headers)
    tags = [{"kind": "GOOD", "label": f"{CANARY} tag"}]
    assert await send(world, None, email=email, title=CANARY, body=CANARY, tags=tags) == TAKEN
    assert await _lists(world, headers) == before


async def test_p01_the_answer_is_the_same_for_a_known_and_an_unknown_email(world: World) -> None:
    """P01: as many statements, too; a retry says the same again."""
    payloads, counts = [], []
    for email in ("unknown@people.example", "unknown@people.example", f"author@{HOST}", f"AUTHOR@{HOST}"):
        for key in (None, "k", "k"):
            payloads.append(await send(world, None, email=email, idempotencyKey=key))
    assert payloads == [TAKEN] * 12
    for email in ("unseen@people.example", "unseen@people.example", f"member@{HOST}"):
        counts.append(await _statements(world, email, "k"))
    assert len(set(counts)) == 1, counts


async def _statements(world: World, email: str, key: str) -> int:
    service = await world.connection.fetchval("select min(id) from service")
    consents = [ConsentPurpose.PUBLISH]
    sent = Submission("T", "B", [service], AgeGroup.ADULT, AuthorRole.CARER, consents=consents, key=key)
    async with world.statements() as heard:
        await submit_by_email(world.sessions.begin, world.keyring, email, sent, "http://candour.test")
    return len(heard)


async def test_p02_nobody_puts_a_story_into_somebody_else_s_account(world: World) -> None:
    """Without the person's own confirmation their stories, consents, addresses stay as they are, and they are asked."""
    person = await account(world, f"member@{HOST}")
    held = [
        "select count(*) from story where author_id = $1",
        "select count(*) from consent where account_id = $1",
        "select count(*) from ip_address_use where account_id = $1",
        "select md5(account::text) from account where id = $1",
    ]
    before = [await world.connection.fetchval(query, person) for query in held]
    await send(world, None, email=f"member@{HOST}", consents=["PUBLISH", "FEED", "STATISTICS"], postcode="M1 1AE")
    assert [await world.connection.fetchval(query, person) for query in held] == before
    template, values = (await mails(world, person))[-1]
    assert (template, values["to"]) == ("confirm_story", f"member@{HOST}")
    assert CANARY not in str(values)
    assert values["link"].startswith("http://candour.test/confirm#story=")


async def test_p01_it_is_a_story_of_its_person_s_once_they_confirm(world: World) -> None:
    """P02, P03, P12: with what was sent; what the account says about its person is not put in."""
    email = "first@people.example"
    await send(
        world, None, email=email, title="Told", postcode="zz1 1zz", penName="Ann", consents=["PUBLISH", "FEED"],
        tags=[{"kind": "GOOD", "label": "Kind"}], idempotencyKey="same",
    )  # fmt: skip
    person = await account(world, email)
    assert await confirm(world, await token(world, person)) == {"confirmed": "STORY_SUBMITTED", "problems": []}
    assert await _stories(world, person) == [("SUBMITTED", "Told", person)]
    kept = await row(world, "select * from story where author_id = $1", person)
    key = world.keyring.open(
        await world.connection.fetchval("select wrapped from person_key where id = $1", person), str(person)
    )
    assert key.decrypt(kept["postcode"], f"story.postcode:{kept['id']}") == "ZZ1 1ZZ"
    assert key.decrypt(kept["ip_address"], f"story.ip_address:{kept['id']}") == "127.0.0.1"
    assert kept["pen_name"] == "Ann"
    assert await world.connection.fetchval(
        "select array_agg(purpose::text order by id) from consent where account_id = $1 and granted", person
    ) == ["PUBLISH", "FEED"]
    verified, password, pen_name = await row(world, PERSON, person)
    assert (verified is not None, password, pen_name) == (True, None, None)
    # A retry of what is confirmed by now asks nobody anything.
    waiting = len(await mails(world, person))
    assert await send(world, None, email=email, idempotencyKey="same") == TAKEN
    assert len(await mails(world, person)) == waiting


async def test_p13_what_was_agreed_to_is_kept_with_the_notice_that_was_shown(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P13: a new version, between sending and confirming, changes nothing of what the form showed."""
    email = "notice@people.example"
    with monkeypatch.context() as earlier:
        earlier.setattr(privacy_notice, "NOTICE_VERSION", "2026-11")
        assert await send(world, None, email=email, noticeVersion="2026-11") == TAKEN
    person = await account(world, email)
    await confirm(world, await token(world, person))
    ledger = await world.connection.fetch(
        "select purpose::text, notice_version from consent where account_id = $1", person
    )
    assert [tuple(entry) for entry in ledger] == [("PUBLISH", "2026-11")]
    kept = await row(world, "select notice_version from story where author_id = $1", person)
    assert kept["notice_version"] == "2026-11"


async def test_a_link_works_once_and_for_its_own_story_only(world: World) -> None:
    email = "twice@people.example"
    for title in ("One", "Two"):
        await send(world, None, email=email, title=title)
    person = await account(world, email)
    one, two = [values["link"].rpartition("=")[2] for _, values in await mails(world, person)]
    assert (await confirm(world, two))["problems"] == []
    assert [title for _, title, _ in await _stories(world, person)] == ["Two"]
    assert [p["code"] for p in (await confirm(world, two))["problems"]] == ["TOKEN_USED"]
    assert (await confirm(world, one))["problems"] == []
    assert [title for _, title, _ in await _stories(world, person)] == ["Two", "One"]


async def test_two_confirmations_at_once_make_one_story(world: World) -> None:
    email = "hasty@people.example"
    await send(world, None, email=email)
    person = await account(world, email)
    link = await token(world, person)
    answers = await asyncio.gather(*(confirm(world, link) for _ in range(4)))
    assert sorted(str(answer["confirmed"]) for answer in answers) == ["None"] * 3 + ["STORY_SUBMITTED"]
    assert len(await _stories(world, person)) == 1


async def test_two_retries_at_once_wait_as_one(world: World) -> None:
    email = "retry@people.example"
    assert await send_at_once(world, None, 4, email=email, idempotencyKey="k") == [TAKEN] * 4
    person = await account(world, email)
    assert await world.connection.fetchval(NOTHING_WAITS, person) == 1
    assert len(await mails(world, person)) == 1


async def test_p01_what_a_stranger_registered_before_is_worth_nothing(world: World) -> None:
    """Whoever registered with the email may be a stranger: their password does not open the account."""
    email = "victim@people.example"
    assert (await world.ask(REGISTER, e=email))["register"]["problems"] == []
    await send(world, None, email=email)
    person = await account(world, email)
    assert (await row(world, PERSON, person))["password_hash"] is not None
    story = await token(world, person)
    assert (await confirm(world, story))["confirmed"] == "STORY_SUBMITTED"
    verified, password, pen_name = await row(world, PERSON, person)
    assert (verified is not None, password, pen_name) == (True, None, None)
    sign_in = 'mutation($e: String!) { signIn(email: $e, password: "correct horse 47 battery") { token } }'
    assert (await world.ask(sign_in, e=email))["signIn"]["token"] is None


async def test_confirming_the_email_alone_takes_no_story(world: World) -> None:
    """A stranger may have sent it: each story is confirmed by its own link."""
    email = "later@people.example"
    await send(world, None, email=email)
    await world.ask(REGISTER, e=email)
    person = await account(world, email)
    (_, story), (template, verify) = await mails(world, person)
    assert template == "verify_email"
    assert (await confirm(world, verify["link"].rpartition("=")[2]))["confirmed"] == "VERIFIED"
    assert await _stories(world, person) == []
    assert (await confirm(world, story["link"].rpartition("=")[2]))["confirmed"] == "STORY_SUBMITTED"
    assert (await row(world, PERSON, person))["password_hash"] is not None


async def test_p18_a_story_that_nobody_confirms_goes_with_its_link(world: World) -> None:
    """P18: and the account that was made for it, a week later."""
    email = "never@people.example"
    await send(world, None, email=email)
    person = await account(world, email)
    link = await token(world, person)
    await world.connection.execute(f"{LATER} where account_id = $1", person)
    assert [p["code"] for p in (await confirm(world, link))["problems"]] == ["TOKEN_EXPIRED"]
    await world.connection.execute(
        "update account set created_at = created_at - interval '8 days' where id = $1", person
    )
    async with world.sessions.begin() as session:
        await forget_unconfirmed(session)
    assert await account(world, email) is None
    assert await world.connection.fetchval(NOTHING_WAITS, person) == 0


async def test_a_known_person_s_story_goes_with_its_link_too(world: World) -> None:
    person = await account(world, f"other@{HOST}")
    await send(world, None, email=f"other@{HOST}")
    await world.connection.execute(f"{LATER} where account_id = $1", person)
    await world.connection.execute(f"{LATER} where account_id = $1", person)
    async with world.sessions.begin() as session:
        await purge_links(session)
    assert await world.connection.fetchval(NOTHING_WAITS, person) == 0
    assert await account(world, f"other@{HOST}") == person


async def test_nothing_that_was_sent_lies_in_clear(world: World) -> None:
    """P01, P02: neither text, postcode, nor address; under the person's key, which goes with them."""
    email = "sealed@people.example"
    await send(world, None, email=email, title=CANARY, postcode="M1 1AE")
    person = await account(world, email)
    rows = await world.connection.fetch(
        "select waiting_story::text, content from waiting_story where account_id = $1", person
    )
    for text, content in rows:
        assert CANARY not in text
        assert CANARY.encode() not in content
        assert b"M1 1AE" not in content
    await world.connection.execute("delete from account where id = $1", person)
    assert await world.connection.fetchval(NOTHING_WAITS, person) == 0
