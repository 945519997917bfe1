"""Erasure (P18): who may, what is left, and that nothing of the person is found anywhere."""

import asyncio
import io
from typing import Any

import pytest

from models.base import metadata
from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring
from operations.attempt import LIMITS
from operations.audit.verify import verify
from operations.problem import ProblemError
from operations.similar import mark_similar
from schema.endpoint import log
from tests.consent.world import World
from tests.data_export.test_complete import PERSONAL
from tests.erasure.person import PASSWORD, Person, furnished, somebody, traces

ERASE = """mutation Erase($p: String!) {
  eraseAccount(password: $p) { tombstones viewer { kind account { id } } problems { code field message } }
}"""
GONE = {"tombstones": 5, "viewer": {"kind": "ANONYMOUS", "account": None}, "problems": []}
LINKS = {"story_service", "story_area", "story_tag"}
"""Tables that hold nothing but numbers of stories and of public things."""
KEEPS_IDS = {"audit_event"}
"""The audit log says which account read what of which account; an id leads nowhere once its account is gone."""


async def _erase(world: World, person: Person, password: str = PASSWORD) -> Any:
    return (await world.ask(ERASE, person.member, p=password))["eraseAccount"]


async def _code(world: World, person: Person, password: str) -> str:
    payload = await _erase(world, person, password)
    (problem,) = payload["problems"]
    assert (payload["tombstones"], payload["viewer"]["kind"]) == (0, "MEMBER")
    return str(problem["code"])


async def test_a_visitor_erases_nobody(world: World) -> None:
    answer = await world.answer(ERASE, None, p=PASSWORD)
    (error,) = answer["errors"]
    assert (error["extensions"]["code"], answer.get("data")) == ("FORBIDDEN", None)


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper(), PASSWORD + " ", "x" * 5000])
async def test_a_wrong_password_erases_nothing(world: World, password: str) -> None:
    person = await somebody(world)
    assert await _code(world, person, password) == "WRONG_PASSWORD"
    assert await world.connection.fetchval("select count(*) from account where id = $1", person.id) == 1


async def test_the_password_cannot_be_guessed(world: World) -> None:
    """P18: aliases count one by one, and the right one comes too late."""
    person = await somebody(world)
    (limit,) = LIMITS[next(kind for kind in LIMITS if kind == "PASSWORD")]
    guesses = " ".join(f'g{n}: eraseAccount(password: "{n}") {{ problems {{ code }} }}' for n in range(limit.most))
    answer = await world.answer(f"mutation {{ {guesses} }}", person.member)
    if "errors" in answer:
        for _ in range(limit.most):
            await _erase(world, person, "wrong")
    assert await _code(world, person, PASSWORD) == "TOO_MANY_ATTEMPTS"


async def test_a_person_without_a_password_is_not_erased_by_any(world: World) -> None:
    person = await somebody(world)
    await world.connection.execute("update account set password_hash = null where id = $1", person.id)
    assert await _code(world, person, "") == "WRONG_PASSWORD"


async def test_p18_nothing_of_an_erased_person_is_left(world: World) -> None:
    """P18: not in one column of one table, in clear or sealed; only tombstones."""
    person = await furnished(world)
    needles = [*person.needles(), str(person.id)]
    before = await traces(world, needles)
    assert set(before) >= set(PERSONAL) - LINKS, "furnish every table of persons"
    missing = {needle for needle in needles if not any(needle in found for found in before.values())}
    assert missing <= {person.mark.encode().hex()}
    marks = "select similar_count from story where id = $1"
    assert await world.connection.fetchval(marks, person.stories["other"]) == 1
    assert await _erase(world, person) == GONE
    left = await traces(world, needles)
    assert {table: met for table, met in left.items() if table not in KEEPS_IDS} == {}
    assert left["audit_event"] == [str(person.id)]
    assert (await verify(world.connection, world.keyring)).faults == []
    assert await world.connection.fetchval(marks, person.stories["other"]) == 0


async def test_p18_stories_leave_tombstones_and_events(world: World) -> None:
    """P18, P25: whoever has a copy is told; a story that was withdrawn before stays withdrawn."""
    person = await furnished(world)
    await _erase(world, person)
    own = [number for state, number in person.stories.items() if state != "other"]
    kinds = dict(await world.connection.fetch("select number, kind::text from tombstone where number = any($1)", own))
    assert kinds == {
        number: "WITHDRAWN" if state == "WITHDRAWN" else "ERASED"
        for state, number in person.stories.items()
        if state != "other"
    }
    events = await world.connection.fetch(
        "select kind::text, number, purpose from event where number = any($1) order by 2", own
    )
    assert [tuple(e) for e in events] == [("STORY_ERASED", n, None) for n in sorted(own) if kinds[n] == "ERASED"]
    assert await world.connection.fetchval("select count(*) from story where id = any($1)", own) == 0


