"""PgBouncer in transaction mode before a cluster of the tests: two connections to PostgreSQL for all who ask."""

import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from models.database.connection import normalise
from models.database.embedded import EmbeddedPostgres
from models.database.identity import identify
from tests.program import program

PATIENCE = 20.0
SETTINGS = """
[databases]
* = host={folder} port=5432 user=candour
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
max_client_conn = 100
server_login_retry = 1
server_connect_timeout = 2
query_wait_timeout = 10
"""


class Bouncer:
    """One PgBouncer; as root, it runs as the user of the cluster."""

    def __init__(self, cluster: EmbeddedPostgres, folder: Path) -> None:
        self._program = program("pgbouncer")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._settings = folder / "pgbouncer.ini"
        self._settings.write_text(SETTINGS.format(folder=cluster._socket_folder(), port=self.port))
        self._settings.chmod(0o644)
        self._spawn = identify(cluster.cluster).spawn()
        self.start()

    def dsn(self, direct: str) -> str:
        """The address of a database of the cluster, through it."""
        return f"postgresql://candour@127.0.0.1:{self.port}{urlsplit(direct).path}?pgbouncer=true"

    def start(self) -> None:
        """Start it, and wait until it listens."""
        # The folders above the settings are ours alone, so that it reads them from its standard input.
        with self._settings.open("rb") as settings:
            command = [self._program, "-q", "/dev/stdin"]
            self._process = subprocess.Popen(
                command, stdin=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **self._spawn
            )
        give_up = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                assert self._process.poll() is None, "PgBouncer did not start"
                assert time.monotonic() < give_up
                time.sleep(0.02)

    def kill(self) -> None:
        """Kill it, with whatever it is at."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


async def admit(cluster: EmbeddedPostgres) -> None:
    """Let the user of the cluster connect to it, as PgBouncer does where the tests run as root."""
    import pwd

    name = pwd.getpwuid(cluster.cluster.stat().st_uid).pw_name
    line = f'candour "{name}" all\n'
    path = cluster.cluster / "pg_ident.conf"
    if line not in path.read_text():
        with path.open("a") as file:
            file.write(line)
    connection = await asyncpg.connect(normalise(cluster.dsn("postgres").replace("candour@", "postgres@")))
    await connection.execute("select pg_reload_conf()")
    await connection.close()
