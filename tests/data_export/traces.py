"""Rows of every kind about one person, with values that are found again."""

from secrets import randbelow
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from models.secret import PersonKey, token_hash

CLIENT, NEW_EMAIL, FACTOR = "Firefox-canary 7f3a", "next-4711@people.example", "SECONDFACTORSECRET22"
COMPLAINT = {
    "email": "answers-5812@people.example",
    "body": '=HYPERLINK("http://bad.example") my complaint canary-a1',
    "extension_reason": "It takes longer: canary-b2",
    "outcome": "We are sorry: canary-c3",
}
FORMULA = "+44 canary-d4"
MAIL = "mail-content-canary-e5"
REFERENCE = "CASE-canary-f6"
WAITING = "waiting-story-canary-g7"
TOLD = (CLIENT, NEW_EMAIL, WAITING, *COMPLAINT.values())
UNTOLD = (FACTOR, MAIL, REFERENCE)


async def leave(connection: asyncpg.Connection, key: PersonKey, person: UUID, reader: UUID) -> None:
    """Everything that can be held about a person and is not in the demo world; somebody else read their data."""
    complaint, session, mail = uuid4(), uuid4(), uuid4()
    sealed = {name: key.encrypt(text, f"complaint.{name}:{complaint}") for name, text in COMPLAINT.items()}
    await _insert(
        connection, "complaint", id=complaint, account_id=person, kind="COMPLAINT", **sealed,
        received_at="now()", due_at="now()", extended_at="now()", answered_at="now()",
    )  # fmt: skip
    await _insert(
        connection, "session", id=session, account_id=person, token_hash=token_hash("unknown"),
        client=key.encrypt(CLIENT, f"session.client:{session}"), created_at="now()", expires_at="now()",
    )  # fmt: skip
    secret = key.encrypt(FACTOR, f"second_factor.secret:{person}")
    await _insert(
        connection, "second_factor", account_id=person, secret=secret, created_at="now()", last_step=59_000_000
    )
    email = key.encrypt(NEW_EMAIL, f"email_change.email:{person}")
    await _insert(
        connection, "email_change", account_id=person, email=email, email_hash=b"hash",
        requested_at="now()", expires_at="now()",
    )  # fmt: skip
    link, waiting = uuid4(), uuid4()
    await _insert(
        connection, "confirmation", id=link, account_id=person, kind="SUBMIT_STORY", token_hash=token_hash("other"),
        created_at="now()", expires_at="now()",
    )  # fmt: skip
    sent = key.encrypt(WAITING, f"waiting_story.content:{waiting}")
    await _insert(
        connection, "waiting_story", id=waiting, account_id=person, confirmation_id=link, content=sent, sent_at="now()"
    )
    content = key.encrypt(MAIL, f"mail.content:{mail}")
    await _insert(connection, "mail", id=mail, account_id=person, template="email_changed", content=content)
    await _insert(connection, "correction", account_id=person, field=FORMULA)
    await _be_told(connection, person)
    await _be_read(connection, person, reader)


async def _be_read(connection: asyncpg.Connection, person: UUID, reader: UUID) -> None:
    """Somebody read something of theirs, and they read something of that person."""
    for who, whose in ((reader, person), (person, reader)):
        await _insert(
            connection, "audit_event", account_id=who, person_id=whose, roles=["DPO"], purpose="complaint",
            reference=REFERENCE, subject=f"Account:{whose}", fields=["Account.email"], reasons=["P14 to answer"],
            lane=0, position=randbelow(2**60), seal=b"a seal",
        )  # fmt: skip


async def _be_told(connection: asyncpg.Connection, person: UUID) -> None:
    """E-mails that they do not want, an alert of theirs, and a story that met it; and what happened to a story."""
    await _insert(connection, "event", kind="STORY_WITHDRAWN", number=7)
    await _insert(connection, "mail_refusal", account_id=person, topic="SIMILAR")
    alert = uuid4()
    await _insert(connection, "alert", id=alert, account_id=person, name="Ward 7: canary-h8", frequency="DAILY")
    await _insert(connection, "alert_match", alert_id=alert, story_id=7, due_at="now()")


async def _insert(connection: asyncpg.Connection, table: str, **values: Any) -> None:
    given = {name: value for name, value in values.items() if value != "now()"}
    places = [f"${number}" for number in range(1, len(given) + 1)]
    times = [name for name in values if name not in given]
    columns = ", ".join([*given, *times])
    await connection.execute(
        f"insert into {table} ({columns}) values ({', '.join([*places, *['now()'] * len(times)])})", *given.values()
    )
