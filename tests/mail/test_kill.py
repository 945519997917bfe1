"""A worker that is killed at any moment loses no e-mail, and repeats one only under the same Message-ID (P21)."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from models.secret import Keyring
from tests.conftest import MASTER_KEY
from tests.mail.box import Box, Postman, serving

ROOT = Path(__file__).resolve().parents[2]
MAILS, KILLS = 40, 8
# Workers are forked from a process that has imported everything: so they begin at once, and many can be killed.
WORKERS = """
import asyncio, json, os, sys
from jobs.job import Work
from jobs.mail import send_mail
from models.database.connection import engine, session_factory
from models.secret import Keyring
from settings import Settings

given = json.loads(os.environ["GIVEN"])

async def main():
    opened = engine(given["dsn"], 1)
    chosen = Settings(SMTP_URL=given["smtp"], CANDOUR_DATA=given["data"])
    await send_mail(Work(session_factory(opened).begin, None, Keyring(given["key"]), chosen))
    await opened.dispose()

for _ in sys.stdin:
    pid = os.fork()
    if not pid:
        asyncio.run(main())
        os._exit(0)
    print(pid, flush=True)
    # Until it is asked for, nobody else gets its number.
    sys.stdin.readline()
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


class Workers:
    """Starts one worker after the other."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    async def start(self) -> int:
        """The process id of one that has begun."""
        return await self._asked()

    async def end(self) -> int:
        """How the one that was started last has ended: 0, or less than 0 for who was killed."""
        return await self._asked()

    async def _asked(self) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return int(await asyncio.to_thread(self._process.stdout.readline))


class Slow(Postman):
    """Takes its time, so that a worker can be killed at every point; `kill` is one that dies before it hears the OK."""

    kill: int | None = None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        if self.kill is not None:
            os.kill(self.kill, signal.SIGKILL)
            self.kill = None
        await asyncio.sleep(0.005)
        return answer


@contextmanager
def workers(given: dict[str, str]) -> Iterator[Workers]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "GIVEN": json.dumps(given)}
    command = [sys.executable, "-c", WORKERS]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **pipes) as process:  # type: ignore[call-overload]
        yield Workers(process)


async def due(box: Box) -> None:
    """Make all due at once: not after the pause that follows a failure."""
    await box.connection.execute("update mail set due_at = statement_timestamp() where sent_at is null")


async def test_no_mail_is_lost_when_the_worker_is_killed(
    box: Box, database: str, keyring: Keyring, cluster: Any, tmp_path: Path
) -> None:
    ids = await box.queue(count=MAILS)
    postman, chance, killed = Slow(), random.Random(7), 0
    key = (cluster.data / MASTER_KEY).read_text()
    with (
        serving(postman) as smtp,
        workers({"dsn": database, "smtp": smtp, "data": str(tmp_path), "key": key}) as started,
    ):
        postman.kill = await started.start()
        assert await started.end() == -signal.SIGKILL
        for _ in range(KILLS):
            pid = await started.start()
            await asyncio.sleep(chance.uniform(0.02, 0.25))
            os.kill(pid, signal.SIGKILL)
            killed += await started.end() == -signal.SIGKILL
        assert killed
        await due(box)
        await started.start()
        assert await started.end() == 0
    taken = Counter(message["Message-ID"] for message in postman.taken)
    assert set(taken) == {f"<{id_}@localhost>" for id_ in ids}
    assert MAILS < sum(taken.values()) <= MAILS + KILLS + 1
    assert await box.connection.fetchval("select count(*) from mail where sent_at is null") == 0
