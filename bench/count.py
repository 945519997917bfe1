"""Which statements a request takes: read from PostgreSQL's own log, which is told to hold each one."""

import asyncio
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from bench.server import Server
from bench.world import World, superuser

ENTRY = re.compile(r"^[-0-9]+ [:.0-9]+ \w+ \[(\d+)\] LOG:  (?:execute [^:]*|statement): (.*(?:\n\t.*)*)", re.MULTILINE)
SETTLE_SECONDS = 0.5
"""How long sessions may take to notice a changed setting."""


def statements(world: World, server: Server, requests: list[bytes]) -> float:
    """Statements a request, on average over these requests, asked one after the other."""
    return sum(map(_commands, texts(world, server, requests))) / len(requests)


@contextmanager
def counted(world: World) -> Iterator[list[str]]:
    """Holds, at its end, what PostgreSQL was asked meanwhile."""
    log, found = world.data / "postgres.log", list[str]()
    ours = asyncio.run(_set(world.dsn, "alter system set log_statement = 'all'"))
    began = log.stat().st_size
    try:
        yield found
    finally:
        ours |= asyncio.run(_set(world.dsn, "alter system reset log_statement"))
    with log.open("rb") as file:
        file.seek(began)
        entries = ENTRY.findall(file.read().decode(errors="replace"))
    found += [text for pid, text in entries if int(pid) not in ours]


def texts(world: World, server: Server, requests: list[bytes]) -> list[str]:
    """What PostgreSQL is asked while these requests are answered, one after the other."""
    for request in requests:
        server.request(request)
    with counted(world) as found:
        for request in requests:
            server.request(request)
    return found


def _commands(text: str) -> int:
    """The commands in one entry: asyncpg sends its reset as one text."""
    return len([command for command in text.split(";") if command.strip()])


async def _set(dsn: str, command: str) -> set[int]:
    """Carry out the command; the result is the process that did."""
    connection = await asyncpg.connect(superuser(dsn))
    try:
        await connection.execute(command)
        await connection.execute("select pg_reload_conf()")
        return {connection.get_server_pid()}
    finally:
        await connection.close()
        time.sleep(SETTLE_SECONDS)  # noqa: ASYNC251 - nothing else runs meanwhile