async def test_p18_what_they_wrote_as_staff_goes_and_the_story_s_progress_with_it(world: World) -> None:
    """P18: the moderation log of other people's stories stays, without them."""
    person = await furnished(world)
    other = person.stories["other"]
    await _erase(world, person)
    assert await world.connection.fetchval("select progress from story where id = $1", other) == "AWAITING_RESPONSE"
    entries = await world.connection.fetch("select account_id from moderation_entry where story_id = $1", other)
    assert [entry["account_id"] for entry in entries] == [None]


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        ("MADE", "PUBLISHED", "CHANGE_MADE"),
        ("PLANNED", "PUBLISHED", "CHANGE_PLANNED"),
        ("MADE", "PENDING", "RESPONDED"),
    ],
)
async def test_progress_is_what_others_made_of_it(world: World, kind: str, status: str, expected: str) -> None:
    person = await furnished(world)
    other = person.stories["other"]
    await world.connection.execute(
        "insert into response (story_id, organisation_id, body, status, created_at, published_at)"
        " select $1, min(id), 'Another', 'PUBLISHED', now(), now() from organisation",
        other,
    )
    await world.connection.execute(
        "insert into change (story_id, organisation_id, kind, description, status, published_at)"
        " select $1, min(id), $2::changekind, 'Another', $3::responsestatus, case when $3 = 'PUBLISHED' then now() end"
        " from organisation",
        *(other, kind, status),
    )
    await _erase(world, person)
    assert await world.connection.fetchval("select progress from story where id = $1", other) == expected


async def test_p18_others_keep_everything(world: World) -> None:
    person, other = await furnished(world), await furnished(world)
    needles = [*other.needles(), str(other.id)]
    before = await traces(world, needles)
    await _erase(world, person)
    assert await traces(world, needles) == before


async def test_p18_the_log_names_nobody(world: World) -> None:
    """P18: the last lines about a person say that there was a request, not whose."""
    person, written = await furnished(world), io.BytesIO()
    log.configure("debug", written)
    try:
        await _erase(world, person, "wrong " + person.mark)
        await _erase(world, person)
        await world.answer(ERASE, person.member, p=PASSWORD)
    finally:
        log.configure("info")
    text = written.getvalue().decode()
    assert text.count('"event":"request"') == 3
    assert [needle for needle in [*person.needles(), str(person.id)] if needle in text] == []


async def test_p18_e_mails_in_the_folder_go_too(world: World, cluster: EmbeddedPostgres) -> None:
    """P18: those that were written for want of a mail server; nobody else's."""
    person, other = await furnished(world), await furnished(world)
    folder = cluster.data / "mail"
    folder.mkdir(exist_ok=True)
    files = {}
    for who in (person, other):
        id_ = await world.connection.fetchval("select id from mail where account_id = $1", who.id)
        files[who.id] = folder / f"{id_}.eml"
        files[who.id].write_text(f"To: {who.email}")
    await _erase(world, person)
    assert not files[person.id].exists()
    assert files[other.id].exists()
    files[other.id].unlink()


async def test_asking_twice_is_no_fault(world: World) -> None:
    """P18: the session went with its person."""
    person = await furnished(world)
    await _erase(world, person)
    answer = await world.answer(ERASE, person.member, p=PASSWORD)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]


async def test_a_browser_forgets_its_cookie(world: World) -> None:
    person = await somebody(world)
    cookie = {"Cookie": f"candour={world.tokens[person.id]}", "Candour-CSRF": "1"}
    body = {"query": ERASE, "variables": {"p": PASSWORD}}
    answer = await world.client.post("/graphql", json=body, headers=cookie)
    assert answer.json()["data"]["eraseAccount"] == GONE | {"tombstones": 0}
    assert answer.headers["set-cookie"].startswith("candour=; Path=/; Max-Age=0;")


async def test_twice_in_one_request(world: World) -> None:
    person = await furnished(world)
    twice = (
        "mutation($p: String!) { a: eraseAccount(password: $p) { tombstones problems { code } }"
        " b: eraseAccount(password: $p) { problems { code } } }"
    )
    answer = await world.answer(twice, person.member, p=PASSWORD)
    if "errors" not in answer:
        assert answer["data"]["a"] == {"tombstones": 5, "problems": []}
        assert answer["data"]["b"] == {"problems": [{"code": "NOT_SIGNED_IN"}]}
        assert await traces(world, person.needles()) == {}


async def test_two_requests_at_once_erase_once(world: World) -> None:
    person = await furnished(world)
    answers = await asyncio.gather(*(world.answer(ERASE, person.member, p=PASSWORD) for _ in range(3)))
    codes = []
    for answer in answers:
        if "errors" in answer:
            codes.append(answer["errors"][0]["extensions"]["code"])
        else:
            codes += [p["code"] for p in answer["data"]["eraseAccount"]["problems"]] or ["ERASED"]
    assert codes.count("ERASED") == 1
    assert set(codes) <= {"ERASED", "NOT_SIGNED_IN", "UNAUTHENTICATED"}
    assert await traces(world, person.needles()) == {}


async def test_an_erased_person_does_nothing_more(world: World, keyring: Keyring) -> None:
    person = await furnished(world)
    await _erase(world, person)
    with pytest.raises(ProblemError, match="does not exist"):
        async with world.sessions.begin() as session:
            await mark_similar(session, world.plan(person.member), person.member, person.stories["other"])
    assert await world.connection.fetchval("select count(*) from person_key where id = $1", person.id) == 0


def test_every_way_to_an_account_is_cut_by_the_database() -> None:
    """P18: a foreign key to an account deletes or forgets; a table without one has to be thought of."""
    ways = {
        (table.name, key.ondelete)
        for table in metadata.tables.values()
        for key in table.foreign_keys
        if key.target_fullname in {"account.id", "complaint.id", "data_export.id"}
    }
    assert {rule for _, rule in ways} == {"CASCADE", "SET NULL"}
    assert {table for table, rule in ways if rule == "SET NULL"} == {
        "story", "response", "moderation_entry", "disclosure",
    }  # fmt: skip
