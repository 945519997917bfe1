"""Whatever a worker was at when it was killed, events become matches and e-mails: none lost, none twice (P21, P22)."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from email.message import EmailMessage, Message
from random import Random
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from models.database.connection import normalise
from models.secret import Keyring
from tests.conftest import MASTER_KEY
from tests.mail.box import Postman, serving
from tests.mail.test_kill import ROOT, Workers

STORIES, STAFF, FANS, KILLS = 40, 3, 5, 16
LINK = re.compile(r"/stories/(\d+)")
MADE = (1, 2, 2, 3)
"""Stories about which a change was made; about one there were two."""
# Each worker is told before which of its statements and commits it dies; without a number it does not.
WORKERS = """
import asyncio, json, os, signal, sys
from sqlalchemy import event
from jobs.alert import match_alerts
from jobs.job import Work
from jobs.mail import send_alerts, send_mail
from jobs.similar import JOBS
from models.database.connection import engine, session_factory
from models.secret import Keyring
from operations.alert import match
from operations.mail import alert, similar
from settings import Settings

given = json.loads(os.environ["GIVEN"])
match.match.__defaults__ = (7,)
match.statement()  # reads the policies, once for all workers
alert.BATCH, alert.LISTED, similar.BATCH = 2, 1000, 2

async def main(left):
    opened = engine(given["dsn"], 1)
    def step(*_):
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
    for moment in ("before_cursor_execute", "commit"):
        event.listen(opened.sync_engine, moment, step)
    chosen = Settings(SMTP_URL=given["smtp"], CANDOUR_DATA="/nowhere", CANDOUR_URL="https://candour.example")
    work = Work(session_factory(opened).begin, None, Keyring(given["key"]), chosen)
    for run in (match_alerts, JOBS[0].run, send_alerts, send_mail):
        await run(work)
    await opened.dispose()

for line in sys.stdin:
    pid = os.fork()
    if not pid:
        asyncio.run(main(int(line)))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""
SCENE = """
insert into organisation (name, slug, kind, region) values ('A trust', 'a-trust', 'NHS_TRUST', 'ENGLAND');
insert into service (name, slug, organisation_id, region, specialties)
    select 'A ward', 'a-ward', id, 'ENGLAND', '{}' from organisation;
insert into story (status, region, title, body, age_group, author_role, progress, submitted_at, published_at)
    select 'PUBLISHED', 'ENGLAND', 'A title', 'A text', 'ADULT', 'CARER', 'CHANGE_MADE', now(), now()
    from generate_series(1, STORIES);
insert into story_service (story_id, service_id, position) select id, 1, 0 from story;
insert into response (story_id, organisation_id, body, status, created_at, published_at)
    select id, 1, 'An answer', 'PUBLISHED', now(), now() from story where id < 4;
insert into change (story_id, response_id, organisation_id, kind, description, status, published_at)
    select story_id, id, 1, 'MADE', 'A change', 'PUBLISHED', now() from response;
insert into event (kind, number) select 'STORY_PUBLISHED', id from story where id % 2 = 0;
insert into event (kind, number) select 'STORY_PUBLISHED', id from story where id % 2 = 1;
"""
LEFT = """
select (select count(*) from event, event_reader where (event.transaction, event.id) > (event_reader.transaction, event_id))
    + (select count(*) from alert_match where told_at is null) + (select count(*) from mail where sent_at is null)
"""
SETTLED = "select pg_snapshot_xmin(pg_current_snapshot()) > max(transaction) from event"


