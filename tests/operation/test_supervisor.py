"""The supervisor: nobody is missed for long, nobody is left behind."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.house.tree import ROOT

CREW = Path(__file__).with_name("crew.py")
PATIENCE = 20.0
Start = Callable[..., "Crew"]


class Crew:
    """A supervisor and those below it."""

    def __init__(self, folder: Path, hung: float) -> None:
        self.folder = folder
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, str(CREW), str(folder), str(hung)]
        self.process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)

    def begun(self, number: int) -> list[str]:
        path = self.folder / f"{number}.begun"
        return path.read_text().splitlines() if path.exists() else []

    def below(self) -> set[int]:
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return set(map(int, path.read_text().split()))

    def ended(self) -> list[str]:
        """How processes ended, as the log says it."""
        assert self.process.stderr is not None
        return [json.loads(line)["ended"] for line in self.process.stderr.read().splitlines()]


def until(true: Callable[[], bool]) -> None:
    give_up = monotonic() + PATIENCE
    while not true():
        assert monotonic() < give_up
        sleep(0.01)


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a crew, and sees to it that none of it stays."""
    crews: list[Crew] = []

    def started(order: str = "stay", hung: float = 60.0) -> Crew:
        (tmp_path / "order").write_text(order)
        crews.append(Crew(tmp_path, hung))
        until(lambda: all(crews[0].begun(number) for number in (0, 1)))
        return crews[0]

    yield started
    for crew in crews:
        if crew.process.poll() is None:
            crew.process.kill()
            crew.process.wait()


def test_nobody_outlives_a_supervisor_that_is_killed(start: Start) -> None:
    crew = start()
    below = crew.below()
    assert len(below) == 2
    crew.process.kill()
    until(lambda: not any(map(running, below)))


def test_all_end_with_a_supervisor_that_is_asked_to(start: Start) -> None:
    crew = start()
    below = crew.below()
    crew.process.terminate()
    assert crew.process.wait(PATIENCE) == 0
    assert not any(map(running, below))
    assert crew.ended() == []


def test_whoever_is_killed_is_replaced(start: Start) -> None:
    crew = start()
    before = crew.below()
    os.kill(min(before), signal.SIGKILL)
    until(lambda: len(crew.below() - before) == 1)
    until(lambda: sorted([crew.begun(0), crew.begun(1)]) == [["first"], ["first", "again"]])
    assert json.loads((crew.folder / "restarts.json").read_text())["counts"] == [["restart", 1]]
    crew.process.terminate()
    assert crew.process.wait(PATIENCE) == 0
    assert crew.ended() == ["SIGKILL"]


def test_whoever_falls_at_once_is_replaced_after_a_pause_that_grows(start: Start) -> None:
    began = monotonic()
    crew = start("fall")
    until(lambda: len(crew.begun(0)) == 4)
    # The first pause is none, the second half a second, the third a whole one.
    assert monotonic() - began > 1.4
    assert crew.begun(1) == ["first"]
    crew.process.terminate()
    assert crew.process.wait(PATIENCE) == 0
    assert set(crew.ended()) == {"status 3"}


def test_whoever_freezes_is_killed_and_replaced(start: Start) -> None:
    crew = start("freeze", hung=0.5)
    until(lambda: len(crew.begun(0)) == 2)
    assert crew.begun(1) == ["first"]
    crew.process.terminate()
    assert crew.process.wait(PATIENCE) == 0
    assert set(crew.ended()) == {"SIGKILL"}
