"""The supervisor: keeps several processes at the same work, and puts another in the place of one that ends."""

import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from schema.endpoint import log
from schema.endpoint.metrics import write

TICK = 0.1
SHORT_LIFE = 5.0
"""Seconds; whoever lives no longer is replaced after a pause, which grows."""
LONGEST_PAUSE = 10.0
HUNG_SECONDS = 60.0
"""After how long a process is killed that does not say any more that it lives."""
MERCY_SECONDS = 5
"""How much longer than they should need processes may take to stop."""
SIGNALS = (signal.SIGTERM, signal.SIGINT)
Work = Callable[[int, bool, int], None]


@dataclass(slots=True)
class Post:
    """One place: who has it since when, what it said last, and when it may be filled again."""

    pid: int = 0
    began: float = 0.0
    heard: float = 0.0
    said: int = 0
    due: float = 0.0
    pause: float = 0.0


class Supervisor:
    """Has `work` done by `count` processes, each of which gets its place, whether it is the first there, and a pipe.

    They are copies of this one, made after everything was loaded: so they share its memory, and start at once. The pipe
    ends when this process does, however that comes.
    """

    def __init__(self, count: int, work: Work, folder: Path, drain: int, farewell: int) -> None:
        self._posts = [Post() for _ in range(count)]
        self._work, self._folder = work, folder
        self._drain, self._farewell = drain, farewell
        self._stopping = 0
        self._restarts = 0
        self._watched, self._held = os.pipe()

    def run(self, listeners: list[socket.socket]) -> None:
        """Supervise until SIGTERM or SIGINT; then see everybody out."""
        before = {number: signal.signal(number, self._stop) for number in SIGNALS}
        self._tell()
        try:
            while not self._stopping:
                for number, post in enumerate(self._posts):
                    self._look(number, post)
                time.sleep(TICK)
            self._see_out(listeners)
        finally:
            self._send(signal.SIGKILL)
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(self._held)
            os.close(self._watched)

    def _stop(self, *_: object) -> None:
        self._stopping += 1

    def _look(self, number: int, post: Post) -> None:
        now = time.monotonic()
        if post.pid:
            self._heard(number, post, now)
            ended = _ended(post.pid)
            if ended:
                self._died(number, post, ended, now)
        if not post.pid and now >= post.due and not self._stopping:
            self._start(number, post, now)

    def _heard(self, number: int, post: Post, now: float) -> None:
        """A process that no longer writes what it counts answers nobody either."""
        try:
            said = (self._folder / f"{number}.json").stat().st_mtime_ns
        except FileNotFoundError:
            said = 0
        if said != post.said:
            post.said, post.heard = said, now
        elif now - post.heard > HUNG_SECONDS:
            os.kill(post.pid, signal.SIGKILL)

    def _died(self, number: int, post: Post, ended: str, now: float) -> None:
        log.process(number, ended)
        self._restarts += 1
        self._tell()
        short = now - post.began < SHORT_LIFE
        post.pid, post.due = 0, now + (post.pause if short else 0.0)
        post.pause = min(max(2 * post.pause, 0.5), LONGEST_PAUSE) if short else 0.0

    def _tell(self) -> None:
        write(self._folder / "restarts.json", {"counts": [["restart", self._restarts]]})

    def _start(self, number: int, post: Post, now: float) -> None:
        first = not post.began
        # A signal that comes while there are two of us waits until it is clear whose it is.
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        pid = os.fork()
        if not pid:
            self._do(number, first)
        post.pid, post.began, post.heard = pid, now, now
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)

    def _do(self, number: int, first: bool) -> NoReturn:
        """What the new process does; it never returns to what the old one was about."""
        status = 1
        try:
            os.close(self._held)
            for sent in SIGNALS:
                signal.signal(sent, _interrupt)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
            self._work(number, first, self._watched)
            status = 0
        except KeyboardInterrupt:
            status = 0
        except SystemExit as left:
            status = left.code if isinstance(left.code, int) else 1
        except BaseException as error:
            log.fault("process", error)
        finally:
            os._exit(status)

    def _see_out(self, listeners: list[socket.socket]) -> None:
        self._send(signal.SIGTERM)
        self._wait(self._drain)
        for listener in listeners:
            listener.close()
        self._wait(self._farewell + MERCY_SECONDS)

    def _wait(self, seconds: float) -> None:
        """Until all have ended, or time is up."""
        until = time.monotonic() + seconds
        while any(post.pid for post in self._posts) and time.monotonic() < until:
            if self._stopping > 1:
                # Who asks twice is in a hurry: SIGINT makes a server that is stopping drop what it is at.
                self._stopping = 1
                self._send(signal.SIGINT)
            for post in self._posts:
                if post.pid and _ended(post.pid):
                    post.pid = 0
            time.sleep(TICK)

    def _send(self, sent: signal.Signals) -> None:
        for post in self._posts:
            if post.pid:
                os.kill(post.pid, sent)


def _ended(pid: int) -> str:
    """How a process of ours ended; empty while it has not."""
    found, status = os.waitpid(pid, os.WNOHANG)
    if not found:
        return ""
    code = os.waitstatus_to_exitcode(status)
    return signal.Signals(-code).name if code < 0 else f"status {code}"


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
