"""What somebody wrote in confidence: it is in no log, goes with their account, and is nobody else's to hold up."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database.connection import engine, session_factory
from models.mail import Mail
from operations.complaint import readdress
from operations.key import person_key
from operations.mail.render import Sender, render
from schema.endpoint import log
from tests.complaint.test_complaint import ANSWER, BODY, COMPLAIN, EXTEND, complain, mailed, new_email, of, officer
from tests.session.site import PASSWORD, Site

ERASE = "mutation($password: String!) { eraseAccount(password: $password) { problems { field code } } }"
WAITING = "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')"
LEFT = """
select (select count(*) from complaint where id = $1) + (select count(*) from person_key where id in ($1, $2))
    + (select count(*) from mail where coalesce(account_id, complaint_id) in ($1, $2))
"""
EMAIL = "{ viewer { account { complaints { number email } } } }"


@pytest.fixture
async def session(complaints: str) -> AsyncIterator[AsyncSession]:
    """A transaction of an operation, committed in the end."""
    own = engine(complaints, 1)
    async with session_factory(own).begin() as opened:
        yield opened
    await own.dispose()


def _key(id_: str) -> UUID:
    return UUID(id_.partition(":")[2])


async def test_p19_a_request_is_not_extended_after_its_deadline(site: Site) -> None:
    """P19: the person is told before the first month is over, or not at all."""
    number = (await complain(site, kind="ACCESS", email=new_email()))["number"]
    late = "update complaint set due_at = statement_timestamp() where number = $1"
    await site.connection.execute(late, number)
    (_, dpo), row = await officer(site), await of(site, number)
    assert await site.problem(EXTEND, dpo, id=f"Complaint:{row['id']}", reason="Late") == "NOT_ALLOWED"
    assert (await of(site, number))["extended_at"] is None


async def test_strangers_do_not_use_up_somebody_s_attempts(site: Site) -> None:
    """P19: whoever is signed in can complain, whatever others sent in the name of their email."""
    person = await site.person()
    for _ in range(5):
        await complain(site, email=person.email.upper())
    assert await site.problem(COMPLAIN, input={"body": BODY, "email": person.email}) == "TOO_MANY_ATTEMPTS"
    token = await site.sign_in(person)
    await complain(site, token)
    await complain(site, token, email=person.email.title())


async def test_the_answer_is_the_same_whether_an_email_is_known(site: Site) -> None:
    """P01: nobody is looked up, and a complaint in somebody's name is not theirs."""
    person = await site.person()
    known, unknown = (await complain(site, email=person.email)), (await complain(site, email=new_email()))
    assert known | {"number": 0} == unknown | {"number": 0}
    assert (await of(site, known["number"]))["account_id"] is None
    assert (await site.ask(EMAIL, await site.sign_in(person)))["account"]["complaints"] == []
    assert await mailed(site, person.id) == {}


async def test_p18_complaints_go_with_their_account(site: Site) -> None:
    """P18: so do the e-mails about them, and the key."""
    person, (_, dpo) = await site.person(), await officer(site)
    token = await site.sign_in(person)
    mine = (await complain(site, token, kind="OBJECTION"))["complaint"]["id"]
    await site.ask(EXTEND, dpo, id=mine, reason="Many files")
    await site.ask(ANSWER, dpo, id=mine, outcome="Done")
    assert await site.connection.fetchval(LEFT, _key(mine), person.id) == 5
    assert await site.problem(ERASE, token, password=PASSWORD) is None
    assert await site.connection.fetchval(LEFT, _key(mine), person.id) == 0
    assert await site.problem(ANSWER, dpo, id=mine, outcome="Too late") == "NOT_FOUND"


async def test_p18_an_answer_that_waits_for_an_erasure_is_not_written(site: Site) -> None:
    """P18: nor does one wait for the other for ever."""
    person, (_, dpo) = await site.person(), await officer(site)
    mine = (await complain(site, await site.sign_in(person)))["complaint"]["id"]
    async with site.connection.transaction():
        await site.connection.execute("select from account where id = $1 for update", person.id)
        answering = asyncio.create_task(site.problem(ANSWER, dpo, id=mine, outcome="Too late"))
        while not await site.connection.fetchval(WAITING):
            await site.connection.execute("select pg_sleep(0.01)")
        await site.connection.execute("delete from account where id = $1", person.id)
    assert await answering == "NOT_FOUND"
    assert await site.connection.fetchval(LEFT, _key(mine), person.id) == 0


async def test_p15_what_goes_to_a_corrected_email_goes_to_the_new_one(site: Site, session: AsyncSession) -> None:
    """P15: but what was to go to another address still does."""
    person = await site.person()
    token, other = await site.sign_in(person), new_email()
    await complain(site, token)
    await complain(site, token, email=other)
    key = await person_key(session, site.keyring, person.id)
    await readdress(session, key, person.id, person.email, "new@people.example")
    await session.commit()
    found = (await site.ask(EMAIL, token))["account"]["complaints"]
    assert [complaint["email"] for complaint in found] == [other, "new@people.example"]


@pytest.fixture
def logged() -> Iterator[BytesIO]:
    """The log while a test runs."""
    output = BytesIO()
    log.configure("debug", output)
    yield output
    log.configure("info")


async def test_what_was_written_is_in_no_log_and_in_no_error(site: Site, logged: BytesIO) -> None:
    """P27: neither when it is taken nor when it is refused; the audit log holds no value either."""
    email, (_, dpo) = f"canary-{uuid4().hex[:9]}@people.example", await officer(site)
    taken = await complain(site, kind="CORRECTION", email=email)
    id_ = f"Complaint:{(await of(site, taken['number']))['id']}"
    document = "query($id: ID!) { node(id: $id) { ... on Complaint { email } } }"
    read = await site.post(document, dpo, {"Candour-Purpose": "complaint"}, id=id_)
    assert read.json()["data"]["node"]["email"] == email
    answers = [
        (await site.post(query, token, **variables)).text
        for query, token, variables in (
            (COMPLAIN, None, {"input": {"body": BODY, "email": f"{email} {email}"}}),
            (COMPLAIN, None, {"input": {"body": f"{BODY}\x07", "email": email}}),
            (COMPLAIN, None, {"input": {"body": BODY * 300, "email": email}}),
            (EXTEND, dpo, {"id": id_, "reason": "canary-reason " * 300}),
            (ANSWER, dpo, {"id": id_, "outcome": "canary-outcome"}),
            (ANSWER, dpo, {"id": id_, "outcome": "canary-second"}),
        )
    ]
    assert [place for place, text in enumerate(answers) if "canary" in text] == [4]
    assert b'"event":"request"' in logged.getvalue()
    assert b"canary" not in logged.getvalue()
    audited = await site.connection.fetch("select audit_event::text from audit_event where subject = $1", id_)
    assert len(audited) == 1
    assert "canary" not in str(audited)


@pytest.mark.parametrize("template", ["complaint_received", "complaint_extended", "complaint_answered"])
def test_no_subject_of_an_e_mail_says_what_was_written(template: str) -> None:
    """P19: only the number."""
    mail = Mail(id=uuid4(), template=template, queued_at=datetime.now(UTC), complaint_id=uuid4())
    values = {"number": "7", "kind": "a complaint", "due": "4 May 2026", "reason": "canary", "outcome": "canary"}
    message = render(mail, "canary@people.example", values, Sender("Candour <no-reply@x.example>", "https://x.example"))
    assert "canary" not in message["Subject"]
    assert "7" in message["Subject"]
