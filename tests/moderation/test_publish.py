"""Publishing, with changes: what is refused, what is kept of what was sent, and who is told."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from models.consent import ConsentPurpose
from models.tag import TagKind
from operations import moderation
from operations.account import hold
from operations.consent import set_consent
from operations.edit import Edit
from operations.erasure import erase
from operations.moderation import Desk
from operations.problem import ProblemError
from tests.consent.world import World
from tests.moderation.desk import (
    EMAIL,
    REASON,
    URL,
    Step,
    author_of,
    do,
    events,
    mails,
    moderator,
    outcome,
    status,
    steps,
)

PUBLISH = """mutation($input: PublishStoryInput!) {
  publishStory(input: $input) {
    story { status title body tags { kind label } criticality original { title body } moderationLog { action note } }
    problems { code field message }
  }
}"""
LOG = """query($number: Int!) {
  story(number: $number) { title original { title body purgeAfter } moderationLog { action note } }
}"""
TURNED_DOWN = """
select purge_after - interval '6 months' between done_at - interval '1 minute' and done_at from story_original join moderation_entry using (story_id)
where story_id = $1 and action = 'REJECTED'
"""
TAGS = "query($number: Int!) { story(number: $number) { tags { kind label } moderationLog { action } } }"
EDIT = Edit(title="Another title", body="Another text")
EVIL = [
    ({"title": ""}, "title", "INVALID"),
    ({"title": " \n"}, "title", "INVALID"),
    ({"title": "a\nb"}, "title", "INVALID"),
    ({"title": "a\u202eb"}, "title", "INVALID"),
    ({"title": "x" * 201}, "title", "TOO_LONG"),
    ({"body": "  "}, "body", "INVALID"),
    ({"body": "a\x07b"}, "body", "INVALID"),
    ({"body": "word " * 1_001}, "body", "TOO_LONG"),
    ({"body": "x" * 12_001}, "body", "TOO_LONG"),
    ({"tags": [{"kind": "GOOD", "label": "x" * 81}]}, "tags", "TOO_LONG"),
    ({"tags": [{"kind": "GOOD", "label": " "}]}, "tags", "INVALID"),
    ({"tags": [{"kind": "GOOD", "label": f"tag {number}"} for number in range(11)]}, "tags", "INVALID"),
    ({"criticality": 6}, "criticality", "INVALID"),
    ({"criticality": -1}, "criticality", "INVALID"),
]


async def _publish(world: World, number: int, **more: Any) -> Any:
    sent = {"storyId": f"Story:{number}", **more}
    return (await world.ask(PUBLISH, await moderator(world), input=sent))["publishStory"]


async def test_p10_a_visitor_moderates_nothing(world: World) -> None:
    number = await world.story(await world.person(), "SUBMITTED")
    answer = await world.answer(PUBLISH, None, input={"storyId": f"Story:{number}"})
    assert (answer.get("data"), answer["errors"][0]["extensions"]["code"]) == (None, "FORBIDDEN")
    assert await status(world, number) == "SUBMITTED"


@pytest.mark.parametrize(("given", "field", "code"), EVIL, ids=lambda value: str(value)[:30])
async def test_what_makes_no_story_is_refused(world: World, given: Any, field: str, code: str) -> None:
    number = await world.story(await author_of(world), "SUBMITTED")
    payload = await _publish(world, number, **given)
    assert payload["story"] is None
    assert [(problem["field"], problem["code"]) for problem in payload["problems"]] == [(field, code)]
    assert (await status(world, number), await steps(world, number)) == ("SUBMITTED", [])


@pytest.mark.parametrize("step", ["publish", "preview"])
async def test_p12_nothing_is_shown_without_the_author_s_consent(world: World, step: str) -> None:
    """P12: not asked, taken back, or gone with its person: each is said, and nothing is done."""
    silent, regretful = await world.person(ConsentPurpose.FEED), await world.person(ConsentPurpose.PUBLISH)
    await world.agree(regretful.account_id, ConsentPurpose.PUBLISH, granted=False)
    who, show = await moderator(world), getattr(moderation, step)
    for author, words in ((silent, "consent"), (regretful, "consent"), (None, "account is gone")):
        number = await world.story(author, "SUBMITTED")
        with pytest.raises(ProblemError, match=words) as caught:
            await do(world, who, lambda desk, number: show(desk, number, EDIT), number)
        assert caught.value.code == "NOT_ALLOWED"
        assert (await status(world, number), await steps(world, number)) == ("SUBMITTED", [])


async def test_p12_a_publication_waits_for_a_consent_that_is_taken_back(world: World) -> None:
    """P12: and then finds the story gone, whichever was first."""
    author, who = await author_of(world), await moderator(world)
    number = await world.story(author, "SUBMITTED")
    async with world.sessions.begin() as session:
        await set_consent(session, world.keyring, author.account_id, ConsentPurpose.PUBLISH, False, "API")
        late = asyncio.create_task(outcome(world, who, lambda d, n: moderation.publish(d, n, EDIT), number))
        await world.waited()
    assert await late == "NOT_FOUND"
    assert await status(world, number) == "WITHDRAWN"


async def test_p18_an_erased_moderator_decides_nothing_more(world: World) -> None:
    who, number = await moderator(world), await world.story(await author_of(world), "SUBMITTED")
    async with world.sessions.begin() as session:
        await erase(session, world.keyring, await hold(session, who.account_id, change=True))
    assert await outcome(world, who, moderation.assign, number) == "NOT_SIGNED_IN"


async def test_p06_a_story_is_published_as_it_was_sent(world: World) -> None:
    author = await author_of(world)
    number = await world.story(author, "SUBMITTED")
    payload = await _publish(world, number)
    assert payload["problems"] == []
    assert (payload["story"]["status"], payload["story"]["original"]) == ("PUBLISHED", None)
    assert payload["story"]["moderationLog"] == [{"action": "PUBLISHED", "note": None}]
    assert await events(world, number) == ["STORY_PUBLISHED"]


async def test_p11_what_was_sent_is_kept_for_its_author_and_for_six_months(world: World) -> None:
    """P11: encrypted under the author's key; others see neither it nor the log."""
    author = await author_of(world)
    number = await world.story(author, "IN_REVIEW")
    tags = [{"kind": "GOOD", "label": f"kind {number}"}, {"kind": "FEELING", "label": "calm"}]
    payload = await _publish(world, number, title=" Another title ", body="Another\r\ntext", tags=tags, criticality=2)
    assert payload["story"] == {
        "status": "PUBLISHED",
        "title": "Another title",
        "body": "Another\ntext",
        "tags": tags,
        "criticality": 2,
        "original": {"title": "A title", "body": "A text"},
        "moderationLog": [
            {"action": "EDITED", "note": "Changed: title, text, tags."},
            {"action": "PUBLISHED", "note": None},
        ],
    }
    own = (await world.ask(LOG, author, number=number))["story"]
    assert (own["original"]["title"], own["original"]["body"]) == ("A title", "A text")
    assert own["original"]["purgeAfter"] is not None
    other = (await world.answer(LOG, await world.person(), number=number))["data"]["story"]
    assert other == {"title": "Another title", "original": None, "moderationLog": None}
    (row,) = await world.connection.fetch(
        "select purge_after = published_at + interval '6 months' as due, story_original.title as sealed"
        " from story join story_original on story_id = id where id = $1",
        number,
    )
    assert row["due"]
    assert b"title" not in row["sealed"]


