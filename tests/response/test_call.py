"""Responses through the API: what each viewer may do and see, as the page tells them."""

from typing import Any

import pytest

from models.change import ChangeKind
from policies.viewer import Member
from tests.consent.world import World
from tests.response.cast import Cast

SAID = "problems { code field message }"
ROW = "{ id status body staffName jobTitle rejection viewerCan { edit undo reply moderate } }"
RESPOND = f"mutation($input: RespondInput!) {{ respond(input: $input) {{ response {ROW} {SAID} }} }}"
EDIT = f'mutation($id: ID!) {{ editResponse(responseId: $id, body: "Better") {{ response {ROW} {SAID} }} }}'
UNDO = f"mutation($id: ID!) {{ undoResponse(responseId: $id) {{ story {{ number responseCount }} {SAID} }} }}"
REPLY = f'mutation($id: ID!) {{ replyToResponse(responseId: $id, body: "Thank you") {{ response {ROW} {SAID} }} }}'
MODERATE = f"mutation($input: ModerateResponseInput!) {{ moderateResponse(input: $input) {{ response {ROW} {SAID} }} }}"
SEEN = f"query($id: ID!) {{ story(id: $id) {{ responses(first: 9) {{ nodes {ROW} }} }} }}"
PUBLIC = "query($id: ID!) { story(id: $id) { responseCount responses(first: 9) { nodes { body } } } }"
GIVEN = {"body": "We are sorry", "staffName": "Jo Bloggs", "jobTitle": "Ward manager"}


def _can(row: Any) -> list[str]:
    return [action for action, may in row["viewerCan"].items() if may]


async def _seen(world: World, who: Member | None, number: int) -> list[Any]:
    found = await world.ask(SEEN, who, id=f"Story:{number}")
    nodes: list[Any] = found["story"]["responses"]["nodes"]
    return nodes


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (RESPOND, {"input": {"storyId": "Story:1", **GIVEN}}),
        (EDIT, {"id": "Response:1"}),
        (UNDO, {"id": "Response:1"}),
        (REPLY, {"id": "Response:1"}),
        (MODERATE, {"input": {"responseId": "Response:1", "publish": True}}),
    ],
)
async def test_nobody_does_anything_without_signing_in(world: World, document: str, variables: Any) -> None:
    answer = await world.answer(document, **variables)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]


async def test_p10_what_is_pending_is_there_for_nobody_else(world: World, cast: Cast) -> None:
    author, stranger = await world.person(), await world.person()
    number = await world.story(author)
    published = await cast.published(await cast.staff(), number)
    pending = await cast.respond(await cast.staff(), number, ChangeKind.MADE, body="Not yet")
    reply = await cast.reply(author, published)
    for who in (None, stranger):
        found = (await world.ask(PUBLIC, who, id=f"Story:{number}"))["story"]
        assert found == {"responseCount": 1, "responses": {"nodes": [{"body": "We are sorry"}]}}
    for document in (EDIT, UNDO, REPLY):
        for hidden in (pending, reply, 2**31 - 1):
            (payload,) = (await world.ask(document, stranger, id=f"Response:{hidden}")).values()
            assert [problem["code"] for problem in payload["problems"]] == ["NOT_FOUND"]


async def test_p14_an_author_sees_their_reply_before_it_is_moderated(world: World, cast: Cast) -> None:
    """P14: and why it was turned down."""
    author, moderator = await world.person(), await cast.moderator()
    number = await world.story(author)
    published = await cast.published(await cast.staff(), number)
    payload = (await world.ask(REPLY, author, id=f"Response:{published}"))["replyToResponse"]
    assert payload["problems"] == []
    reply = payload["response"]
    assert (reply["status"], reply["body"], _can(reply)) == ("PENDING", "Thank you", ["edit", "undo"])
    assert [_can(row) for row in await _seen(world, author, number)] == [["reply"], ["edit", "undo"]]
    given = {"responseId": reply["id"], "publish": False, "reason": "It names a nurse."}
    early = (await world.ask(MODERATE, moderator, input=given))["moderateResponse"]
    assert [problem["code"] for problem in early["problems"]] == ["NOT_ALLOWED"]
    await cast.over(int(reply["id"].partition(":")[2]))
    decided = (await world.ask(MODERATE, moderator, input=given))["moderateResponse"]
    assert (decided["problems"], decided["response"]["status"]) == ([], "REJECTED")
    (_, shown) = await _seen(world, author, number)
    assert (shown["status"], shown["rejection"], _can(shown)) == ("REJECTED", "It names a nurse.", [])
    again = (await world.ask(MODERATE, moderator, input=given | {"publish": True}))["moderateResponse"]
    assert [problem["code"] for problem in again["problems"]] == ["CONFLICT"]


async def test_a_response_from_writing_to_publication(world: World, cast: Cast) -> None:
    who, moderator = await cast.staff(), await cast.moderator()
    number = await world.story(await world.person())
    change = {"kind": "PLANNED", "description": "A new lift"}
    given = {"storyId": f"Story:{number}", "change": change, **GIVEN}
    written = (await world.ask(RESPOND, who, input=given))["respond"]
    assert (written["problems"], _can(written["response"])) == ([], ["edit", "undo"])
    identity = written["response"]["id"]
    edited = (await world.ask(EDIT, who, id=identity))["editResponse"]["response"]
    assert (edited["body"], edited["staffName"], edited["jobTitle"]) == ("Better", "Jo Bloggs", "Ward manager")
    assert [_can(row) for row in await _seen(world, moderator, number)] == [[]]
    await cast.over(int(identity.partition(":")[2]))
    assert [_can(row) for row in await _seen(world, moderator, number)] == [["moderate"]]
    assert [_can(row) for row in await _seen(world, who, number)] == [[]]
    late = (await world.ask(UNDO, who, id=identity))["undoResponse"]
    assert ([problem["code"] for problem in late["problems"]], late["story"]) == (["NOT_ALLOWED"], None)
    decided = await world.ask(MODERATE, moderator, input={"responseId": identity, "publish": True})
    assert decided["moderateResponse"]["response"]["status"] == "PUBLISHED"
    story = "query($id: ID!) { story(id: $id) { progress changes { kind description } } }"
    found = (await world.ask(story, id=f"Story:{number}"))["story"]
    assert found == {"progress": "CHANGE_PLANNED", "changes": [change]}


async def test_a_response_can_be_undone(world: World, cast: Cast) -> None:
    who, number = await cast.staff(), await world.story(await world.person())
    response = await cast.respond(who, number)
    undone = (await world.ask(UNDO, who, id=f"Response:{response}"))["undoResponse"]
    assert undone == {"story": {"number": number, "responseCount": 0}, "problems": []}


@pytest.mark.parametrize("notify", [True, False])
async def test_p12_a_mark_says_whether_to_be_told(world: World, notify: bool) -> None:
    """P12: who leaves it out is not told."""
    reader, number = await world.person(), await world.story(await world.person())
    mark = "mutation($id: ID!%s) { markSimilar(storyId: $id%s) { problems { code } } }"
    told = "select notify from similar_experience where account_id = $1"
    await world.ask(mark % ("", ""), reader, id=f"Story:{number}")
    assert await world.connection.fetchval(told, reader.account_id) is False
    await world.ask(mark % (", $notify: Boolean!", ", notify: $notify"), reader, id=f"Story:{number}", notify=notify)
    assert await world.connection.fetchval(told, reader.account_id) is notify
