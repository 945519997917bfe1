"""A worker that is killed at any moment loses no e-mail, and repeats one only under the same Message-ID (P21)."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from models.secret import Keyring
from tests.mail.box import Box, Postman, serving

ROOT = Path(__file__).resolve().parents[2]
MAILS, KILLS = 40, 3
WORKER = """
import asyncio, json, os
from jobs.job import Work
from jobs.mail import send_mail
from models.database.connection import engine, session_factory
from models.secret import Keyring
from settings import Settings

given = json.loads(os.environ["GIVEN"])

async def main():
    opened = engine(given["dsn"], 1)
    chosen = Settings(SMTP_URL=given["smtp"], CANDOUR_DATA=given["data"])
    work = Work(session_factory(opened).begin, None, Keyring(given["key"]), chosen)
    print("ready", flush=True)
    await send_mail(work)
    await opened.dispose()

asyncio.run(main())
"""


class Slow(Postman):
    """Takes its time, so that a worker can be killed at every point."""

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(0.005)
        return answer


def started(given: dict[str, str]) -> subprocess.Popen[bytes]:
    """A worker that has begun."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT), "GIVEN": json.dumps(given)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


@pytest.fixture
def master_key(cluster: object) -> str:
    return (cluster.data / "master.key").read_text()


async def test_no_mail_is_lost_when_the_worker_is_killed(
    box: Box, database: str, keyring: Keyring, master_key: str, tmp_path: Path
) -> None:
    ids = await box.queue(count=MAILS)
    postman, chance = Slow(), random.Random(7)
    with serving(postman) as smtp:
        given = {"dsn": database, "smtp": smtp, "data": str(tmp_path), "key": master_key}
        for _ in range(KILLS):
            process = await asyncio.to_thread(started, given)
            await asyncio.sleep(chance.uniform(0.02, 0.2))
            process.send_signal(signal.SIGKILL)
            await asyncio.to_thread(process.communicate)
        assert len(postman.taken) < MAILS
        # Tried again at once, not after the pause that follows a failure.
        await box.connection.execute("update mail set due_at = statement_timestamp() where sent_at is null")
        process = await asyncio.to_thread(started, given)
        _, errors = await asyncio.to_thread(process.communicate)
        assert process.returncode == 0, errors.decode()
    taken = Counter(message["Message-ID"] for message in postman.taken)
    assert set(taken) == {f"<{id_}@localhost>" for id_ in ids}
    assert sum(taken.values()) <= MAILS + KILLS
    assert await box.connection.fetchval("select count(*) from mail where sent_at is null") == 0
