"""The metrics of all server processes, as Prometheus reads them.

Each process counts by itself. Where there are several, each writes what it counted to a file of the folder that they
share, once a second; the one that is asked adds up. A process that takes a dead one's place goes on from its file.
"""

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from schema.endpoint.tally import BOUNDS, Labels, Snapshot, Tally

if TYPE_CHECKING:
    from prometheus_client.core import Metric

SECONDS = 1.0
"""How old what the other processes counted may be; a process that is killed takes no more with it."""
COUNTERS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "denied": ("candour_denied_fields", "Fields that answers denied.", ("type", "field", "viewer")),
    "fault": ("candour_faults", "Failures that are not the client's.", ("kind",)),
    "job": ("candour_jobs", "Things that queued and scheduled work did; runs that failed.", ("job", "outcome")),
    "restart": ("candour_restarts", "Server processes that ended without being asked to.", ()),
}
"""By its first label: how a count is called, what it means, and what its other labels are."""
GAUGES: Mapping[str, str] = {
    "subscriptions": "Subscriptions that are open.",
    "connections_lent": "Database connections that answer queries at this moment.",
    "connections_awaited": "Requests that wait for a database connection.",
    "memory_bytes": "Memory that the server processes hold, each counted with what they share.",
    "processes": "Server processes.",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Which of the server processes this is, and the folder that they share, if there are several."""

    number: int = 0
    folder: Path | None = None

    @property
    def file(self) -> Path | None:
        return self.folder / f"{self.number}.json" if self.folder else None


ALONE = Place()


@dataclass(slots=True)
class Metrics:
    """What this process counted, with what the others did; `sample` measures what is not counted."""

    tally: Tally
    place: Place
    sample: Callable[[], Mapping[str, float]]
    about: Mapping[str, str] = field(default_factory=dict)

    async def run(self) -> None:
        """Take over from the process that was in this place before; then tell the others until cancelled."""
        file = self.place.file
        if file is None:
            return
        if file.exists():
            self.tally.take_over(orjson.loads(file.read_bytes()))
        try:
            while True:
                self.tell()
                await asyncio.sleep(SECONDS)
        finally:
            self.tell()

    def tell(self) -> None:
        """Let the other processes know what was counted here."""
        if self.place.file:
            write(self.place.file, self._own())

    def text(self, backlog: Mapping[str, tuple[int, int]]) -> bytes:
        """All metrics in the text format of Prometheus; `backlog` says what waits in each queue, and was given up."""
        # Only who is asked for metrics needs what prints them.
        from prometheus_client import CollectorRegistry, generate_latest

        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Collector(list(self._all()), self.about, backlog))
        return generate_latest(registry)

    def _own(self) -> Snapshot:
        gauges = {"processes": 1.0, "memory_bytes": float(_memory()), **self.sample()}
        return {**self.tally.snapshot(), "gauges": [[name, value] for name, value in gauges.items()]}

    def _all(self) -> Iterator[Snapshot]:
        yield self._own()
        folder, own = self.place.folder, self.place.file
        for file in sorted(folder.glob("*.json")) if folder else ():
            if file != own:
                yield orjson.loads(file.read_bytes())


def write(file: Path, snapshot: Snapshot) -> None:
    """Write what a process counted, whole or not at all."""
    draft = file.with_suffix(".new")
    draft.write_bytes(orjson.dumps(snapshot))
    draft.replace(file)


class _Collector:
    """Adds up what several processes counted."""

    def __init__(
        self, snapshots: list[Snapshot], about: Mapping[str, str], backlog: Mapping[str, tuple[int, int]]
    ) -> None:
        self._snapshots, self._about, self._backlog = snapshots, about, backlog

    def collect(self) -> Iterator["Metric"]:
        yield from self._requests()
        yield from self._counts()
        yield from self._gauges()
        yield from self._queues()

    def _requests(self) -> Iterator["Metric"]:
        from prometheus_client.core import HistogramMetricFamily

        meaning = "Requests, and the seconds until their answer was sent; a stream's until it ended."
        family = HistogramMetricFamily("candour_request_seconds", meaning, labels=("operation", "viewer", "status"))
        for labels, (total, *times) in self._added("requests").items():
            buckets, below = [], 0.0
            for bound, times_in in zip((*map(str, BOUNDS), "+Inf"), times, strict=True):
                below += times_in
                buckets.append((bound, below))
            family.add_metric(labels, buckets, total)
        yield family

    def _counts(self) -> Iterator["Metric"]:
        from prometheus_client.core import CounterMetricFamily

        added = self._added("counts")
        for first, (name, meaning, labels) in COUNTERS.items():
            family = CounterMetricFamily(name, meaning, labels=labels)
            for found, (number,) in added.items():
                if found[0] == first:
                    family.add_metric(found[1:], number)
            yield family

    def _gauges(self) -> Iterator["Metric"]:
        from prometheus_client.core import GaugeMetricFamily

        added = self._added("gauges")
        for name, meaning in GAUGES.items():
            yield GaugeMetricFamily(f"candour_{name}", meaning, value=added.get((name,), [0.0])[0])
        info = GaugeMetricFamily("candour_info", "What runs: always 1.", labels=list(self._about))
        info.add_metric(list(self._about.values()), 1)
        yield info

    def _queues(self) -> Iterator["Metric"]:
        from prometheus_client.core import GaugeMetricFamily

        waiting = GaugeMetricFamily("candour_jobs_waiting", "Things that wait in a job's queue.", labels=("job",))
        given_up = GaugeMetricFamily("candour_jobs_given_up", "Things that a job gave up.", labels=("job",))
        for job, (waits, failed) in self._backlog.items():
            waiting.add_metric((job,), waits)
            given_up.add_metric((job,), failed)
        yield from (waiting, given_up)

    def _added(self, part: str) -> dict[Labels, list[float]]:
        found: dict[Labels, list[float]] = {}
        for snapshot in self._snapshots:
            for *labels, number in snapshot.get(part, ()):
                row = number if isinstance(number, list) else [number]
                before = found.setdefault(tuple(labels), [0.0] * len(row))
                before[:] = [old + new for old, new in zip(before, row, strict=True)]
        return found


def _memory() -> int:
    """Bytes of this process that are in memory."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")
