"""Moderation: what becomes of a response, a reply and a claim of change, and who is told (P10, P21)."""

import asyncio

import pytest

from models.change import ChangeKind
from models.consent import ConsentPurpose
from operations.problem import ProblemCode, ProblemError
from operations.sharing import leaving
from operations.similar import mark_similar, unmark_similar
from operations.story import withdraw_stories
from policies.viewer import Member
from tests.consent.world import World
from tests.response.cast import Cast

CHANGES = "select kind::text, status::text, published_at is not null from change where story_id = $1 order by id"
TOLD = {ChangeKind.PLANNED: "CHANGE_PUBLISHED", ChangeKind.MADE: "CHANGE_MADE"}
DECIDED = """
select status::text, rejection, moderator_id, moderated_at is not null, settles_at, published_at is not null
from response where id = $1
"""


async def _mark(world: World, who: Member, number: int, notify: bool) -> None:
    async with world.sessions.begin() as session:
        await mark_similar(session, world.plan(who), who, number, notify)


async def test_what_is_turned_down_stays_hidden_and_nobody_is_told(world: World, cast: Cast) -> None:
    author, moderator = await cast.reachable(await world.person(), "author@x.example"), await cast.moderator()
    number = await world.story(author)
    response = await cast.respond(await cast.staff(), number, ChangeKind.MADE)
    await cast.over(response)
    for reason in ("", "x" * 1_001, "a\x00b"):
        with pytest.raises(ProblemError):
            await cast.moderate(moderator, response, reason)
    await cast.moderate(moderator, response, " It names a patient. ")
    row = await world.connection.fetchrow(DECIDED, response)
    assert tuple(row) == ("REJECTED", "It names a patient.", moderator.account_id, True, None, False)
    assert [tuple(row) for row in await world.connection.fetch(CHANGES, number)] == [("MADE", "REJECTED", False)]
    assert await cast.progress(number) == "AWAITING_RESPONSE"
    assert await cast.events(number) == ["RESPONSE_SUBMITTED", "RESPONSE_REJECTED"]
    assert await cast.mails(author) == []


async def test_p05_nobody_hears_of_a_change_who_did_not_ask_for_it(world: World, cast: Cast) -> None:
    """P05, P12: only marks that say so, as they are when they are told; a mark again takes it back."""
    number = await world.story(await world.person())
    people = [await cast.reachable(await world.person(), f"{n}@x.example") for n in range(4)]
    silent, asked, changed, gone = people
    for who, notify in ((silent, False), (asked, True), (changed, True), (changed, False), (gone, True)):
        await _mark(world, who, number, notify)
    async with world.sessions.begin() as session:
        await unmark_similar(session, world.plan(gone), gone, number)
    await cast.published(await cast.staff(), number, ChangeKind.PLANNED)
    await cast.tell(number)
    assert await cast.mails(asked) == []
    await cast.published(await cast.staff(), number, ChangeKind.MADE)
    assert await cast.mails(asked) == []
    await cast.tell(number)
    assert [await cast.mails(who) for who in people] == [[], ["similar_change_made"], [], []]


@pytest.mark.parametrize(
    ("kind", "progress", "mails"),
    [
        (None, "RESPONDED", ["response_published"]),
        (ChangeKind.PLANNED, "CHANGE_PLANNED", ["response_published"]),
        (ChangeKind.MADE, "CHANGE_MADE", ["change_made", "response_published"]),
    ],
)
async def test_p21_an_author_is_told_of_a_response_and_a_change(
    world: World, cast: Cast, kind: ChangeKind | None, progress: str, mails: list[str]
) -> None:
    """P21: nothing that is said stands in the e-mail."""
    author = await cast.reachable(await world.person(), "author@x.example")
    number = await world.story(author)
    await cast.published(await cast.staff(), number, kind)
    assert await cast.progress(number) == progress
    assert await cast.mails(author) == mails
    claimed = [(kind.value, "PUBLISHED", True)] if kind else []
    assert [tuple(row) for row in await world.connection.fetch(CHANGES, number)] == claimed
    events = ["RESPONSE_SUBMITTED", "RESPONSE_PUBLISHED", *([TOLD[kind]] if kind else [])]
    assert await cast.events(number) == events
    key = world.keyring.open(author.key, str(author.account_id))
    for id_, content in await world.connection.fetch(
        "select id, content from mail where account_id = $1", author.account_id
    ):
        text = key.decrypt(content, f"mail.content:{id_}")
        link = f"http://candour.test/stories/{number}"
        assert text == f'{{"to":"author@x.example","link":"{link}","number":"{number}"}}'


