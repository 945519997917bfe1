"""What processes cost: CPU time and memory, read from Linux's /proc."""

import os
from pathlib import Path

TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """The CPU time of a process with all its threads; 0 if it has ended."""
    try:
        threads = [(task / "schedstat").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
        return sum(int(text.split()[0]) for text in threads) / 1e9
    except FileNotFoundError:
        return _cpu_ticks(pid) * TICK_SECONDS


def _cpu_ticks(pid: int) -> int:
    """The same for kernels without scheduler statistics, in steps of 10 ms."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0
    return int(fields[11]) + int(fields[12])


def peak_megabytes(pid: int) -> float:
    """The most memory that a process ever had resident."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def megabytes(pid: int) -> float:
    """The memory that a process has resident now."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def busy_seconds() -> float:
    """The CPU time that all programs of the machine took since its start."""
    user, nice, system, _idle, _waiting, interrupt, soft, *_ = Path("/proc/stat").read_text().split("\n")[0].split()[1:]
    return sum(map(int, (user, nice, system, interrupt, soft))) * TICK_SECONDS


def children(pid: int) -> list[int]:
    """The processes that a process started: of PostgreSQL's, one for each connection and some of its own."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def backends_cpu_seconds(postgres: int, database: str) -> float:
    """The CPU time of PostgreSQL's processes that serve connections to a database, not of its own work."""
    return sum(cpu_seconds(child) for child in children(postgres) if database in _title(child).split())


def _title(pid: int) -> str:
    """How a process calls itself: `postgres: user database [local] idle`."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except FileNotFoundError:
        return ""
