"""Who looked at my data (P14): each reading is on the log of the person whose data it was, and on nobody else's."""

from uuid import uuid4

import asyncpg
import pytest

from models.account import PlatformRole
from models.database.connection import normalise
from operations.audit import Entry, Reading
from policies.plan import Policies
from policies.viewer import Anonymous, Member, Purpose, all_kinds
from schema.api import fields
from tests.audit.log import Log

SAFEGUARDING, ABUSE, REQUEST, COMPLAINT = (
    Purpose.SAFEGUARDING, Purpose.ABUSE, Purpose.RIGHTS_REQUEST, Purpose.COMPLAINT,
)  # fmt: skip
ACCOUNT = '{{ node(id: "Account:{person}") {{ ... on Account {{ {asked} }} }} }}'
READINGS = [
    ("safeguarding", SAFEGUARDING, "{{ story(number: 1) {{ postcode }} }}", ["Story.postcode"]),
    ("safeguarding", SAFEGUARDING, "{{ story(number: 1) {{ author {{ id }} }} }}", ["Account.id", "Story.author"]),
    (
        "safeguarding",
        SAFEGUARDING,
        ACCOUNT.replace("{asked}", "a: email b: postcode"),
        ["Account.email", "Account.postcode"],
    ),
    ("abuse", ABUSE, "{{ story(number: 1) {{ ipAddress }} }}", ["Story.ipAddress"]),
    (
        "abuse",
        ABUSE,
        ACCOUNT.replace("{asked}", "ipAddresses {{ address }}"),
        ["Account.ipAddresses", "IpAddressUse.address"],
    ),
    ("dpo", REQUEST, ACCOUNT.replace("{asked}", "consents {{ granted }}"), ["Account.consents", "Consent.granted"]),
    (
        "dpo",
        COMPLAINT,
        ACCOUNT.replace("{asked}", "accessLog(first: 1) {{ nodes {{ purpose }} }}"),
        ["AccessLogEntry.purpose", "Account.accessLog"],
    ),
    ("dpo", COMPLAINT, '{{ node(id: "{complaint}") {{ ... on Complaint {{ body email }} }} }}', ["Complaint.email"]),
]
AUDITED = {
    "Account", "AccessLogEntry", "AuditEvent", "Change", "Complaint", "Consent", "IpAddressUse", "Reading", "Response",
    "Story",
}  # fmt: skip


async def _asked(log: Log, query: str) -> str:
    """The query about `author@`."""
    person = await log.person("author")
    complaint = await log.reader.fetchval("select id from complaint where account_id = $1 limit 1", person)
    return query.format(person=person, complaint=f"Complaint:{complaint}")


@pytest.mark.parametrize(
    ("name", "purpose"),
    [
        ("", None),
        *(
            (name, None)
            for name in ("member", "staff", "manager", "moderator", "safeguarding", "abuse", "dpo", "admin")
        ),
        ("safeguarding", SAFEGUARDING),
        ("abuse", ABUSE),
    ],
)
async def test_p14_nobody_else_sees_who_looked(log: Log, name: str, purpose: Purpose | None) -> None:
    viewer = await log.member(name, purpose) if name else Anonymous()
    found = await log.ask(viewer, await _asked(log, ACCOUNT.replace("{asked}", "id accessLog {{ totalCount }}")))
    assert found["node"] is None or found["node"]["accessLog"] is None
    assert "Account.accessLog" not in str(await log.events())


@pytest.mark.parametrize(("name", "purpose", "query", "expected"), READINGS, ids=lambda value: str(value)[:40])
async def test_p14_a_reading_is_on_the_log_of_the_person(
    log: Log, name: str, purpose: Purpose, query: str, expected: list[str]
) -> None:
    """P14: which fields, in which role, for which purpose, by which rules, and when; never who, and never a case."""
    others = await log.seen_by("member")
    before = await log.seen_by("author")
    reading = await log.member(name, purpose)
    await log.ask(reading, await _asked(log, query))
    events, entries = await log.events(), await log.seen_by("author")
    new = entries[: len(entries) - len(before)]
    assert entries[len(new) :] == before
    assert sorted({field for entry in new for field in entry["fields"]}) == expected
    person = await log.person("author")
    assert [(event["person_id"], event["account_id"]) for event in events] == [(person, reading.account_id)] * len(new)
    for entry in new:
        assert (entry["roles"], entry["organisation"], entry["purpose"]) == ([name.upper()], None, purpose.value)
        assert all(reason.startswith("P") for reason in entry["reasons"])
        assert entry["reasons"]
        assert entry["happenedAt"]
    for secret in (str(reading.account_id), "CASE-12", f"{name}@demo.example"):
        assert secret not in str(entries)
    assert await log.seen_by("member") == others