async def test_p23_recipients_of_copies_hear_of_changes(world: World, cast: Cast) -> None:
    """P23: of what was published, by the consent of the story's author; of nothing that was turned down."""
    author = await world.person(ConsentPurpose.PUBLISH, ConsentPurpose.FEED)
    number = await world.story(author)
    turned_down = await cast.respond(await cast.staff(), number, ChangeKind.MADE)
    await cast.over(turned_down)
    await cast.moderate(await cast.moderator(), turned_down, "A reason")
    for kind in ChangeKind:
        await cast.published(await cast.staff(), number, kind)
    await world.settled([number])
    async with world.sessions.begin() as session:
        events = await leaving(session, ConsentPurpose.FEED, limit=10_000)
    heard = [event.kind for event in events if event.number == number]
    assert heard == ["RESPONSE_PUBLISHED", "CHANGE_PUBLISHED", "RESPONSE_PUBLISHED", "CHANGE_MADE"]


async def test_progress_never_goes_back(world: World, cast: Cast) -> None:
    number = await world.story(await world.person())
    for kind in (ChangeKind.MADE, ChangeKind.PLANNED, None):
        await cast.published(await cast.staff(), number, kind)
        assert await cast.progress(number) == "CHANGE_MADE"


async def test_p10_a_reply_is_moderated_and_changes_nothing_else(world: World, cast: Cast) -> None:
    """P10: not even a reply of many that were published goes without a moderator."""
    author = await cast.reachable(await world.person(), "author@x.example")
    number = await world.story(author)
    response = await cast.published(await cast.staff(), number)
    reply = await cast.reply(author, response)
    answers = "select reply_to_id from response where id = $1"
    assert await world.connection.fetchval(answers, reply) == response
    await cast.settle(reply)
    assert await cast.status(reply) == "PENDING"
    await cast.moderate(await cast.moderator(), reply)
    assert await cast.status(reply) == "PUBLISHED"
    assert (await cast.progress(number), await cast.mails(author)) == ("RESPONDED", ["response_published"])


@pytest.mark.parametrize("second", [None, "A reason"])
async def test_of_two_moderators_at_once_one_wins(world: World, cast: Cast, second: str | None) -> None:
    author = await cast.reachable(await world.person(), "author@x.example")
    number = await world.story(author)
    response = await cast.respond(await cast.staff(), number)
    await cast.over(response)
    moderators = [await cast.moderator(), await cast.moderator()]
    works = [cast.moderate(who, response, why) for who, why in zip(moderators, (None, second), strict=True)]
    outcomes = await asyncio.gather(*works, return_exceptions=True)
    lost = [outcome for outcome in outcomes if isinstance(outcome, ProblemError)]
    assert [(problem.code, problem.field) for problem in lost] == [(ProblemCode.CONFLICT, "responseId")]
    decided = [kind for kind in await cast.events(number) if kind != "RESPONSE_SUBMITTED"]
    assert decided == [f"RESPONSE_{await cast.status(response)}"]
    assert len(await cast.mails(author)) == decided.count("RESPONSE_PUBLISHED")


async def test_p17_what_waits_for_a_withdrawal_is_not_published(world: World, cast: Cast) -> None:
    author = await cast.reachable(await world.person(), "author@x.example")
    number = await world.story(author)
    response = await cast.respond(await cast.staff(), number, ChangeKind.MADE)
    await cast.over(response)
    moderator = await cast.moderator()
    async with world.sessions.begin() as session:
        await withdraw_stories(session, [number])
        waiting = asyncio.create_task(cast.moderate(moderator, response))
        await world.waited()
    with pytest.raises(ProblemError, match="no such response"):
        await waiting
    assert await cast.mails(author) == []
    assert await cast.status(response) is None
