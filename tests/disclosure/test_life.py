"""A disclosure from its request to its review: who may not, who may, what it opens, and what stays on the log."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from models.account import PlatformRole
from tests.disclosure.case import (
    APPROVE,
    EMAIL,
    GROUNDS,
    LIST,
    NODE,
    PRIVATE,
    REQUEST,
    REVIEW,
    REVOKE,
    WITHHELD,
    Case,
    manager_of,
    somebody,
)


async def test_p09_nobody_else_asks_approves_ends_or_reviews(case: Case) -> None:
    id_ = (await case.request())["id"]
    others = [case.author, case.manager, case.outsider]
    others += [await somebody(case.site, role) for role in PlatformRole if role not in ("SAFEGUARDING", "DPO")]
    calls = [(REQUEST, {"input": case.wanted()}), (APPROVE, {"id": id_}), (REVOKE, {"id": id_})]
    calls.append((REVIEW, {"input": {"disclosureId": id_, "outcome": "JUSTIFIED"}}))
    for document, variables in calls:
        for who in [*others, *([case.officer] if document in (REQUEST, APPROVE) else [])]:
            answer = (await case.site.post(document, who.token, **variables)).json()
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"], answer
    refused = (await case.site.post(calls[3][0], case.asker.token, **calls[3][1])).json()
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert (await case.row(id_))["approved_at"] is None


async def test_p09_nobody_else_lists_or_finds_one(case: Case) -> None:
    id_ = await case.made(**WITHHELD)
    for who in [case.author, case.outsider, await somebody(case.site, PlatformRole.ADMIN)]:
        answer = (await case.site.post(LIST, who.token)).json()
        assert answer["data"] == {"disclosures": None}
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        assert await case.site.ask(NODE, who.token, id=id_) is None


async def test_p09_whoever_asked_never_approves(case: Case) -> None:
    """P09: not by the API, and not past it either."""
    waiting = await case.request()
    assert waiting["status"] == "REQUESTED"
    assert waiting["viewerCan"] == {"approve": False, "revoke": True, "review": False, "withhold": False}
    assert await case.site.problem(APPROVE, case.asker.token, id=waiting["id"]) == "NOT_ALLOWED"
    row = await case.row(waiting["id"])
    for approver in (row["requested_by"], None):
        with pytest.raises(asyncpg.CheckViolationError):
            await case.site.connection.execute(
                "update disclosure set approved_by = $2, approved_at = now(), expires_at = now() + interval '1 hour'"
                " where id = $1",
                *(row["id"], approver),
            )


async def test_p09_what_was_approved_is_not_changed_behind_their_backs(case: Case) -> None:
    row = await case.row(await case.made())
    changes = (
        "fields = array['Account.id', 'Account.email', 'Account.postcode']", "expires_at = now() + interval '3 days'",
        f"organisation_id = {await _other_police(case)}", f"requested_by = '{case.officer.person.id}'",
        f"account_id = '{case.officer.person.id}'",
    )  # fmt: skip
    for change in changes:
        with pytest.raises(asyncpg.CheckViolationError):
            await case.site.connection.execute(f"update disclosure set {change} where id = $1", row["id"])
    await case.site.ask(REVOKE, case.asker.token, id=f"Disclosure:{row['id']}")
    with pytest.raises(asyncpg.CheckViolationError):
        await case.site.connection.execute("update disclosure set revoked_at = null where id = $1", row["id"])


async def _other_police(case: Case) -> int:
    return int(await case.site.connection.fetchval("select min(id) from organisation"))


FAR = (datetime.now(UTC) + timedelta(days=8)).isoformat()
PAST = (datetime.now(UTC) - timedelta(hours=1)).isoformat()


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"fields": []}, "fields", "INVALID"),
        ({"fields": ["Account.demographics"]}, "fields", "INVALID"),
        ({"fields": ["Account.email", "*"]}, "fields", "INVALID"),
        ({"fields": ["Story.original"]}, "fields", "INVALID"),
        ({"grounds": " \n"}, "grounds", "INVALID"),
        ({"grounds": "x" * 2_001}, "grounds", "TOO_LONG"),
        ({"expiresAt": FAR}, "expiresAt", "INVALID"),
        ({"expiresAt": PAST}, "expiresAt", "INVALID"),
        ({"withholdUntil": FAR}, "withholdUntil", "INVALID"),
        ({"withholdReason": "x"}, "withholdUntil", "INVALID"),
        ({"withholdUntil": PAST, "withholdReason": "x"}, "withholdUntil", "INVALID"),
        ({"recipientOrganisationId": "Organisation:999999"}, "recipientOrganisationId", "NOT_FOUND"),
        ({"storyId": "Story:999999"}, "storyId", "NOT_FOUND"),
        ({"storyId": None}, "storyId", "INVALID"),
        ({"accountId": "Account:00000000-0000-4000-8000-000000000001"}, "storyId", "INVALID"),
    ],
)
async def test_what_can_not_be_asked_for(case: Case, given: dict[str, Any], field: str, code: str) -> None:
    before = await case.site.connection.fetchval("select count(*) from disclosure")
    made = await case.site.ask(REQUEST, case.asker.token, input=case.wanted(**given))
    assert [(p["field"], p["code"]) for p in made["problems"]] == [(field, code)]
    assert made["disclosure"] is None
    assert await case.site.connection.fetchval("select count(*) from disclosure") == before


async def test_an_account_is_asked_for_with_the_purpose_only(case: Case) -> None:
    wanted = {**case.wanted("Account.email"), "storyId": None, "accountId": case.account}
    assert await case.site.problem(REQUEST, case.asker.token, input=wanted) == "NOT_FOUND"
    own = {**wanted, "accountId": f"Account:{case.asker.person.id}"}
    assert await case.site.problem(REQUEST, case.asker.token, input=own) == "NOT_ALLOWED"
    stated = {"Candour-Purpose": "safeguarding; ref=CASE-9"}
    story = {**wanted, "fields": ["Story.author"]}
    refused = (await case.site.post(REQUEST, case.asker.token, stated, input=story)).json()
    assert refused["data"]["requestDisclosure"]["problems"][0]["code"] == "INVALID"
    made = (await case.site.post(REQUEST, case.asker.token, stated, input=wanted)).json()
    made = made["data"]["requestDisclosure"]["disclosure"]
    assert made["fields"] == ["Account.email", "Account.id"]
    await case.site.ask(APPROVE, case.approver.token, id=made["id"])
    seen = await case.seen(case.manager)
    assert seen["node"] == {"id": case.account, "email": EMAIL} | dict.fromkeys(
        ("createdAt", "penName", "postcode", "ipAddresses", "readingHistory", "similarExperiences")
    )
    # The story is not told with it: it is the public row that everybody sees.
    assert seen["story"]["body"] is seen["story"]["author"] is None


async def test_of_a_story_that_is_nobodys_or_gone_nothing_is_disclosed(case: Case) -> None:
    await case.site.connection.execute("update story set author_id = null where id = $1", case.number)
    assert await case.site.problem(REQUEST, case.asker.token, input=case.wanted()) == "NOT_ALLOWED"


async def test_p09_it_opens_what_it_names_while_it_is_active(case: Case) -> None:
    before = await case.seen(case.manager)
    assert before["node"] is before["story"]["body"] is before["story"]["author"] is None
    waiting = await case.request("Story.author", "Account.email", "Story.postcode")
    assert waiting["fields"] == ["Account.email", "Account.id", "Story.author", "Story.postcode"]
    assert await case.seen(case.manager) == before
    answer = await case.site.ask(APPROVE, case.approver.token, id=waiting["id"])
    made = answer["disclosure"]
    assert (made["status"], made["grounds"]) == ("ACTIVE", GROUNDS)
    assert _hours(made["approvedAt"], made["expiresAt"]) == 24
    assert _hours(made["approvedAt"], made["reviewDueAt"]) == 7 * 24
    seen = await case.seen(case.manager)
    assert seen["story"]["body"] == "canary-body"
    assert seen["story"]["postcode"] == PRIVATE["Account.postcode"]
    assert seen["story"]["ipAddress"] is None
    assert seen["story"]["author"] == {
        "id": case.account, "createdAt": None, "penName": None, "email": EMAIL, "postcode": None,
    }  # fmt: skip
    for who in (case.outsider, await manager_of(case.site, case.police, "RESPONDER")):
        assert await case.seen(who) == before
    assert await case.site.problem(APPROVE, case.approver.token, id=waiting["id"]) == "ALREADY_DONE"
    await case.age(waiting["id"], "25 hours")
    assert await case.seen(case.manager) == before
    assert (await case.site.post(LIST, case.manager.token)).json()["data"] == {"disclosures": None}


def _hours(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)) / timedelta(hours=1)


async def test_p09_it_ends_at_once(case: Case) -> None:
    before = await case.seen(case.manager)
    id_ = await case.made()
    assert await case.seen(case.manager) != before
    ended = await case.site.ask(REVOKE, case.asker.token, id=id_)
    assert ended == {"disclosure": {"id": id_, "status": "REVOKED"}, "problems": []}
    assert await case.seen(case.manager) == before
    for who in (case.asker, case.officer):
        assert await case.site.problem(REVOKE, who.token, id=id_) == "ALREADY_DONE"


async def test_a_request_that_nobody_approves_lapses(case: Case) -> None:
    id_ = (await case.request())["id"]
    await case.age(id_, "7 days")
    assert await case.site.problem(APPROVE, case.approver.token, id=id_) == "NOT_ALLOWED"
    listed = await case.site.ask(LIST, case.officer.token, filter={"waiting": False})
    assert {"id": id_, "status": "LAPSED"} in [{"id": n["id"], "status": n["status"]} for n in listed["nodes"]]


async def test_two_at_once_approve_it_once(case: Case) -> None:
    id_ = (await case.request())["id"]
    third = await somebody(case.site, PlatformRole.SAFEGUARDING)
    answers = await asyncio.gather(*(case.site.problem(APPROVE, who.token, id=id_) for who in (case.approver, third)))
    assert sorted(map(str, answers)) == ["ALREADY_DONE", "None"]


async def test_p14_its_person_sees_it_unless_it_is_withheld(case: Case) -> None:
    mine = "{ viewer { account { disclosures { id status fields grounds recipient { id } note } } } }"
    plain, secret = await case.made(), await case.made(**WITHHELD)
    await case.request()
    await case.seen(case.manager)
    found = (await case.site.ask(mine, case.author.token))["account"]["disclosures"]
    assert [(d["id"], d["grounds"], d["fields"]) for d in found] == [
        (plain, GROUNDS, ["Account.email", "Account.id", "Story.author"])
    ]
    assert await case.site.ask(NODE, case.author.token, id=secret) is None
    shown = {"input": {"disclosureId": secret, "withholdUntil": None}}
    assert (await case.site.ask(REVIEW, case.officer.token, **shown))["problems"] == []
    found = (await case.site.ask(mine, case.author.token))["account"]["disclosures"]
    assert [d["id"] for d in found] == [secret, plain]


async def test_p09_the_officer_reviews_it_once(case: Case) -> None:
    waiting = (await case.request())["id"]
    review = {"disclosureId": waiting, "outcome": "TOO_WIDE", "note": "The pen name was not needed."}
    assert await case.site.problem(REVIEW, case.officer.token, input=review) == "NOT_ALLOWED"
    assert await case.site.problem(REVIEW, case.officer.token, input={"disclosureId": waiting}) == "INVALID"
    await case.site.ask(APPROVE, case.approver.token, id=waiting)
    due = await case.site.ask(LIST, case.officer.token, filter={"toReview": True, "overdue": False})
    assert waiting in [node["id"] for node in due["nodes"]]
    done = (await case.site.ask(REVIEW, case.officer.token, input=review))["disclosure"]
    assert (done["outcome"], done["note"], done["overdue"]) == ("TOO_WIDE", review["note"], False)
    assert await case.site.problem(REVIEW, case.officer.token, input=review) == "ALREADY_DONE"
    withheld = await case.site.ask(REVIEW, case.officer.token, input={"disclosureId": waiting, **WITHHELD})
    assert withheld["disclosure"]["withheldReason"] == "They share a home."
    due = await case.site.ask(LIST, case.officer.token, filter={"toReview": True})
    assert waiting not in [node["id"] for node in due["nodes"]]


async def test_a_late_review_is_flagged(case: Case) -> None:
    id_ = await case.made()
    await case.age(id_, "8 days")
    late = await case.site.ask(LIST, case.officer.token, filter={"overdue": True})
    assert id_ in [node["id"] for node in late["nodes"]]


async def test_every_step_and_every_use_is_on_the_audit_log(case: Case) -> None:
    """P09, P14: who, whose, which fields: never a value."""
    id_ = await case.made()
    await case.seen(case.manager)
    await case.site.ask(REVOKE, case.officer.token, id=id_)
    await case.site.ask(REVIEW, case.officer.token, input={"disclosureId": id_, "outcome": "JUSTIFIED"})
    events = await case.events(id_)
    named = ["Account.email", "Account.id", "Story.author"]
    steps = [(e["account_id"], e["fields"]) for e in events if e["kind"] == "DISCLOSURE"]
    assert steps == [
        (case.asker.person.id, ["Disclosure.request", *named]),
        (case.approver.person.id, ["Disclosure.approve", *named]),
        (case.officer.person.id, ["Disclosure.revoke", *named]),
        (case.officer.person.id, ["Disclosure.review", *named]),
    ]
    reads = {(e["subject"], *sorted(e["fields"])) for e in events if e["kind"] == "READ"}
    assert reads == {
        (f"Story:{case.number}", "Story.author"),
        (case.account, "Account.email", "Account.id"),
    }
    assert {e["account_id"] for e in events if e["kind"] == "READ"} == {case.manager.person.id}
    assert {e["organisation_id"] for e in events if e["kind"] == "READ"} == {case.police}
    assert {e["person_id"] for e in events} == {case.author.person.id}
    assert not any(value in str([*map(tuple, events)]) for value in [*PRIVATE.values(), "canary-"])


async def test_p14_a_withheld_disclosure_is_not_told_by_who_looked_either(case: Case) -> None:
    log = "{ viewer { account { accessLog { totalCount nodes { fields organisation { id } reasons } } } } }"
    id_ = await case.made(**WITHHELD)
    await case.seen(case.manager)
    assert (await case.site.ask(log, case.author.token))["account"]["accessLog"] == {"totalCount": 0, "nodes": []}
    await case.age(id_, "31 days")
    found = (await case.site.ask(log, case.author.token))["account"]["accessLog"]
    assert {node["organisation"]["id"] for node in found["nodes"]} == {f"Organisation:{case.police}"}
    assert found["totalCount"] == 3


async def test_p09_the_e_mails_hold_nothing_private(case: Case) -> None:
    """P09: the recipient and those who decide are told a number and where to read."""
    id_ = await case.made()
    number = str((await case.row(id_))["number"])
    await case.site.ask(REVOKE, case.asker.token, id=id_)
    told = await case.mails(case.manager)
    assert [mail["template"] for mail in told] == ["disclosure_made", "disclosure_ended"]
    asked = [mail for mail in await case.mails(case.approver) if mail["number"] == number]
    assert [mail["template"] for mail in asked] == ["disclosure_requested"]
    assert {mail["link"] for mail in told + asked} == {f"http://candour.test/disclosures/{number}"}
    assert all(set(mail) == {"template", "to", "number", "until", "link"} for mail in told + asked)
    assert {mail["to"] for mail in told} == {case.manager.person.email}
    assert await case.mails(case.author) == await case.mails(case.outsider) == []
