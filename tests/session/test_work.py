"""What signing in costs: the same for known and unknown emails, and little for who is signed in."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from models.database.connection import engine, session_factory
from models.secret import Keyring
from operations import session as sessions
from operations.password import PASSWORDS
from operations.problem import ProblemError
from operations.session import Rules
from operations.sign_in import Credentials, sign_in
from schema.endpoint.application import Application
from tests.session.site import ME, PASSWORD, Site

WRONG = "not the password"


@pytest.fixture
async def opened(people: str) -> AsyncIterator[AsyncEngine]:
    """An engine on the site's database."""
    made = engine(people)
    yield made
    await made.dispose()


@contextmanager
def statements(opened: AsyncEngine) -> Iterator[list[str]]:
    """What is sent to the database, commits and rollbacks as well."""
    heard: list[str] = []
    sync = opened.sync_engine

    def before(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        heard.append(statement)

    def commit(_conn: object) -> None:
        heard.append("commit")

    event.listen(sync, "before_cursor_execute", before)
    event.listen(sync, "commit", commit)
    yield heard
    event.remove(sync, "before_cursor_execute", before)
    event.remove(sync, "commit", commit)


async def test_unknown_emails_and_unfinished_accounts_cost_what_a_wrong_password_costs(
    site: Site, opened: AsyncEngine, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    verify = PASSWORDS.verify_and_update

    def counted(password: str, stored: str) -> tuple[bool, str | None]:
        hashed.append(stored.rpartition("$")[0].rpartition("$")[0])
        return verify(password, stored)

    monkeypatch.setattr(PASSWORDS, "verify_and_update", counted)
    known, unverified, (secured, *_) = await site.person(), await site.person(verified=False), await site.secured()
    hashed.clear()
    sent: list[list[str]] = []
    answers: set[tuple[str, str]] = set()
    for email in (known.email, unverified.email, secured.email, "nobody@people.example"):
        credentials = Credentials(email, WRONG, "123456", site.address)
        with statements(opened) as heard, pytest.raises(ProblemError) as caught:
            await sign_in(session_factory(opened).begin, keyring, Rules(), credentials)
        sent.append(heard)
        answers.add((caught.value.code, caught.value.message))
    assert len(answers) == 1
    assert sent[0] == sent[1] == sent[2] == sent[3]
    assert len(sent[0]) > 3
    assert (len(hashed), len(set(hashed))) == (4, 1)


async def test_a_signed_in_query_is_two_statements(site: Site, strict: Application) -> None:
    token = await site.sign_in(await site.person())
    await site.ask(ME, token)
    pool: Any = strict.executor.pool
    sent: list[str] = []
    connections = [connection for connection in pool._idle if connection]
    for connection in connections:
        connection.add_query_logger(lambda record: sent.append(record.query))
    await site.ask(ME, token)
    await site.ask(ME, token)
    # The loggers hear of a statement a turn of the event loop later.
    await asyncio.sleep(0.05)
    for connection in connections:
        connection._query_loggers.clear()
    assert len(sent) == 4
    assert sent.count(sessions.WHOSE) == 2


async def test_signing_in_is_ten_statements_at_most(site: Site, opened: AsyncEngine, keyring: Keyring) -> None:
    person = await site.person()
    with statements(opened) as heard:
        await sign_in(session_factory(opened).begin, keyring, Rules(), Credentials(person.email, PASSWORD))
    assert heard.count("commit") == 3
    assert len([statement for statement in heard if statement != "commit"]) <= 10