async def test_p11_the_first_original_is_kept_when_a_story_is_changed_twice(world: World) -> None:
    author, who = await author_of(world), await moderator(world)
    number = await world.story(author, "SUBMITTED")
    await do(world, who, lambda desk, number: moderation.preview(desk, number, Edit(title="In preview")), number)
    purge = "select purge_after from story_original where story_id = $1"
    assert await world.connection.fetchval(purge, number) is None
    await do(world, who, lambda desk, number: moderation.publish(desk, number, EDIT), number)
    own = (await world.ask(LOG, author, number=number))["story"]
    assert own["original"]["title"] == "A title"
    assert [entry["action"] for entry in own["moderationLog"]] == ["EDITED", "PREVIEWED", "EDITED", "PUBLISHED"]


async def test_p11_the_original_of_a_story_that_is_turned_down_goes_six_months_later(world: World) -> None:
    author, who = await author_of(world), await moderator(world)
    number = await world.story(author, "SUBMITTED")
    await do(world, who, lambda desk, number: moderation.preview(desk, number, Edit(title="In preview")), number)
    await do(world, who, lambda desk, number: moderation.reject(desk, number, REASON), number)
    assert await world.connection.fetchval(TURNED_DOWN, number)
    own = (await world.ask(LOG, author, number=number))["story"]
    assert own["original"]["title"] == "A title"
    assert own["original"]["purgeAfter"] is not None


async def test_moderators_tags_become_the_same_as_authors(world: World) -> None:
    """Lower case, single spaces, composed letters; the same again is no second one."""
    author, who = await author_of(world), await moderator(world)
    number = await world.story(author, "SUBMITTED")
    tags = [(TagKind.GOOD, " The   STAFF "), (TagKind.GOOD, "the staff"), (TagKind.FEELING, "Cafe\u0301")]
    await do(world, who, partial(moderation.preview, edit=Edit(tags=tags)), number)
    await do(world, who, partial(moderation.publish, edit=Edit(tags=tags)), number)
    own = (await world.ask(TAGS, author, number=number))["story"]
    assert own["tags"] == [{"kind": "GOOD", "label": "the staff"}, {"kind": "FEELING", "label": "caf\u00e9"}]
    assert [entry["action"] for entry in own["moderationLog"]] == ["EDITED", "PREVIEWED", "PUBLISHED"]


async def test_tags_that_no_story_bears_any_more_are_gone(world: World) -> None:
    who = await moderator(world)
    one, other = [await world.story(await author_of(world), "SUBMITTED") for _ in range(2)]
    alone, shared = (TagKind.IMPROVE, f"alone {one}"), (TagKind.IMPROVE, f"shared {one}")
    for number, labels in ((one, [alone, shared, alone]), (other, [shared])):
        await do(world, who, partial(moderation.preview, edit=Edit(tags=labels)), number)
    await do(world, who, lambda desk, number: moderation.publish(desk, number, Edit(tags=[])), one)
    left = "select label from tag where label = any($1::text[])"
    rows = await world.connection.fetch(left, [alone[1], shared[1]])
    assert [row["label"] for row in rows] == [shared[1]]
    assert [note for _, note in await steps(world, one)] == ["Changed: tags.", None, "Changed: tags.", None]


