"""Complaints (P19): who may not, who may, and by when they are answered."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from models.account import PlatformRole
from models.database.connection import engine, session_factory
from operations.complaint import purge_complaints
from tests.session.site import Person, Site

COMPLAIN = """mutation($input: ComplainInput!) {
  complain(input: $input) { number complaint { id kind body email dueAt receivedAt acknowledgedAt } problems { field code } }
}"""
ANSWER = """mutation($id: ID!, $outcome: String!) {
  answerComplaint(complaintId: $id, outcome: $outcome) { complaint { outcome answeredAt } problems { field code } }
}"""
EXTEND = """mutation($id: ID!, $reason: String!) {
  extendComplaint(complaintId: $id, reason: $reason) {
    complaint { dueAt extendedAt extensionReason viewerCan { answer extend } } problems { field code }
  }
}"""
LIST = (
    "query($filter: ComplaintFilter) { complaints(filter: $filter) { totalCount nodes { id number kind body email } } }"
)
BODY = "canary-body: my letter of May was never answered"


def new_email() -> str:
    return f"{uuid4().hex[:12]}@people.example"


async def complain(site: Site, token: str | None = None, **given: Any) -> Any:
    payload = await site.ask(COMPLAIN, token, input={"body": BODY, **given})
    assert payload["problems"] == []
    return payload


async def of(site: Site, number: int) -> Any:
    """The row of a complaint."""
    return await site.connection.fetchrow("select * from complaint where number = $1", number)


async def mailed(site: Site, person: UUID) -> dict[str, Any]:
    """What waits to be sent to somebody, by template."""
    rows = await site.connection.fetch(
        "select mail.id, template, content, wrapped from mail join person_key on person_key.id = $1"
        " where coalesce(account_id, complaint_id) = $1",
        person,
    )
    key = {row["template"]: site.keyring.open(row["wrapped"], str(person)) for row in rows}
    return {
        row["template"]: orjson.loads(key[row["template"]].decrypt(row["content"], f"mail.content:{row['id']}"))
        for row in rows
    }


async def officer(site: Site) -> tuple[Person, str]:
    person = await site.person(PlatformRole.DPO)
    return person, await site.sign_in(person)


async def test_a_visitor_sees_no_complaints_and_answers_none(site: Site) -> None:
    number = (await complain(site, email=new_email()))["number"]
    id_ = f"Complaint:{(await of(site, number))['id']}"
    listed = (await site.post(LIST)).json()
    assert listed["data"] == {"complaints": None}
    assert listed["errors"][0]["extensions"]["reason"].startswith("P19")
    assert (await site.post("query($id: ID!) { node(id: $id) { id } }", id=id_)).json() == {"data": {"node": None}}
    refused = (await site.post(ANSWER, id=id_, outcome="x")).json()
    assert [error["extensions"]["code"] for error in refused["errors"]] == ["FORBIDDEN"]


async def test_nobody_sees_or_answers_another_persons_complaint(site: Site) -> None:
    mine = (await complain(site, await site.sign_in(await site.person())))["complaint"]
    roles = [(), *((role,) for role in PlatformRole if role is not PlatformRole.DPO)]
    for held in roles:
        token = await site.sign_in(await site.person(*held))
        assert await site.ask(LIST, token) == {"totalCount": 0, "nodes": []}
        assert await site.ask("query($id: ID!) { node(id: $id) { id } }", token, id=mine["id"]) is None
        assert await site.problem(ANSWER, token, id=mine["id"], outcome="x") == "NOT_FOUND"
        assert await site.problem(EXTEND, token, id=mine["id"], reason="x") == "NOT_FOUND"
        assert await site.problem(ANSWER, token, id=f"Complaint:{uuid4()}", outcome="x") == "NOT_FOUND"


async def test_a_person_does_not_answer_their_own(site: Site) -> None:
    token = await site.sign_in(await site.person())
    mine = (await complain(site, token, kind="COPY"))["complaint"]
    assert await site.problem(ANSWER, token, id=mine["id"], outcome="x") == "NOT_ALLOWED"
    assert await site.problem(EXTEND, token, id=mine["id"], reason="x") == "NOT_ALLOWED"


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({}, "email", "INVALID"),
        ({"email": "nobody"}, "email", "INVALID"),
        ({"email": "a@b.example\nBcc: c@d.example"}, "email", "INVALID"),
        ({"email": f"{'x' * 250}@b.example"}, "email", "TOO_LONG"),
        ({"email": "a@b.example", "body": " \n "}, "body", "INVALID"),
        ({"email": "a@b.example", "body": "a\x07b"}, "body", "INVALID"),
        ({"email": "a@b.example", "body": "x" * 10_001}, "body", "TOO_LONG"),
    ],
)
async def test_what_can_not_be_taken_is_said_and_leaves_nothing(
    site: Site, given: dict[str, str], field: str, code: str
) -> None:
    before = await site.connection.fetchval("select count(*) from complaint")
    payload = await site.ask(COMPLAIN, input={"body": BODY, **given})
    assert payload == {"number": None, "complaint": None, "problems": [{"field": field, "code": code}]}
    assert await site.connection.fetchval("select count(*) from complaint") == before


async def test_complaining_is_not_for_flooding(site: Site) -> None:
    email = new_email()
    for _ in range(5):
        await complain(site, email=email)
    payload = await site.ask(COMPLAIN, input={"body": BODY, "email": email})
    assert payload["problems"] == [{"field": None, "code": "TOO_MANY_ATTEMPTS"}]


async def test_what_a_visitor_wrote_is_under_a_key_of_its_own(site: Site) -> None:
    email = new_email()
    payload = await complain(site, email=email)
    assert payload["complaint"] is None
    row = await of(site, payload["number"])
    assert row["account_id"] is None
    stored = b"".join(value for value in row.values() if isinstance(value, bytes))
    assert b"canary" not in stored
    assert email.encode() not in stored
    told = (await mailed(site, row["id"]))["complaint_received"]
    assert (told["to"], told["number"]) == (email, str(payload["number"]))
    assert "canary" not in str(told)


async def test_a_complaint_is_acknowledged_at_once_and_answered_within_thirty_days(site: Site) -> None:
    person = await site.person()
    mine = (await complain(site, await site.sign_in(person)))["complaint"]
    received, due = (datetime.fromisoformat(mine[name]) for name in ("receivedAt", "dueAt"))
    assert mine["acknowledgedAt"] == mine["receivedAt"]
    assert due - received == timedelta(days=30)
    assert (mine["body"], mine["email"], mine["kind"]) == (BODY, person.email, "COMPLAINT")
    assert (await mailed(site, person.id))["complaint_received"]["to"] == person.email


async def test_only_a_rights_request_is_extended_and_only_once(site: Site) -> None:
    person, (_, dpo) = await site.person(), await officer(site)
    token = await site.sign_in(person)
    plain, request = [(await complain(site, token, kind=kind))["complaint"] for kind in ("COMPLAINT", "ERASURE")]
    assert await site.problem(EXTEND, dpo, id=plain["id"], reason="Busy") == "NOT_ALLOWED"
    assert await site.problem(EXTEND, dpo, id=request["id"], reason=" ") == "INVALID"
    extended = (await site.ask(EXTEND, dpo, id=request["id"], reason="Many files"))["complaint"]
    assert extended["extensionReason"] == "Many files"
    assert extended["viewerCan"] == {"answer": True, "extend": False}
    received, due = datetime.fromisoformat(request["receivedAt"]), datetime.fromisoformat(extended["dueAt"])
    assert timedelta(days=89) <= due - received <= timedelta(days=92)
    assert await site.problem(EXTEND, dpo, id=request["id"], reason="Again") == "ALREADY_DONE"
    assert (await mailed(site, person.id))["complaint_extended"]["reason"] == ""


async def test_two_officers_at_once_give_one_answer(site: Site) -> None:
    mine = (await complain(site, await site.sign_in(await site.person())))["complaint"]
    officers = [(await officer(site))[1] for _ in range(2)]
    asked = [site.ask(ANSWER, token, id=mine["id"], outcome=f"Answer {n}") for n, token in enumerate(officers)]
    problems = sorted(str(payload["problems"]) for payload in await asyncio.gather(*asked))
    assert problems == ["[]", "[{'field': 'complaintId', 'code': 'ALREADY_DONE'}]"]


async def test_an_answer_stands_with_the_account_or_else_in_the_e_mail(site: Site) -> None:
    person, (_, dpo) = await site.person(), await officer(site)
    token = await site.sign_in(person)
    mine = (await complain(site, token))["complaint"]
    other = await of(site, (await complain(site, email=new_email()))["number"])
    for id_ in (mine["id"], f"Complaint:{other['id']}"):
        assert (await site.ask(ANSWER, dpo, id=id_, outcome="canary-outcome"))["problems"] == []
        assert await site.problem(EXTEND, dpo, id=id_, reason="Late") == "ALREADY_DONE"
    assert "canary" not in str((await mailed(site, person.id))["complaint_answered"])
    assert (await mailed(site, other["id"]))["complaint_answered"]["outcome"] == "canary-outcome"
    read = await site.ask("{ viewer { account { complaints { outcome overdue } } } }", token)
    assert read["account"]["complaints"] == [{"outcome": "canary-outcome", "overdue": False}]


async def test_the_officer_needs_a_purpose_for_the_address_and_is_on_the_log(site: Site) -> None:
    person, (_, dpo) = await site.person(), await officer(site)
    token = await site.sign_in(person)
    mine = (await complain(site, token))["complaint"]
    document = "query($id: ID!) { node(id: $id) { ... on Complaint { body email } } }"
    without = (await site.post(document, dpo, id=mine["id"])).json()
    assert without["data"]["node"] == {"body": BODY, "email": None}
    log = "{ viewer { account { accessLog { totalCount nodes { roles organisation { name } fields purpose reasons } } } } }"
    assert (await site.ask(log, token))["account"]["accessLog"]["totalCount"] == 0
    stated = {"Candour-Purpose": "complaint; ref=C-1"}
    seen = (await site.post(document, dpo, stated, id=mine["id"])).json()
    assert seen["data"]["node"]["email"] == person.email
    (entry,) = (await site.ask(log, token))["account"]["accessLog"]["nodes"]
    assert entry == {
        "roles": ["DPO"],
        "organisation": None,
        "fields": ["Complaint.email"],
        "purpose": "complaint",
        "reasons": ["P19 to answer a complaint or request"],
    }
    assert (await site.ask(log, dpo))["account"]["accessLog"]["totalCount"] == 0


async def test_overdue_ones_are_listed(site: Site) -> None:
    _, dpo = await officer(site)
    numbers = [(await complain(site, email=new_email()))["number"] for _ in range(3)]
    late = numbers[1]
    await site.connection.execute("update complaint set due_at = due_at - interval '31 days' where number = $1", late)

    async def listed(**given: Any) -> list[int]:
        found = await site.ask(
            "query($f: ComplaintFilter) { complaints(filter: $f) { nodes { number } } }", dpo, f=given
        )
        return [node["number"] for node in found["nodes"] if node["number"] in numbers]

    assert await listed(overdue=True) == [late]
    assert await listed(overdue=False) == [numbers[2], numbers[0]]
    id_ = f"Complaint:{(await of(site, late))['id']}"
    await site.ask(ANSWER, dpo, id=id_, outcome="Sorry that it took so long")
    assert await listed(overdue=True) == []
    assert await listed(open=False) == [late]
    assert await listed(open=True, kind="COPY") == []


async def test_old_answers_to_people_without_an_account_are_forgotten_with_their_key(
    site: Site, complaints: str
) -> None:
    _, dpo = await officer(site)
    rows = [await of(site, (await complain(site, email=new_email()))["number"]) for _ in range(2)]
    for row in rows:
        await site.ask(ANSWER, dpo, id=f"Complaint:{row['id']}", outcome="Done")
    old = rows[0]["id"]
    await site.connection.execute(
        "update complaint set answered_at = answered_at - interval '3 years 1 day' where id = $1", old
    )
    own = engine(complaints, 1)
    async with session_factory(own).begin() as session:
        assert await purge_complaints(session) == 1
    await own.dispose()
    left = await site.connection.fetch("select id from person_key where id = any($1)", [row["id"] for row in rows])
    assert [row["id"] for row in left] == [rows[1]["id"]]
