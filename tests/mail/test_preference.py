"""What somebody wants no e-mails about: who says so, what is not written, and what is not sent (P12, P21)."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from models.mail import MailTopic
from operations.account import hold
from operations.erasure import erase
from operations.mail.preference import refuse
from operations.mail.send import send_next
from operations.mail.tell import tell
from operations.mail.topic import TOPICS
from policies.viewer import Member
from tests.consent.world import World
from tests.mail.box import SENDER, VALUES
from tests.response.cast import Cast

SET = """mutation ($topic: MailTopic!, $wanted: Boolean!) {
  setMailPreference(topic: $topic, wanted: $wanted) {
    viewer { account { mailPreferences { topic wanted } } } problems { code }
  }
}"""
MINE = "{ viewer { account { mailPreferences { topic wanted } } } }"
THEIRS = "query ($id: ID!) { node(id: $id) { ... on Account { id mailPreferences { topic wanted } } } }"


async def _say(world: World, who: Member, topic: MailTopic, wanted: bool) -> dict[str, bool]:
    """What the payload says of the person's preferences."""
    payload = (await world.ask(SET, who, topic=topic, wanted=wanted))["setMailPreference"]
    assert payload["problems"] == []
    return _shown(payload["viewer"])


def _shown(viewer: Any) -> dict[str, bool]:
    return {one["topic"]: one["wanted"] for one in viewer["account"]["mailPreferences"]}


async def _write(world: World, who: Member, template: str) -> bool:
    async with world.sessions.begin() as session:
        account = await hold(session, who.account_id)
        return await tell(session, world.keyring, account, template, **VALUES)


async def _send(world: World) -> list[str]:
    """The subjects of what is sent, all that is due."""
    sent: list[str] = []

    async def post(message: Any) -> None:
        sent.append(message["Subject"])

    more = True
    while more:
        async with world.sessions.begin() as session:
            more = await send_next(session, world.keyring, post, SENDER)
    return sent


async def test_nobody_says_it_for_others_without_their_link(world: World) -> None:
    answer = await world.answer(SET, None, topic="STORY", wanted=False)
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert answer["errors"][0]["extensions"]["reason"].startswith("P12 Sign in")


async def test_p12_nobody_sees_what_somebody_else_wants(world: World, cast: Cast) -> None:
    """P12: not even a moderator, nor a colleague who may see the account's id."""
    colleague, who, moderator = await cast.staff(), await cast.staff(), await cast.moderator()
    await _say(world, who, MailTopic.ALERT, False)
    for viewer in (None, await world.person(), colleague, moderator):
        answer = await world.answer(THEIRS, viewer, id=f"Account:{who.account_id}")
        node = answer["data"]["node"]
        assert node is None or node["mailPreferences"] is None


async def test_everything_comes_until_somebody_says_otherwise(world: World) -> None:
    who, other = await world.person(), await world.person()
    everything = dict.fromkeys([topic.value for topic in MailTopic], True)
    assert _shown((await world.ask(MINE, who))["viewer"]) == everything
    for _ in range(2):
        assert await _say(world, who, MailTopic.SIMILAR, False) == everything | {"SIMILAR": False}
    assert _shown((await world.ask(MINE, other))["viewer"]) == everything
    for _ in range(2):
        assert await _say(world, who, MailTopic.SIMILAR, True) == everything


@pytest.mark.parametrize("name", sorted(TOPICS))
async def test_p12_a_refused_topic_is_not_even_written(world: World, cast: Cast, name: str) -> None:
    """P12, P21: each topic on its own."""
    who = await cast.reachable(await world.person(), "refuses@people.example")
    for topic in MailTopic:
        await _say(world, who, topic, topic is not TOPICS[name])
    assert await _write(world, who, name) is False
    assert await cast.mails(who) == []
    for topic in MailTopic:
        await _say(world, who, topic, topic is TOPICS[name])
    assert await _write(world, who, name) is True
    assert await cast.mails(who) == [name]


async def test_nobody_is_written_to_whose_address_is_not_confirmed(world: World, cast: Cast) -> None:
    who = await world.person()
    assert await _write(world, who, "story_published") is False
    await cast.reachable(who, "unconfirmed@people.example")
    await world.connection.execute("update account set email_verified_at = null where id = $1", who.account_id)
    assert await _write(world, who, "story_published") is False


async def test_p12_what_waits_is_not_sent_once_its_topic_is_refused(world: World, cast: Cast) -> None:
    """P12: only of that topic, and only that person's; what is about the account still comes."""
    await _send(world)
    who, other = [await cast.reachable(await world.person(), f"{n}@people.example") for n in "ab"]
    for person in (who, other):
        assert await _write(world, person, "story_published")
        assert await _write(world, person, "alert")
    await _say(world, who, MailTopic.STORY, False)
    assert sorted(await _send(world)) == [
        "New stories for your alerts", "New stories for your alerts", "Your story, number 17, is published",
    ]  # fmt: skip
    assert await cast.mails(who) == ["alert"]


async def test_a_refusal_while_it_is_sent_waits_for_nothing(world: World, cast: Cast) -> None:
    await _send(world)
    who = await cast.reachable(await world.person(), "late@people.example")
    await _write(world, who, "story_published")

    async def post(_message: object) -> None:
        await asyncio.wait_for(_say(world, who, MailTopic.STORY, False), 5)

    async with world.sessions.begin() as session:
        assert await send_next(session, world.keyring, post, SENDER)


async def test_p18_refusals_go_with_the_account_and_none_is_written_after_it(world: World) -> None:
    """P18."""
    who = await world.person()
    await _say(world, who, MailTopic.STORY, False)
    async with world.sessions.begin() as session:
        await erase(session, world.keyring, await hold(session, who.account_id, change=True))
    async with world.sessions.begin() as session:
        await refuse(session, who.account_id, MailTopic.STORY)
        await refuse(session, uuid4(), MailTopic.STORY)
    rows = await world.connection.fetchval("select count(*) from mail_refusal where account_id = $1", who.account_id)
    assert rows == 0