class Dying(Workers):
    """Workers of which each is told when to die."""

    async def run(self, moment: int = 0) -> int:
        """How one has ended: 0, or less than 0 for one that was killed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{moment}\n")
        self._process.stdin.flush()
        return int(await asyncio.to_thread(self._process.stdout.readline))


@contextmanager
def dying(given: Mapping[str, str]) -> Iterator[Dying]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "GIVEN": json.dumps(given)}
    command = [sys.executable, "-c", WORKERS]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **pipes) as process:  # type: ignore[call-overload]
        yield Dying(process)


@pytest.fixture
async def connection(database: str) -> AsyncIterator[asyncpg.Connection]:
    opened = await asyncpg.connect(normalise(database))
    yield opened
    await opened.close()


async def _person(connection: asyncpg.Connection, keyring: Keyring, name: str) -> UUID:
    id_ = uuid4()
    wrapped = keyring.new_person_key(str(id_))
    email = keyring.open(wrapped, str(id_)).encrypt(f"{name}@people.example", f"account.email:{id_}")
    await connection.execute("insert into person_key (id, wrapped) values ($1, $2)", id_, wrapped)
    await connection.execute(
        "insert into account (id, created_at, email_verified_at, email) values ($1, now(), now(), $2)", id_, email
    )
    return id_


async def _scene(connection: asyncpg.Connection, keyring: Keyring) -> None:
    """Staff with two alerts each, of which every story meets both; people who marked the first stories."""
    await connection.execute(SCENE.replace("STORIES", str(STORIES)))
    for number in range(STAFF):
        id_ = await _person(connection, keyring, f"staff{number}")
        await connection.execute(
            "insert into membership (account_id, organisation_id, role) values ($1, 1, 'READER')", id_
        )
        for service in (None, 1):
            await connection.execute(
                "insert into alert (id, account_id, name, frequency, service_id) values ($1, $2, 'x', 'AT_ONCE', $3)",
                *(uuid4(), id_, service),
            )
    for number in range(FANS):
        id_ = await _person(connection, keyring, f"fan{number}")
        await connection.execute(
            "insert into similar_experience (account_id, story_id, marked_at, notify)"
            " select $1, id, now(), true from story where id < 4",
            id_,
        )
    for number in MADE:
        await connection.execute("insert into event (kind, number) values ('CHANGE_MADE', $1)", number)


async def _settled(connection: asyncpg.Connection) -> None:
    while not await connection.fetchval(SETTLED):
        await connection.execute("select pg_sleep(0.01)")


def _said(message: Message) -> tuple[str, list[int]]:
    """To whom an e-mail went, and of which stories it told."""
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body is not None
    return message["To"].partition("@")[0], [int(number) for number in LINK.findall(body.get_content())]


async def test_p21_p22_nothing_is_lost_or_told_twice_when_workers_are_killed(
    database: str, connection: asyncpg.Connection, keyring: Keyring, cluster: Any
) -> None:
    """P21, P22: before any statement or commit; an e-mail that comes again has the same Message-ID."""
    await _scene(connection, keyring)
    postman, chance, ended = Postman(), Random(5), list[int]()
    key = (cluster.data / MASTER_KEY).read_text()
    with serving(postman) as smtp, dying({"dsn": database, "smtp": smtp, "key": key}) as workers:
        for _ in range(KILLS):
            await _settled(connection)
            ended.append(await workers.run(chance.randint(1, 40)))
        while await connection.fetchval(LEFT):
            await _settled(connection)
            assert await workers.run() == 0
    assert ended.count(-signal.SIGKILL) > KILLS // 2, ended
    alone = {message["Message-ID"]: _said(message) for message in postman.taken}
    assert len(alone) == await connection.fetchval("select count(*) from mail")
    told = Counter((who, number) for who, numbers in alone.values() for number in numbers)
    assert {who: count for who, count in told.items() if who[0].startswith("staff")} == {
        (f"staff{place}", number): 1 for place in range(STAFF) for number in range(1, STORIES + 1)
    }
    assert {who: count for who, count in told.items() if who[0].startswith("fan")} == {
        (f"fan{place}", number): MADE.count(number) for place in range(FANS) for number in MADE
    }
    assert await connection.fetchval("select count(*) from alert_match") == STAFF * 2 * STORIES