async def test_stories_that_exchange_tags_at_once_do_not_wait_in_a_circle(world: World) -> None:
    numbers = [await world.story(await author_of(world), "SUBMITTED") for _ in range(6)]
    labels = [(TagKind.GOOD, f"{numbers[0]} {place}") for place in range(6)] * 2
    people = [await moderator(world) for _ in numbers]

    def step(show: Callable[[Desk, int, Edit], Awaitable[int]], first: int) -> Step:
        edit = Edit(tags=labels[first : first + 3])
        return lambda desk, number: show(desk, number, edit)

    for show, moved in ((moderation.preview, 0), (moderation.publish, 3)):
        tried = (
            outcome(world, who, step(show, (place + moved) % 6), numbers[place]) for place, who in enumerate(people)
        )
        assert await asyncio.gather(*tried) == ["Y"] * 6
    count = "select count(*) from story_tag join tag on id = tag_id where label like $1"
    assert await world.connection.fetchval(count, f"{numbers[0]} %") == 18


async def test_p21_authors_are_told_and_nothing_private_is_in_it(world: World) -> None:
    """P21, P01: the number and an address; neither what was written nor why it was decided."""
    author, who = await author_of(world), await moderator(world)
    shown, refused = await world.story(author, "SUBMITTED"), await world.story(author, "SUBMITTED")
    await do(world, who, lambda desk, number: moderation.publish(desk, number, EDIT), shown)
    await do(world, who, lambda desk, number: moderation.reject(desk, number, REASON), refused)
    assert await mails(world, author) == [
        {"template": f"story_{what}", "to": EMAIL, "number": str(number), "link": f"{URL}/stories/{number}"}
        for what, number in (("published", shown), ("rejected", refused))
    ]
    own = (await world.ask(LOG, author, number=refused))["story"]
    assert own["moderationLog"] == [{"action": "REJECTED", "note": REASON}]


async def test_p21_who_has_no_confirmed_email_is_not_written_to(world: World) -> None:
    without, unconfirmed = await world.person(ConsentPurpose.PUBLISH), await author_of(world)
    await world.connection.execute("update account set email_verified_at = null where id = $1", unconfirmed.account_id)
    for author in (without, unconfirmed):
        await _publish(world, number := await world.story(author, "SUBMITTED"))
        assert (await status(world, number), await mails(world, author)) == ("PUBLISHED", [])


async def test_p08_a_preview_lasts_72_hours_unless_it_is_held(world: World) -> None:
    who, number = await moderator(world), await world.story(await author_of(world), "SUBMITTED")
    left = "select preview_until - now() from story where id = $1"
    await do(world, who, lambda desk, number: moderation.preview(desk, number, Edit()), number)
    for again in (False, True):
        lasts = await world.connection.fetchval(left, number)
        assert timedelta(hours=71, minutes=59) < lasts <= timedelta(hours=72)
        assert await outcome(world, who, moderation.release_preview, number) == "ALREADY_DONE"
        if not again:
            await do(world, who, moderation.hold_preview, number)
            assert await world.connection.fetchval(left, number) is None
            assert await outcome(world, who, moderation.hold_preview, number) == "ALREADY_DONE"
            await do(world, who, moderation.release_preview, number)
    assert [action for action, _ in await steps(world, number)] == ["PREVIEWED", "HELD", "RELEASED"]
    assert await events(world, number) == ["STORY_PREVIEWED", "STORY_HELD", "STORY_RELEASED"]


async def test_p06_a_restricted_story_keeps_its_row_and_says_why(world: World) -> None:
    who, number = await moderator(world), await world.story(await author_of(world))
    public = "query($number: Int!) { story(number: $number) { title restriction { reason by } } }"
    await do(world, who, lambda desk, number: moderation.restrict(desk, number, REASON), number)
    seen = (await world.answer(public, None, number=number))["data"]["story"]
    assert seen == {"title": None, "restriction": {"reason": REASON, "by": "The moderation team"}}
    await do(world, who, moderation.unrestrict, number)
    assert (await world.ask(public, None, number=number))["story"] == {"title": "A title", "restriction": None}
    assert await events(world, number) == ["STORY_RESTRICTED", "STORY_UNRESTRICTED"]


@pytest.mark.parametrize(("reason", "code"), [("", "INVALID"), (" \x07", "INVALID"), ("x" * 2_001, "TOO_LONG")])
async def test_a_reason_is_given(world: World, reason: str, code: str) -> None:
    who = await moderator(world)
    for step, state in ((moderation.reject, "SUBMITTED"), (moderation.restrict, "PUBLISHED")):
        number = await world.story(await author_of(world), state)
        assert await outcome(world, who, partial(step, reason=reason), number) == code
