"""The folder of an embedded PostgreSQL: making it, who may connect, and what its files say of the server."""

import os
import shutil
import subprocess
from pathlib import Path

from models.database.identity import EmbeddedPostgresError, Identity

# The child's working folder is the data folder, entered before it gives up root: so PostgreSQL can live below
# folders that its user may not traverse.
HERE = "/proc/self/cwd"
# SECURITY: the server gets an environment of its own, without the application's secrets.
ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}

# SECURITY: the application's role is no superuser, so that row security holds for it and for dumps that it makes.
SETUP = b"""CREATE ROLE candour LOGIN CREATEDB
GRANT SET ON PARAMETER session_replication_role TO candour
GRANT pg_signal_backend TO candour
CREATE DATABASE candour OWNER candour
"""


def make(data: Path, identity: Identity, folder: Path, *, durable: bool) -> None:
    """Make `data/postgres`: aside, then moved into place, so that an interrupted first start leaves nothing.

    Raises EmbeddedPostgresError.
    """
    new = data / "postgres.new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    os.chown(new, identity.uid, identity.gid)
    encoding = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    sync = [] if durable else ["--no-sync"]
    access = ["--username=postgres", "--auth-local=peer", "--auth-host=reject"]
    run(new, identity, [str(folder / "initdb"), "-D", HERE, *encoding, *access, *sync])
    single = [str(folder / "postgres"), "--single", "-D", HERE, "postgres"]
    run(new, identity, single, SETUP)
    new.rename(data / "postgres")


def run(where: Path, identity: Identity, command: list[str], given: bytes = b"") -> None:
    """Run a program of PostgreSQL in this folder as its user; EmbeddedPostgresError holds what it said."""
    result = subprocess.run(
        command,
        cwd=where,
        env=ENVIRONMENT,
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        **identity.spawn(),
    )
    if result.returncode:
        said = result.stdout.decode(errors="replace")[-2000:]
        raise EmbeddedPostgresError(f"{Path(command[0]).name} failed:\n{said}")


def postmaster(cluster: Path) -> tuple[int, str]:
    """The server's process id and state (`starting`, `ready`, `stopping`), or (0, "") without a server."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return 0, ""
    return int(lines[0]) if lines else 0, lines[7].strip() if len(lines) > 7 else ""


def clear_reused_pid(cluster: Path) -> None:
    """Remove the server's pid file if another program has that id now (usual in containers after a crash)."""
    pid, _ = postmaster(cluster)
    try:
        name = Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return
    if name != "postgres":
        (cluster / "postmaster.pid").unlink()


def check_version(cluster: Path, folder: Path) -> None:
    """Refuse data of another major release, which this server can't read."""
    made_by = (cluster / "PG_VERSION").read_text().strip()
    said = subprocess.run([str(folder / "postgres"), "--version"], capture_output=True, text=True, check=True)
    installed = said.stdout.split()[-1].split(".")[0]
    if made_by != installed:
        raise EmbeddedPostgresError(
            f"{cluster} was made by PostgreSQL {made_by}, but {installed} is installed: "
            f"dump it with the old release, move it away, and load it again."
        )


def write_access(cluster: Path, identity: Identity) -> None:
    """Say who may connect: on the socket, the user of this process only, as any database user."""
    _write(cluster / "pg_hba.conf", "local all all peer map=candour\n", identity)
    _write(cluster / "pg_ident.conf", f'candour "{identity.client}" all\n', identity)


def _write(path: Path, text: str, identity: Identity) -> None:
    # SECURITY: as root in a folder of another user, a link must not lead this write elsewhere.
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags, 0o600), "w") as file:
        file.write(text)
        if identity.switch:
            os.fchown(file.fileno(), identity.uid, identity.gid)