async def test_p14_rows_of_many_people_are_on_the_log_of_each(log: Log) -> None:
    found = await log.ask(await log.member("abuse", ABUSE), "{ stories(first: 40) { nodes { id ipAddress } } }")
    read = {node["id"] for node in found["stories"]["nodes"] if node["ipAddress"]}
    events = {event["subject"]: event["person_id"] for event in await log.events()}
    assert set(events) == read
    for subject, person in events.items():
        number = int(subject.partition(":")[2])
        assert person == await log.reader.fetchval("select author_id from story where id = $1", number)
    assert len(set(events.values())) > 5


@pytest.mark.parametrize(
    ("name", "purpose"),
    [("author", None), ("safeguarding", SAFEGUARDING), ("abuse", ABUSE), ("dpo", REQUEST), ("dpo", COMPLAINT)],
)
async def test_reading_one_s_own_data_writes_nothing(log: Log, name: str, purpose: Purpose | None) -> None:
    query = """{ viewer { account { email postcode ipAddresses { address } consents { purpose } complaints { email }
        accessLog { nodes { fields } } stories { nodes { author { id } postcode ipAddress } } } } }"""
    found = await log.ask(await log.member(name, purpose), query)
    assert found["viewer"]["account"]["email"] == f"{name}@demo.example"
    assert await log.events() == []


async def test_the_reader_s_organisation_is_told(log: Log) -> None:
    who = await log.person("staff")
    reader = Member(who, frozenset({PlatformRole.SAFEGUARDING}), staff=True, purpose=SAFEGUARDING)
    await log.ask(reader, "{ story(number: 1) { postcode } }")
    named = "select name from membership join organisation on organisation.id = organisation_id where account_id = $1"
    entry, *_ = await log.seen_by("author")
    assert entry["organisation"] == {"name": await log.reader.fetchval(named, who)}


@pytest.mark.parametrize(
    "subject",
    [
        "", ":", "Account", "Account:", "Account:x", "Story:", "Story:-1", "Story:9999999999", "Story:1'--", "Story:1\n",
        "Story:99999999999999999999", "Complaint:1", "Account:00000000000000000000000000000000", "Response:x",
        "Account:4efd8088-dc0a-4a96-b52b-b73d076b6c36x", "Tag:1", "Story:０",
    ],
)  # fmt: skip
async def test_a_subject_that_names_nobody_is_on_nobody_s_log(log: Log, subject: str) -> None:
    dpo = await log.member("dpo", COMPLAINT)
    await log.journal.write([Entry.reading(dpo, Reading(subject, ("Story.postcode",), ("P02 x",)))])
    (event,) = await log.events()
    assert (event["subject"], event["person_id"]) == (subject, None)


async def test_a_story_of_an_erased_author_and_a_stranger_s_complaint_are_nobody_s(log: Log) -> None:
    """P18: such entries name no person."""
    story = await log.reader.fetchval("select id from story where author_id is null limit 1")
    complaint = await log.reader.fetchval("select id from complaint where account_id is null limit 1")
    readings = [Reading(subject, ("x",), ("P14 x",)) for subject in (f"Story:{story or 0}", f"Complaint:{complaint}")]
    dpo = await log.member("dpo", COMPLAINT)
    await log.journal.write([Entry.reading(dpo, reading) for reading in readings])
    assert [event["person_id"] for event in await log.events()] == [None, None]


def test_what_a_purpose_opens_is_always_somebody_s() -> None:
    """A type that a purpose opens must lead to its person; whoever adds one adds how."""
    policies, types = Policies.load(), fields()
    opened = {
        type_name
        for kind in all_kinds()
        for type_name, named in types.items()
        for field in named
        if policies.plan(kind).audited(type_name, field)
    }
    assert opened == AUDITED


async def test_an_index_serves_the_pages_of_a_log(demo: str) -> None:
    """The latest entries of a person, without a look at anybody else's."""
    settings = {"enable_seqscan": "off", "enable_bitmapscan": "off"}
    connection = await asyncpg.connect(normalise(demo), server_settings=settings)
    page = f"select * from audit_event where person_id = '{uuid4()}' and id < 100 order by id desc limit 21"
    try:
        plan = "\n".join(row[0] for row in await connection.fetch(f"explain {page}"))
    finally:
        await connection.close()
    assert "Index Scan Backward using ix_audit_event_person_id" in plan
    assert "Sort" not in plan
